"""An mbox file: messages one after the other, each begun by a "From " line (RFC 4155, mboxo, mboxrd).

A message begins where a blank line, or the start of the file, is followed by a separator as
`separator` knows it. Content-Length is not asked: programs that edit a message forget to change it, and
one wrong number loses all that follows.

The file is gone through twice at once, by two handles. One looks for separators, block by block; the
other reads a message when its end is known, so that a message too large is never in memory at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pillarbox.transfer.bookkeeping import marks
from pillarbox.transfer.found import TRASH, Folder, Found, Item, Skipped
from pillarbox.transfer.octets import header_of, unquoted, with_crlf
from pillarbox.transfer.separator import LONGEST, is_separator, time_of

__all__ = ["Mbox"]

_BLOCK = 1 << 20

# The end of a blank line, then the separator; what follows it is left for the next match.
_CANDIDATE = re.compile(rb"\n\r?\n(From [^\n]{1,%d})(?=\n)" % LONGEST)

_TAIL = LONGEST + len(b"\n\r\nFrom \n")
"""Octets kept from one block to the next: as many as the longest candidate has."""


@dataclass(frozen=True, slots=True)
class Mbox:
    """The messages of the mbox file at `path`, in `folder` unless they say another.

    A blank line before a separator, and one at the end of the file, belong to the format and not to
    the message before it. `name` is what reports call the file.
    """

    path: Path
    name: str
    folder: Folder
    size: int
    bound: int

    def __iter__(self) -> Iterator[Item]:
        try:
            with self.path.open("rb") as scanned, self.path.open("rb") as file:
                for number, piece in enumerate(_pieces(scanned, self.size)):
                    yield from self._item(file, number, piece)
        except OSError as error:
            yield Skipped(self.name, f"the rest cannot be read: {error.strerror}", self.size)

    def _item(self, file: BinaryIO, number: int, piece: "_Piece") -> Iterator[Item]:
        key = f"{self.name}, message {number} at byte {piece.start}"
        length = piece.end - piece.begin
        if number == 0:
            file.seek(piece.start)
            if file.read(min(length, _BLOCK)).strip(b"\r\n\xef\xbb\xbf"):
                why = f'its first {length} bytes come before any line that begins with "From "'
                yield Skipped(self.name, why, piece.end)
        elif length > self.bound:
            yield Skipped(key, f"it has {length} bytes, more than {self.bound}", piece.end)
        else:
            file.seek(piece.begin)
            yield self._message(key, piece, file.read(length))

    def _message(self, key: str, piece: "_Piece", octets: bytes) -> Item:
        raw = unquoted(with_crlf(octets))
        if raw.endswith(b"\r\n\r\n") or raw == b"\r\n":
            raw = raw[:-2]
        if not raw.strip():
            return Skipped(key, "it is empty", piece.end)
        noted = marks(header_of(raw))
        if noted.expunged:
            return Skipped(key, "it was deleted or moved, and only its bytes are left", piece.end)
        folder, *also_in = (TRASH,) if noted.deleted else noted.folders or (self.folder,)
        return Found(
            raw=raw,
            folder=folder,
            keywords=noted.keywords,
            received_at=time_of(piece.separator),
            key=key,
            position=piece.end,
            also_in=tuple(also_in),
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the file: its separator at `start`, the message from `begin` to `end`.

    The first piece of a file is what lies before any separator, and is empty in a sound one.
    """

    start: int
    separator: bytes
    begin: int
    end: int


def _pieces(file: BinaryIO, size: int) -> Iterator[_Piece]:
    start, separator, begin = 0, b"", 0
    for place, line in _separators(file):
        # A program may be adding to the file; what came after its size was taken is for the next run.
        if place >= size:
            break
        yield _Piece(start, separator, begin, place)
        start, separator, begin = place, line, place + len(line) + 1
    yield _Piece(start, separator, begin, max(begin, size))


def _separators(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The separators with the offsets of their first byte, in memory for one block."""
    # The start of the file counts as a blank line, and so does a byte order mark there.
    held = b"\n\n"
    offset = -len(held)
    if (first := file.read(3)) == b"\xef\xbb\xbf":
        offset += len(first)
    else:
        held += first
    while block := file.read(_BLOCK):
        held += block
        kept = max(0, len(held) - _TAIL)
        for found in _CANDIDATE.finditer(held):
            if is_separator(found[1]):
                yield offset + found.start(1), found[1]
                kept = max(kept, found.end())
        offset += kept
        held = held[kept:]
