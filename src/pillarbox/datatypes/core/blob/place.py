"""What a blobId is, and how its octets are had: whole blobs and parts of messages.

A blob's id is that of what is kept; the id of a message's part names the octets within it, so that it takes no look-up
and no room: `b3k-1c-2f0-b` is base64 of octets 1c to 1c+2f0 (hexadecimal) of blob `b3k`. A part of a message that is
itself an encoded part has two such ranges, one in what the other gives. Whoever makes one up reads no more than parts
of what is theirs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pillarbox.objects import Limits
from pillarbox.store import Blob, Unit, Writing
from pillarbox.wire import message
from pillarbox.wire.values import Id, id_number, id_text

__all__ = ["BLOB_PREFIX", "Octets", "located", "part_id", "room_for", "whole_id"]

BLOB_PREFIX = "b"
_MAX_NESTED = 4
"""Encoded messages within each other of which parts can be had: each costs as much as it is large."""
_RANGE = re.compile(r"-([0-9a-f]{1,12})-([0-9a-f]{1,12})-([bqui])")
_PART = re.compile(rf"(b[0-9a-z]+)((?:{_RANGE.pattern.replace('(', '(?:')}){{0,{_MAX_NESTED}}})")
_ENCODINGS = {"b": "base64", "q": "quoted-printable", "u": "uuencode", "i": "identity"}
_LETTERS = {encoding: letter for letter, encoding in _ENCODINGS.items()}


@dataclass(frozen=True, slots=True)
class Octets:
    """Where the octets of a blobId are: a range of a blob, and how it is encoded there."""

    blob: Blob
    offset: int
    length: int
    encoding: str
    within: tuple[tuple[int, int, str], ...] = ()
    """Ranges of what that gives, each of what the one before gives: offset, length, encoding."""

    @property
    def whole(self) -> bool:
        """Whether they are the blob itself."""
        return self.encoding == "identity" and self.length == self.blob.size and not self.within

    @property
    def is_plain(self) -> bool:
        """Whether they stand in the blob as they are, so that a range of them can be read alone."""
        return self.encoding == "identity" and not self.within

    def read(self, unit: Unit) -> bytes:
        """All of them, decoded."""
        octets = message.decode(unit.octets(self.blob, self.offset, self.length), self.encoding)
        for offset, length, encoding in self.within:
            octets = message.decode(octets[offset : offset + length], encoding)
        return octets


def whole_id(number: int) -> Id:
    """The id of a blob."""
    return id_text(BLOB_PREFIX, number)


def part_id(blob_id: Id, offset: int, length: int, encoding: str) -> Id:
    """The id of a range of a blob, decoded. An encoding that nobody knows is none (RFC 8621 section 4.1.4)."""
    outer, *ranges = blob_id.rsplit("-", 3)
    if ranges and ranges[2] == "i":
        blob_id, offset = Id(outer), int(ranges[0], 16) + offset
    return Id(f"{blob_id}-{offset:x}-{length:x}-{_LETTERS.get(encoding, 'i')}")


def located(unit: Unit, blob_id: str) -> Octets | None:
    """Where a blobId's octets are, or None if the account has no such blob."""
    part = _PART.fullmatch(blob_id)
    number = id_number(BLOB_PREFIX, part[1]) if part else None
    blob = unit.blob(number) if number is not None else None
    if part is None or blob is None:
        return None
    ranges = [(int(one[1], 16), int(one[2], 16), _ENCODINGS[one[3]]) for one in _RANGE.finditer(part[2])]
    (offset, length, encoding), *within = ranges or [(0, blob.size, "identity")]
    return Octets(blob, offset, length, encoding, tuple(within)) if offset + length <= blob.size else None


def room_for(unit: Writing, added: Iterable[Blob], limits: Limits) -> None:
    """Drops the oldest of the blobs that nothing refers to, if they are too many now (section 6).

    "The server MUST delete unreferenced blobs in date order, oldest first, until there is room": those just added are
    the newest, and stay however large they are.
    """
    sizes = {blob.number: blob.size for blob in added}
    # One more than allowed, since what is added counts already; no limit stays none.
    files = max(limits.uploads, len(sizes)) + 1 if limits.uploads else 0
    total = max(limits.uploads_size, sum(sizes.values())) if limits.uploads_size else 0
    unit.make_room(0, files, total)
