"""A Maildir: a directory with `cur`, `new` and `tmp`, a file a message (cr.yp.to/proto/maildir.html).

A file's name is `UNIQUE:2,FLAGS`. What is unique stays, and begins with the time of delivery; the flags
change, and a message that was seen moves from `new` to `cur`. Lower-case flags are keywords, whose names
Dovecot keeps in the file `dovecot-keywords`. `tmp` holds deliveries that never came to an end.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pillarbox.transfer.bookkeeping import keyword
from pillarbox.transfer.file import OUTSIDE, contents, leads_outside
from pillarbox.transfer.folder import readable
from pillarbox.transfer.found import TRASH, Folder, Found, Item, Skipped
from pillarbox.transfer.octets import with_crlf

__all__ = ["PLACES", "MaildirFolder", "is_maildir"]

PLACES = ("cur", "new")
"""The directories of a Maildir that hold messages."""

_FLAGS = {"D": "$draft", "F": "$flagged", "P": "$forwarded", "R": "$answered", "S": "$seen"}

# A ":" where the file system allows it; ";" and "!" are what programs write where it does not.
_INFO = re.compile(r"[:;!]2,([A-Za-z]*)[^:;!]*\Z")

# Seconds since 1970 have nine digits from 1973 on; less is a number somebody counted.
_DELIVERED = re.compile(r"(\d{9,10})(?!\d)")


@dataclass(frozen=True, slots=True)
class MaildirFolder:
    """The messages of one Maildir at `path`, not of those within it, in `folder`.

    They come in the order of their names, which is that of their delivery. A message with the flag T,
    trashed, goes to Trash, since a client took it away and no program has removed it yet. Links that
    lead out of `root` are not followed. Memory is needed for the names of one Maildir.
    """

    path: Path
    name: str
    folder: Folder
    bound: int
    root: Path

    @property
    def size(self) -> int:
        """Bytes in its messages, as of now."""
        try:
            return sum(_size(self.path / place / name) for name, place in self._files())
        except OSError:
            return 0

    def __iter__(self) -> Iterator[Item]:
        words = _keywords(self.path / "dovecot-keywords")
        position = 0
        try:
            files = sorted(self._files())
        except OSError as error:
            yield Skipped(self.name, f"it cannot be read: {error.strerror}", position)
            return
        for name, place in files:
            path = self.path / place / name
            position += _size(path)
            yield self._item(path, position, words)

    def _item(self, path: Path, position: int, words: Mapping[str, str]) -> Item:
        unique, flags = _parts(path.name)
        key = f"{self.name}, message {readable(unique)}"
        if leads_outside(path, self.root):
            return Skipped(key, OUTSIDE, position)
        octets = contents(path, self.bound)
        if isinstance(octets, str):
            return Skipped(key, octets, position)
        kept = {_FLAGS[flag] for flag in flags if flag in _FLAGS} | {words[f] for f in flags if f in words}
        return Found(
            raw=with_crlf(octets),
            folder=TRASH if "T" in flags else self.folder,
            keywords=frozenset(kept),
            received_at=_delivered(unique, path),
            key=key,
            position=position,
        )

    def _files(self) -> Iterator[tuple[str, str]]:
        """The names of its messages, with the place of each."""
        for place in PLACES:
            # Whoever walks to this Maildir tells of a place that is a link to elsewhere.
            if not (self.path / place).is_dir() or leads_outside(self.path / place, self.root):
                continue
            with os.scandir(self.path / place) as entries:
                for entry in entries:
                    # A link is looked at later, when there is a message to speak of.
                    if not entry.name.startswith(".") and (entry.is_symlink() or entry.is_file()):
                        yield entry.name, place


def is_maildir(path: Path) -> bool:
    """Whether a directory is a Maildir; one of its three is often lost by copies that drop empty ones."""
    there = {name for name in ("cur", "new", "tmp") if (path / name).is_dir()}
    return len(there) >= 2 or ("cur" in there and (path / "maildirfolder").exists())


def _keywords(path: Path) -> dict[str, str]:
    """The keywords of the flags a to z: lines of a number and a name, as Dovecot writes them."""
    # A pipe would block, and a link may lead to what is not of the Maildir.
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        with path.open("r", encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 16).splitlines()
    except OSError:
        return {}
    words = {}
    for line in lines:
        number, _, name = line.partition(" ")
        kept = keyword(name.strip())
        if number.isdecimal() and int(number) < 26 and kept is not None:
            words[chr(ord("a") + int(number))] = kept
    return words


def _parts(name: str) -> tuple[str, str]:
    info = _INFO.search(name)
    return (name[: info.start()], info[1]) if info else (name, "")


def _delivered(unique: str, path: Path) -> datetime | None:
    found = _DELIVERED.match(unique)
    if found:
        return datetime.fromtimestamp(int(found[1]), UTC)
    try:
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
