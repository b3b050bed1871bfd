"""An export of ours, read by its manifest: all that the account knew of its mail, and not only what the format says.

The files are read where the manifest says they are. What was moved, or is not what it was, is told and left out; who
means to have it as it is now takes the manifest away, and it is mail like any other.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pillarbox.transfer.export import (
    LONGEST,
    MANIFEST,
    UNFINISHED,
    VERSION,
    BadRow,
    End,
    Heading,
    MailboxRow,
    MessageRow,
    MissingRow,
    Row,
    row_of,
    unwritten,
)
from pillarbox.transfer.file import OUTSIDE, lies_within
from pillarbox.transfer.found import Folder, Found, Item, Place, Skipped, Unreadable
from pillarbox.wire.values import utc_datetime

__all__ = ["Restored", "is_export", "restored"]

_BOUND = 1 << 28
"""Octets above which a message is told of and not loaded; more than any server takes in."""
_DEEPEST = 64
"""Mailboxes within each other."""


def is_export(path: Path) -> bool:
    """Whether a directory is an export, finished or not."""
    return (path / MANIFEST).is_file() or (path / UNFINISHED).exists()


def restored(path: Path, name: str) -> "Restored":
    """The export in a directory. Raises Unreadable if it is not whole, or of a later version; OSError."""
    if not (path / MANIFEST).is_file():
        told = "is an export that was not finished. Make it again; or, to import what is there, remove the file"
        raise Unreadable(f"{path} {told} {UNFINISHED}.", "unfinished export")
    size = rows = 0
    row: Row | None = None
    try:
        for row in _rows(path):
            rows += 1
            if isinstance(row, Heading) and row.version != VERSION:
                told = f"{path} was exported by a later version ({row.version}). Import it with that one."
                raise Unreadable(told, "version of manifest")
            size += row.size if isinstance(row, MessageRow) else 0
    except BadRow as error:
        raise Unreadable(f"{path / MANIFEST}, line {rows + 1}: {error}. {_ADVICE}", "bad manifest") from None
    if not isinstance(row, End) or row.mailbox_rows + row.message_rows + row.missing_rows != rows - 2:
        raise Unreadable(f"{path / MANIFEST} is not whole. {_ADVICE}", "bad manifest")
    return Restored(path, name, size)


_ADVICE = "Take the file away to import the mail without it."


@dataclass(frozen=True, slots=True)
class Restored:
    """The mailboxes and messages of the export at `path`; `size` are the octets of its messages."""

    path: Path
    name: str
    size: int

    def __iter__(self) -> Iterator[Item]:
        places: dict[str, Folder] = {}
        position = 0
        try:
            for row in _rows(self.path):
                match row:
                    case MailboxRow():
                        yield self._place(row, places, position)
                    case MessageRow():
                        position += row.size
                        yield self._message(row, places, position)
                    case MissingRow():
                        yield Skipped(f"{self.name}, message {row.id}", f"it was not exported: {row.why}", position)
                    case Heading() | End():
                        pass
        except (OSError, BadRow) as error:
            yield Skipped(self.name, f"the rest cannot be read: {error}", self.size)

    def _place(self, row: MailboxRow, places: dict[str, Folder], position: int) -> Item:
        above = () if row.parent is None else places.get(row.parent)
        if above is None or len(above) >= _DEEPEST or row.id in places:
            return Skipped(
                f"{self.name}, mailbox {row.name}", "the manifest has it in no mailbox that can be", position
            )
        places[row.id] = (*above, row.name)
        return Place(places[row.id], row.role, row.sort_order, row.is_subscribed, position)

    def _message(self, row: MessageRow, places: dict[str, Folder], position: int) -> Item:
        key = f"{self.name}, message {row.id}"
        folders = [places[one] for one in row.mailboxes if one in places]
        if not folders:
            return Skipped(key, "the manifest has it in no mailbox that can be", position)
        raw = self._octets(row)
        if isinstance(raw, str):
            return Skipped(key, f"{row.files[0]}: {raw}", position)
        return Found(
            raw,
            folders[0],
            frozenset(row.keywords),
            utc_datetime(row.received_at),
            key,
            position,
            tuple(folders[1:]),
            row.received_at,
        )

    def _octets(self, row: MessageRow) -> bytes | str:
        """A message's octets, or why they are not given."""
        path = self.path / row.files[0]
        if max(row.size, row.length) > _BOUND:
            return f"it has {row.size} bytes, more than {_BOUND}"
        # What is named was not met in a walk: any part of it may be a link, and it may be a pipe, which would block.
        if not lies_within(path, self.path):
            return OUTSIDE
        if path.exists() and not path.is_file():
            return "it is no file"
        try:
            with path.open("rb") as file:
                file.seek(row.at)
                raw = file.read(row.length)
        except FileNotFoundError:
            return "it is not where the manifest says; the files were moved since they were exported"
        except OSError as error:
            return f"it cannot be read: {error.strerror}"
        raw = unwritten(raw, row.ends) if path.suffix == ".mbox" else raw
        if hashlib.sha256(raw).hexdigest() != row.sha256:
            return "it is not what was exported; the file was changed since"
        return raw


def _rows(path: Path) -> Iterator[Row]:
    with (path / MANIFEST).open("rb") as manifest:
        for number, line in enumerate(iter(lambda: manifest.readline(LONGEST), b"")):
            row = row_of(line)
            if isinstance(row, Heading) != (number == 0):
                raise BadRow("the heading is the first line, and no other")
            yield row
