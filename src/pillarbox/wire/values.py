"""The values of JMAP's own types (RFC 8620 section 1.2 to 1.4), and what an id looks like here."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType, TypeAlias

__all__ = [
    "JSON",
    "MAX_INT",
    "Date",
    "Id",
    "Int",
    "JSONObject",
    "State",
    "UTCDate",
    "UnsignedInt",
    "are_ids",
    "id_number",
    "id_parts",
    "id_text",
    "is_date",
    "is_id",
    "is_id_prefix",
    "is_utc_date",
    "state_number",
    "state_text",
    "utc_date",
    "utc_datetime",
]

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
JSONObject: TypeAlias = Mapping[str, JSON]

Id = NewType("Id", str)
State = NewType("State", str)
Date = NewType("Date", str)
UTCDate = NewType("UTCDate", str)
Int = NewType("Int", int)
UnsignedInt = NewType("UnsignedInt", int)

MAX_INT = 2**53 - 1

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
# Possessive, so that nothing is remembered of each of perhaps millions.
_IDS = re.compile(r"(?:[A-Za-z0-9_-]{1,255}+\n)*+", re.ASCII)
_TEXT = {str}
_DATE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?!0+(?:Z|[+-]))\d+)?(?:Z|[+-]\d\d:\d\d)",
    re.ASCII,
)

# No vowels, so that hardly an id is a word; lower-case, so that no two differ by case alone.
_DIGITS = "0123456789bcdfghjkmnpqrstvwxyz"
# Two digits at a time, and the digits that `int` has for this base: lists of ids are made and read all the time.
_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)
_AS_INT = str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrst")
# A second letter that is no digit: so no id can be read with the prefix of another type.
_PREFIX = "[a-z][aeilou]?"
_ID_PREFIX = re.compile(_PREFIX, re.ASCII)
_OWN_ID = re.compile(rf"({_PREFIX})(0|[{_DIGITS[1:]}][{_DIGITS}]{{0,11}})", re.ASCII)
_OWN_LENGTH = 14


def is_id(value: object) -> bool:
    """Whether a value is an Id: 1 to 255 of the URL-safe base64 alphabet (RFC 8620 section 1.2)."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def are_ids(values: object) -> bool:
    """Whether a value is a list of Ids."""
    if not isinstance(values, list) or (values and set(map(type, values)) != _TEXT):
        return False
    # One pattern over all of them: lists of thousands are taken in as fast as they are read.
    text = "\n".join((*values, ""))
    return _IDS.fullmatch(text) is not None and text.count("\n") == len(values)


def is_date(value: object) -> bool:
    """Whether a value is a Date: RFC 3339 in upper case, no zero fraction (RFC 8620 section 1.4)."""
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        return False
    # A leap second is a date although datetime knows none.
    text = value.replace(":60", ":59", 1) if value[17:19] == "60" else value
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_utc_date(value: object) -> bool:
    """Whether a value is a UTCDate: a Date whose offset is Z (RFC 8620 section 1.4)."""
    return isinstance(value, str) and value.endswith("Z") and is_date(value)


def utc_date(moment: datetime) -> UTCDate:
    """The UTCDate of an aware moment, to the second."""
    return UTCDate(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))


def utc_datetime(date: str) -> datetime:
    """The aware moment that a valid Date or UTCDate names; a leap second counts as the one before."""
    text = date.replace(":60", ":59", 1) if date[17:19] == "60" else date
    return datetime.fromisoformat(text)


# Kept, since the same few thousand are made and read all the time: those of what is new, in every account.
@lru_cache(maxsize=2**14)
def id_text(prefix: str, number: int) -> Id:
    """The id of the object with this number: short, lower-case, beginning with its type's prefix."""
    digits = ""
    while number >= len(_PAIRS):
        number, value = divmod(number, len(_PAIRS))
        digits = _PAIRS[value] + digits
    return Id(prefix + (_PAIRS[number] if number >= len(_DIGITS) else _DIGITS[number]) + digits)


def id_number(prefix: str, text: str) -> int | None:
    """The number in an id that `id_text` made for this prefix, or None for any other text."""
    parts = id_parts(text)
    return parts[1] if parts is not None and parts[0] == prefix else None


def id_parts(text: str) -> tuple[str, int] | None:
    """The prefix and the number in an id that `id_text` made, or None for any other text."""
    # What is longer may be of any length, and is not kept.
    return _parts(text) if len(text) <= _OWN_LENGTH else None


@lru_cache(maxsize=2**14)
def _parts(text: str) -> tuple[str, int] | None:
    found = _OWN_ID.fullmatch(text)
    return None if found is None else (found[1], int(found[2].translate(_AS_INT), len(_DIGITS)))


def is_id_prefix(text: str) -> bool:
    """Whether a type's ids may begin with this: a letter, and perhaps one of a, e, i, l, o, u after it."""
    return _ID_PREFIX.fullmatch(text) is not None


def state_text(epoch: str, number: int) -> State:
    """A state string: the account's epoch and a number of its change log."""
    return State(f"{epoch}-{number}")


def state_number(epoch: str, text: str) -> int | None:
    """The number in a state of this epoch, or None for a state of another epoch or of no server's making."""
    head, dash, digits = text.rpartition("-")
    if head != epoch or not dash or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    return int(digits)
