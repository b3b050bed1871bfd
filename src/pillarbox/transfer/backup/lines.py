"""Rows as lines of JSON: what kinds of rows there are, and what each of their members may be.

ValueError
└── BadRow      a line that is no row, and why
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Generic, TypeVar

import orjson

from pillarbox.wire.values import is_utc_date

__all__ = [
    "MOST",
    "BadRow",
    "Lines",
    "is_count",
    "is_digest",
    "is_document",
    "is_name",
    "is_number",
    "is_text",
    "is_utc_date",
]

MOST = 2**53
"""The greatest of all numbers; as a time it stands for ever."""
_MOST_GIVEN = 2**48
"""The greatest number that an account can have given: a thousand objects a second take some thousand years."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT = 4096
_NAME = 1024

R = TypeVar("R")


class BadRow(ValueError):
    """A line that is no row; the message is a clause."""


class Lines(Generic[R]):
    """Rows of some kinds, by the names they have in their lines; `holds` says which values a member can have."""

    def __init__(self, rows: Mapping[str, type[R]], holds: Mapping[str, Callable[[Any], bool]]) -> None:
        self._rows = rows
        self._names = {row: name for name, row in rows.items()}
        self._members = {row: tuple((one.name, holds[one.name]) for one in fields(row)) for row in rows.values()}  # type: ignore[arg-type]

    def written(self, row: R) -> bytes:
        """The row as a line."""
        members = {name: getattr(row, name) for name, _ in self._members[type(row)]}
        return orjson.dumps({"row": self._names[type(row)], **members}, option=orjson.OPT_APPEND_NEWLINE)

    def row_of(self, line: bytes) -> R:
        """The row that a line is. Raises BadRow."""
        try:
            members = orjson.loads(line)
        except ValueError as error:
            raise BadRow(f"it is no JSON ({error})") from None
        row = self._rows.get(str(members.get("row"))) if isinstance(members, dict) else None
        if row is None:
            raise BadRow("it is no row of these")
        for name, holds in self._members[row]:
            if name not in members or not holds(members[name]):
                raise BadRow(f"{name} is not what it should be")
        return row(**{name: members[name] for name, _ in self._members[row]})


def is_name(value: Any) -> bool:
    """What an account can be called, of which a manifest has many."""
    return isinstance(value, str) and len(value) <= _NAME


def is_text(value: Any) -> bool:
    """A text of no more than 4096 characters."""
    return isinstance(value, str) and len(value) <= _TEXT


def is_count(value: Any) -> bool:
    """A whole number, zero or above; a time in seconds, too."""
    return type(value) is int and 0 <= value <= MOST


def is_number(value: Any) -> bool:
    """What an object, a blob or an account can be numbered by."""
    return is_count(value) and value <= _MOST_GIVEN


def is_digest(value: Any) -> bool:
    """A SHA-256 in hexadecimal digits."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def is_document(value: Any) -> bool:
    """An object of JSON; what its type makes of it, `loading.of_its_type` says."""
    return isinstance(value, dict)
