"""The image of an account: all that it held at one moment, as rows of JSON, a row a line (adr/0055).

The first row is the account, then come its blobs, its objects, type by type, and the keys it remembers, each in order
of their numbers or octets. The last row is the end, with how many there were: an image without it was cut off. What
follows from documents, and the change log, is in no image; neither is the epoch.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from pillarbox.store import Document
from pillarbox.transfer.backup.errors import BadBackup
from pillarbox.transfer.backup.lines import (
    BadRow,
    Lines,
    is_count,
    is_digest,
    is_document,
    is_number,
    is_text,
    is_utc_date,
)
from pillarbox.wire.values import UTCDate

__all__ = [
    "LINES",
    "LONGEST",
    "VERSION",
    "AccountRow",
    "BlobRow",
    "End",
    "KeyRow",
    "LostRow",
    "ObjectRow",
    "Row",
    "in_order",
    "read",
]

VERSION = 1

LONGEST = 16 * 1024 * 1024
"""Octets of the longest line: the header fields of a message that has a hundred thousand of them fit in."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Whose image it is, when it was made, and the greatest number that was given in the account until then.

    The address is empty for account 0, and of an account that nobody knew by a name.
    """

    number: int
    address: str
    made: UTCDate
    given: int
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class BlobRow:
    """A blob; its octets are on the shelf. `expires` is until when it is kept unheld, in seconds since 1970."""

    number: int
    sha256: str
    size: int
    holders: int
    expires: int


@dataclass(frozen=True, slots=True)
class LostRow:
    """A blob whose octets could not be read when the image was made, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """An object of a type: its document, and what is kept apart from it."""

    type: str
    number: int
    document: Document
    apart: Document | None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key that the account remembers, in hexadecimal digits, until a time in seconds since 1970."""

    key: str
    until: int


@dataclass(frozen=True, slots=True)
class End:
    """How many rows there were."""

    blobs: int
    lost: int
    objects: int
    keys: int


Row: TypeAlias = AccountRow | BlobRow | LostRow | ObjectRow | KeyRow | End


def _is_hexadecimal(value: object) -> bool:
    try:
        return isinstance(value, str) and len(bytes.fromhex(value)) * 2 == len(value)
    except ValueError:
        return False


LINES: Lines[Row] = Lines(
    {"account": AccountRow, "blob": BlobRow, "lost": LostRow, "object": ObjectRow, "key": KeyRow, "end": End},
    {
        "number": is_number,
        "address": is_text,
        "made": is_utc_date,
        "given": is_number,
        "version": is_count,
        "sha256": is_digest,
        "size": is_count,
        "holders": is_count,
        "expires": is_count,
        "why": is_text,
        "type": is_text,
        "document": is_document,
        "apart": lambda value: value is None or is_document(value),
        "key": _is_hexadecimal,
        "until": is_count,
        "blobs": is_count,
        "lost": is_count,
        "objects": is_count,
        "keys": is_count,
    },
)


def read(file: BinaryIO, name: str) -> Iterator[Row]:
    """The rows of a compressed image, in order, in the memory of the longest of them. Raises BadBackup, OSError."""
    return in_order(_rows(file, name), name)


def in_order(rows: Iterable[Row], name: str) -> Iterator[Row]:
    """The same rows, while they come as those of a whole image do. Raises BadBackup."""
    counts = dict.fromkeys((BlobRow, LostRow, ObjectRow, KeyRow), 0)
    types: set[str] = set()
    before: tuple[int, str, int | str] | None = None
    end: End | None = None
    for row in rows:
        if end is not None:
            raise BadBackup(f"{name}: it goes on after its end")
        if isinstance(row, End):
            end = row
            yield row
            continue
        place = _place(row)
        if (before is None) != isinstance(row, AccountRow):
            raise BadBackup(f"{name}: its first row is not the account's, or there is another account in it")
        if isinstance(row, AccountRow) and row.version != VERSION:
            raise BadBackup(f"{name}: it is of version {row.version}, and this program reads {VERSION}")
        if before is not None:
            has_moved = place[:2] != before[:2]
            if place[0] < before[0] or (not has_moved and place[2] <= before[2]):  # type: ignore[operator]
                raise BadBackup(f"{name}: its rows are not in order")
            if has_moved and place[0] == _OBJECTS and place[1] in types:
                raise BadBackup(f"{name}: its rows are not in order")
        types.add(place[1])
        before = place
        if not isinstance(row, AccountRow):
            counts[type(row)] += 1
        yield row
    if end is None:
        raise BadBackup(f"{name}: it was cut off")
    if (end.blobs, end.lost, end.objects, end.keys) != tuple(counts.values()):
        raise BadBackup(f"{name}: it has not as many rows as its end says")


_OBJECTS = 2


def _place(row: Row) -> tuple[int, str, int | str]:
    """Where it stands: in which part, of which type, by what."""
    match row:
        case AccountRow():
            return 0, "", 0
        case BlobRow() | LostRow():
            return 1, "", row.number
        case ObjectRow():
            return _OBJECTS, row.type, row.number
        case KeyRow():
            return 3, "", row.key
        case End():
            return 4, "", 0


def _rows(file: BinaryIO, name: str) -> Iterator[Row]:
    with gzip.GzipFile(fileobj=file, mode="rb") as opened:
        number = 0
        while line := _line(opened, name):
            number += 1
            if len(line) > LONGEST:
                raise BadBackup(f"{name}: line {number} is longer than {LONGEST} octets")
            try:
                yield LINES.row_of(line)
            except BadRow as problem:
                raise BadBackup(f"{name}: line {number}: {problem}") from None


def _line(opened: gzip.GzipFile, name: str) -> bytes:
    try:
        return opened.readline(LONGEST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise BadBackup(f"{name}: it is damaged or cut off ({problem})") from None
