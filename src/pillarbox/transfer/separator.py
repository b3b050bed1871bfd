"""The line that separates the messages of an mbox file (RFC 4155 and what came before it).

    From alice@far.example Thu Nov 24 18:22:48 1986

Nobody ever agreed on this line, so the grammar takes what is seen: any sender or none, with spaces too
("alice at far.example"); a time with or without seconds; the zone before the year, after it or not at
all; the date in RFC 5322's order or ISO 8601's; UUCP's "remote from". What it insists on is a day, a
month, a time and a year, in an order somebody writes, and nothing else behind them. "From here on it
rained, at 12:30" is prose.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

__all__ = ["LONGEST", "is_separator", "time_of"]

LONGEST = 1_000
"""Octets of the longest line considered; a longer one is text (RFC 5322 section 2.1.1 allows 998)."""

_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ ]+)?"
_MONTH = r"(?P<{}>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"(?P<{}>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)"
_ZONE = r"(?P<{}>[+-]\d{{4}}|[A-Z]{{1,5}})"

# Thu Nov 24 18:22:48 PST 1986, Thu Nov 24 18:22 1986 +0100
_ASCTIME = (
    _DAY
    + _MONTH.format("month_a")
    + r"[ ]+(?P<day_a>\d{1,2})[ ]+"
    + _TIME.format("time_a")
    + rf"(?:[ ]+{_ZONE.format('zone_a')})?[ ]+(?P<year_a>\d{{4}})(?:[ ]+{_ZONE.format('zone_b')})?"
)
# Thu, 24 Nov 1986 18:22:48 +0100
_INTERNET = (
    _DAY
    + r"(?P<day_i>\d{1,2})[ ]+"
    + _MONTH.format("month_i")
    + r"[ ]+(?P<year_i>\d{4})[ ]+"
    + _TIME.format("time_i")
    + rf"(?:[ ]+{_ZONE.format('zone_i')})?(?:[ ]+\([^)]*\))?"
)
# 1986-11-24T18:22:48+01:00
_ISO = r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[ ]?[+-]\d\d:?\d\d)?)"

_SEPARATOR = re.compile(
    rf"From (?:.*[ \t])?(?:{_ASCTIME}|{_INTERNET}|{_ISO})(?:[ ]+remote from [^ ]+)?[ \t\r]*\Z",
    re.ASCII,
)


def is_separator(line: bytes) -> bool:
    """Whether a line, without its end, begins a message, given that a blank line stands before it."""
    return len(line) <= LONGEST and _SEPARATOR.match(line.decode("latin-1")) is not None


def time_of(line: bytes) -> datetime | None:
    """When the message was received, by its separator; None if there is no such day or hour.

    A time without a zone is taken as UTC, as RFC 4155 appendix A asks.
    """
    found = _SEPARATOR.match(line.decode("latin-1"))
    if found is None:
        return None
    part = found.groupdict(default="")
    if part["iso"]:
        return _iso(part["iso"])
    day, month, year, time = (part[f"{name}_a"] or part[f"{name}_i"] for name in ("day", "month", "year", "time"))
    zone = part["zone_a"] or part["zone_b"] or part["zone_i"]
    return _written(f"{day} {month} {year} {time} {zone}")


def _written(text: str) -> datetime | None:
    parts = parsedate_tz(text)
    if parts is None:
        return None
    try:
        there = timezone(timedelta(seconds=parts[9] or 0))
        # A leap second is told as the second before it; datetime knows none.
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=there).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(re.sub(r" (?=[+-])", "", text))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
