"""A directory of mail: Maildirs, mbox files and messages, as deep as they lie."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pillarbox.transfer.file import OUTSIDE, leads_outside
from pillarbox.transfer.folder import below, below_maildir, mailbox, of_mbox, readable
from pillarbox.transfer.found import Folder, Item, Skipped, Source
from pillarbox.transfer.kind import ADVICE, file_kind, is_bookkeeping
from pillarbox.transfer.loose import LooseMessage
from pillarbox.transfer.maildir import PLACES, MaildirFolder, is_maildir
from pillarbox.transfer.mbox import Mbox

__all__ = ["Tree"]

_DEEPEST = 64
"""Directories within directories that are gone into; a mailbox at depth 10 is a rarity."""


class Tree:
    """All that is in the directory `root`, in the order of the names, a directory's own mail first.

    What is not mail is told of as skipped; hidden files, empty ones and the indexes of mail programs
    are passed over. `size` is taken once, at the start. Memory is needed for the names of one directory
    at each depth.
    """

    def __init__(self, root: Path, name: str, folder: Folder, bound: int) -> None:
        self.name = name
        self._root = root
        self._folder = folder
        self._bound = bound
        self.size = sum(part.size for part in self._parts())

    def __iter__(self) -> Iterator[Item]:
        before = 0
        for part in self._parts():
            for item in part:
                # A file that grows meanwhile must not lead past the end.
                yield replace(item, position=min(before + item.position, self.size))
            before += part.size

    def holds_mail(self) -> bool:
        """Whether there is a mailbox or a message in it, be it an empty mailbox."""
        return any(not isinstance(part, _Refused) for part in self._parts())

    def _parts(self) -> Iterator[Source]:
        yield from self._told(_Place(self._root, self.name, self._folder), self._directory)

    def _told(self, place: "_Place", walk: Callable[["_Place"], Iterator[Source]]) -> Iterator[Source]:
        """The parts of a place; if it cannot be read, that is told and the walk goes on behind it."""
        try:
            yield from walk(place)
        except OSError as error:
            yield _Refused(place.name, f"it cannot be read: {error.strerror}")

    def _directory(self, place: "_Place") -> Iterator[Source]:
        in_maildir = is_maildir(place.path)
        if in_maildir:
            yield MaildirFolder(place.path, place.name, mailbox(place.folder), self._bound, self._root)
        with os.scandir(place.path) as entries:
            names = sorted((not _is_file(entry), entry.name) for entry in entries)
        for _, name in names:
            path = place.path / name
            within = _Place(path, f"{place.name}/{readable(name)}", place.folder, place.depth + 1)
            # In a Maildir all files are the mail server's own, and its messages are read already.
            if not in_maildir:
                yield from self._told(within, self._entry)
            elif name in PLACES:
                if leads_outside(path, self._root):
                    yield _Refused(within.name, OUTSIDE)
            elif name != "tmp" and path.is_dir():
                yield from self._told(within, self._entry)

    def _entry(self, place: "_Place") -> Iterator[Source]:
        hidden = place.path.name.startswith(".")
        if leads_outside(place.path, self._root):
            yield _Refused(place.name, OUTSIDE)
        elif not place.path.is_dir():
            yield from self._file(place)
        elif place.path.is_symlink():
            return
        elif place.depth > _DEEPEST:
            yield _Refused(place.name, f"it lies more than {_DEEPEST} directories deep")
        elif not hidden:
            yield from self._directory(replace(place, folder=below(place.folder, place.path.name)))
        elif is_maildir(place.path):
            yield from self._directory(replace(place, folder=below_maildir(place.folder, place.path.name)))

    def _file(self, place: "_Place") -> Iterator[Source]:
        path = place.path
        if is_bookkeeping(path.name):
            return
        size = path.stat().st_size
        match file_kind(path):
            case "mbox":
                yield Mbox(path, place.name, mailbox(of_mbox(place.folder, path)), size, self._bound)
            case "message":
                yield LooseMessage(path, place.name, mailbox(place.folder), size, self._bound)
            case "other":
                yield _Refused(place.name, ADVICE.get(path.suffix.lower(), "it is not mail"))
            case "empty":
                # A mailbox without messages, or nothing at all.
                return


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk has come to, what reports call it, and the path of names it stands for."""

    path: Path
    name: str
    folder: Folder
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Refused:
    """A source of nothing, which tells why."""

    name: str
    why: str
    size: int = 0

    def __iter__(self) -> Iterator[Item]:
        yield Skipped(self.name, self.why, 0)


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return True
