"""The manifest of an export: what mbox, Maildir and .eml cannot say, as JSON, a row a line (adr/0026).

The first row is the heading, then come the mailboxes, parents first, and the messages in the order in which they were
filed; a mailbox that was made during the export stands before its first message. The last row is the end: a manifest
without it is not whole. Paths are relative to the folder of the export.

ValueError
└── BadRow      a line that is no row, and why
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from typing import Any, Literal, TypeAlias, get_args

import orjson

from pillarbox.wire.values import UTCDate, is_utc_date

__all__ = [
    "LONGEST",
    "MANIFEST",
    "UNFINISHED",
    "VERSION",
    "BadRow",
    "End",
    "Format",
    "Heading",
    "MailboxRow",
    "MessageRow",
    "MissingRow",
    "Row",
    "row_of",
    "written",
]

MANIFEST = "pillarbox-export.jsonl"
UNFINISHED = "pillarbox-export.unfinished"
"""The manifest while the export is being made; it gets its name when all that it tells of is there."""

VERSION = 1

LONGEST = 4 * 1024 * 1024
"""Octets of the longest line; a message has at most some thousand keywords and mailboxes."""

Format: TypeAlias = Literal["maildir", "mbox", "eml"]


class BadRow(ValueError):
    """A line of a manifest that is no row; the message is a clause."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the export is: its format, whose mail it is, when it was begun."""

    format: Format
    account: str
    begun: UTCDate
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mailbox, and the directory or the mbox file that its messages are in."""

    id: str
    name: str
    parent: str | None
    role: str | None
    sort_order: int
    is_subscribed: bool
    path: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message: where it is, once for each of its mailboxes, and what it was in the account.

    `size` and `sha256` are of its octets as they were. In an mbox file `at` is where they begin, behind the fields that
    the export put before them, and `length` how many there are as written; their lines end as `ends` says.
    """

    id: str
    mailboxes: tuple[str, ...]
    keywords: tuple[str, ...]
    received_at: UTCDate
    size: int
    sha256: str
    files: tuple[str, ...]
    at: int = 0
    length: int = 0
    ends: Literal["kept", "lf"] = "kept"


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A message that could not be exported, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class End:
    """How many rows there were."""

    mailbox_rows: int
    message_rows: int
    missing_rows: int


Row: TypeAlias = Heading | MailboxRow | MessageRow | MissingRow | End

_ROWS: Mapping[str, type[Row]] = {
    "export": Heading,
    "mailbox": MailboxRow,
    "message": MessageRow,
    "missing": MissingRow,
    "end": End,
}
_NAMES = {row: name for name, row in _ROWS.items()}

_MOST = 2**53
_KEYWORD = re.compile(r"""[!#$&'+-@\[^-z|}~]{1,255}""")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def written(row: Row) -> bytes:
    """The row as a line."""
    members = {_wire(one.name): getattr(row, one.name) for one in fields(row)}
    return orjson.dumps({"row": _NAMES[type(row)], **members}) + b"\n"


def row_of(line: bytes) -> Row:
    """The row that a line is. Raises BadRow."""
    try:
        members = orjson.loads(line)
    except ValueError as error:
        raise BadRow(f"it is no JSON ({error})") from None
    row = _ROWS.get(str(members.get("row"))) if isinstance(members, dict) else None
    if row is None:
        raise BadRow("it is no row of a manifest")
    values: dict[str, Any] = {}
    for one in fields(row):
        name = _wire(one.name)
        value = members.get(name)
        if not _HOLDS[one.name](value):
            raise BadRow(f"{name} is not what it should be")
        values[one.name] = tuple(value) if isinstance(value, list) else value
    return row(**values)


def _wire(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4096


def _is_name(value: Any) -> bool:
    """Whether a Mailbox can be called so (RFC 8621 section 2)."""
    return _is_text(value) and all(unicodedata.category(one) not in ("Cc", "Zl", "Zp") for one in value)


def _is_keyword(value: Any) -> bool:
    """Whether an Email can have it, and in lower case, as it is kept (RFC 8621 section 4.1.1)."""
    return isinstance(value, str) and _KEYWORD.fullmatch(value) is not None


def _is_path(value: Any) -> bool:
    """Whether it leads to somewhere within the folder of the export."""
    if value == "":
        return True
    path = PurePosixPath(value) if _is_text(value) else None
    return path is not None and not path.is_absolute() and ".." not in path.parts and "\0" not in value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _list_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(map(holds, value))


def _or_none(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


_HOLDS: Mapping[str, Callable[[Any], bool]] = {
    "version": lambda value: isinstance(value, int),
    "format": lambda value: value in get_args(Format),
    "account": _is_text,
    "begun": is_utc_date,
    "id": _is_text,
    "name": _is_name,
    "parent": _or_none(_is_text),
    "role": _or_none(_is_text),
    "sort_order": lambda value: _is_count(value) and value < 2**31,
    "is_subscribed": lambda value: isinstance(value, bool),
    "path": _is_path,
    "mailboxes": _list_of(_is_text),
    "keywords": lambda value: value == [] or _list_of(_is_keyword)(value),
    "received_at": is_utc_date,
    "size": _is_count,
    "sha256": lambda value: isinstance(value, str) and _SHA256.fullmatch(value) is not None,
    "files": _list_of(_is_path),
    "at": _is_count,
    "length": _is_count,
    "ends": lambda value: value in ("kept", "lf"),
    "why": _is_text,
    "mailbox_rows": _is_count,
    "message_rows": _is_count,
    "missing_rows": _is_count,
}
