"""Dates in header fields (RFC 5322 sections 3.3 and 4.3)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pillarbox.wire.message.comment import without_comments
from pillarbox.wire.message.encoded import unfolded
from pillarbox.wire.message.header import Field

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AMERICAN_ZONES = {"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
# Not in the RFC, and of one meaning only.
_OTHER_ZONES = {"cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "jst": 9}
_ZONES = _AMERICAN_ZONES | _OTHER_ZONES
_UTC_ZONES = ("gmt", "ut", "utc", "z")

_TIME = (
    r"(?P<hour>\d{1,2})\s*[:.]\s*(?P<minute>\d{2})(?:\s*[:.]\s*(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE = r"(?:\s*(?:(?:GMT|UTC?)(?=[+-]\d))?(?P<zone>[+-]\d{1,4}(?::\d\d)?|[A-Za-z]{1,5}))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # RFC 5322: Thu, 30 Oct 2014 14:12:00 +0800
        r"\s*(?:[^\W\d]+\.?\s*,?\s*)?(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3})[a-z]*\.?[\s-]+(?P<year>\d{2,4})[\s,]+"
        + _TIME
        + _ZONE,
        # As C writes it: Thu Oct 30 14:12:00 2014
        r"\s*(?:[A-Za-z]+,?\s+)?(?P<month>[A-Za-z]{3})[a-z]*\s+(?P<day>\d{1,2}),?\s+"
        + _TIME
        + r"(?:\s+(?:(?:GMT|UTC?)(?=[+-]\d))?(?P<before>[+-]\d{2}:?\d{2}|[A-Za-z]{1,5}))?\s+(?P<year>\d{4})"
        + _ZONE,
        # As it is said in America: Thursday, October 30, 2014 2:12 PM
        r"\s*(?:[A-Za-z]+,?\s+)?(?P<month>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4}),?\s+(?:at\s+)?"
        + _TIME
        + _ZONE,
        # RFC 3339: 2014-10-30T14:12:00+08:00
        r"\s*(?P<year>\d{4})[-/](?P<month>\d{2})[-/](?P<day>\d{2})[Tt\s]\s*" + _TIME + _ZONE,
    )
)


class _Moment(NamedTuple):
    """A local time and its distance from UTC in minutes, None if that is not known."""

    local: datetime
    offset: int | None


def date(value: str) -> str | None:
    """A field's date-time as a JMAP Date (RFC 8621 section 4.1.2.6, RFC 8620 section 1.4).

    The offset is kept; one that is missing or makes no sense is "-00:00" (RFC 3339 section 4.3).
    """
    moment = _moment(value)
    if moment is None:
        return None
    return f"{moment.local.isoformat()}{_offset(moment.offset)}"


def date_utc(value: str) -> datetime | None:
    """The same as a moment in UTC; an unknown offset counts as none."""
    moment = _moment(value)
    if moment is None:
        return None
    try:
        return (moment.local - timedelta(minutes=moment.offset or 0)).replace(tzinfo=UTC)
    except OverflowError:
        return None


def received_date(headers: Iterable[Field]) -> datetime | None:
    """When the message came to the last server that says so (RFC 5322 section 3.6.7): the topmost Received."""
    for name, value in headers:
        if name.lower() == "received" and (moment := date_utc(without_comments(value).rpartition(";")[2])):
            return moment
    return None


def _moment(value: str) -> _Moment | None:
    text = without_comments(unfolded(value))[:200]
    for form in _FORMS:
        if match := form.match(text):
            return _from(match.groupdict())
    return None


def _from(found: dict[str, str | None]) -> _Moment | None:
    """A moment from the digits of it, None if there is no such day or time."""
    month = found["month"] or ""
    try:
        local = datetime(  # noqa: DTZ001 - the offset is kept beside it, it may be unknown
            _year(found["year"] or ""),
            int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1,
            int(found["day"] or ""),
            _hour(found["hour"] or "", found["half"]),
            int(found["minute"] or ""),
            59 if found["second"] == "60" else int(found["second"] or 0),  # a leap second
        )
    except ValueError:
        return None
    return _Moment(local, _zone(found.get("before") or found["zone"]))


def _hour(digits: str, half: str | None) -> int:
    """Hours of a day, from those of a half of it if one is told."""
    hour = int(digits)
    if half and 1 <= hour <= 12:
        return hour % 12 + (12 if half in "Pp" else 0)
    return hour


def _year(digits: str) -> int:
    """Years of two and three digits (section 4.3)."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _zone(text: str | None) -> int | None:
    """Minutes from UTC; names other than those of section 4.3 say nothing, nor does "-0000"."""
    if not text:
        return None
    name = text.lower()
    if name in _UTC_ZONES:
        return 0
    if name in _ZONES:
        return _ZONES[name] * 60
    digits = text[1:].replace(":", "")
    digits = digits.zfill(4) if len(digits) > 2 else digits.zfill(2) + "00"
    if text[0] not in "+-" or text == "-0000":
        return None
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)


def _offset(minutes: int | None) -> str:
    if minutes is None:
        return "-00:00"
    if minutes == 0:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
