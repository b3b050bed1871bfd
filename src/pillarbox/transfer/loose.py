"""A message in a file of its own: `.eml`, a file of an MH directory, a message saved from a client."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pillarbox.transfer.bookkeeping import marks
from pillarbox.transfer.file import contents
from pillarbox.transfer.found import TRASH, Folder, Found, Item, Skipped
from pillarbox.transfer.octets import header_of, with_crlf

__all__ = ["LooseMessage"]


@dataclass(frozen=True, slots=True)
class LooseMessage:
    """The one message in the file at `path`, in `folder` unless it says another.

    It has no time of its own: a file's time is mostly that of a copy, and Received and Date are better.
    """

    path: Path
    name: str
    folder: Folder
    size: int
    bound: int

    def __iter__(self) -> Iterator[Item]:
        octets = contents(self.path, self.bound)
        if isinstance(octets, str):
            yield Skipped(self.name, octets, self.size)
            return
        raw = with_crlf(octets)
        noted = marks(header_of(raw))
        folder, *also_in = (TRASH,) if noted.deleted else noted.folders or (self.folder,)
        yield Found(
            raw=raw,
            folder=folder,
            keywords=noted.keywords,
            received_at=None,
            key=self.name,
            position=self.size,
            also_in=tuple(also_in),
        )
