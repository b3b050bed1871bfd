"""What is measured: durations, sizes and rates (the settings reference, section 2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from pillarbox.settings.kind import LARGEST_INTEGER, BadValue, Kind, integer, quoted

__all__ = ["BYTES", "DURATION", "RATE", "Bytes", "Duration", "Rate"]

_UNITS: Mapping[str, int] = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole milliseconds."""

    milliseconds: int

    @property
    def seconds(self) -> float:
        """The same in seconds, as clocks and timeouts are given it."""
        return self.milliseconds / 1000

    def __str__(self) -> str:
        """The shortest way to write it: `30d`, `90m`, `1500ms`."""
        unit = next(unit for unit, length in _UNITS.items() if self.milliseconds % length == 0)
        return f"{self.milliseconds // _UNITS[unit]}{unit}"


_DURATION = re.compile(r"([0-9]{1,16})([a-z]*)")


def _duration(text: str) -> Duration:
    found = _DURATION.fullmatch("".join(text.split()).lower())
    if not found or found[2] not in {"", *_UNITS}:
        raise BadValue(f"{quoted(text)} is no duration; write one number and one unit of d, h, m, s or ms, as in 90m")
    milliseconds = int(found[1]) * _UNITS[found[2] or "ms"]
    if not 0 < milliseconds <= LARGEST_INTEGER:
        raise BadValue(f"{quoted(text)} is out of bounds; a duration is longer than nothing and has an end")
    return Duration(milliseconds)


DURATION: Kind[Duration] = Kind("duration", _duration, str)
"""A number and one unit, `d`, `h`, `m`, `s` or `ms` in any case, blanks anywhere; milliseconds without a
unit. More than nothing; `1h30m` is written `90m`."""

Bytes = NewType("Bytes", int)
"""A number of bytes."""

_WITH_SUFFIX = re.compile(r"([0-9]{1,9})\s*([kmgt])(?:i?b)?", re.IGNORECASE)


def _bytes(text: str) -> Bytes:
    if found := _WITH_SUFFIX.fullmatch(text):
        # Both 1000 and 1024 are meant by such a suffix somewhere; here whoever writes it decides.
        power = "kmgt".index(found[2].lower()) + 1
        decimal, binary = (int(found[1]) * base**power for base in (1000, 1024))
        raise BadValue(f"{quoted(text)} has a suffix; a size is its plain number of bytes: write {decimal} or {binary}")
    return Bytes(integer(at_least=1).parse(text))


BYTES: Kind[Bytes] = Kind("bytes", _bytes, str)
"""A size as a plain number of bytes, at least 1, without a suffix."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in each period."""

    count: int
    period: Duration

    def __str__(self) -> str:
        return f"{self.count}/{self.period}"


_SHORTEST_PERIOD = Duration(1000)


def _rate(text: str) -> Rate:
    count, slash, period = text.partition("/")
    if not slash:
        raise BadValue(f"{quoted(text)} is no rate; write a number and the time it is for, as in 1000/1m")
    number = integer(at_least=1).parse(count.strip())
    return Rate(number, max(DURATION.parse(period), _SHORTEST_PERIOD))


RATE: Kind[Rate] = Kind("rate", _rate, str)
"""A count and a duration as in `1000/1m`, blanks allowed around both; a period below one second counts as
one second."""
