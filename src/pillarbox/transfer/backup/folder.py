"""The folder of a backup: its manifest, the images of one run, and the shelf.

    pillarbox-backup.jsonl         the manifest
    images/20261123T121900Z-…/     an image an account, NUMBER.jsonl.gz, and 0 for the server itself
    blobs/ab/abcdef…               the octets, by their SHA-256

A backup made in the folder of an earlier one finds its blobs there, and takes its place at one moment, when its
manifest has the name: until then the earlier one is whole.
"""

import fcntl
import gzip
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

from pillarbox.transfer.backup import manifest as manifests
from pillarbox.transfer.backup.errors import BackupError, BadBackup
from pillarbox.transfer.backup.image import LINES, AccountRow, Row
from pillarbox.transfer.backup.image import read as rows_of
from pillarbox.transfer.backup.manifest import MANIFEST, Entry, Manifest, is_run
from pillarbox.transfer.backup.shelf import Shelf, Used

__all__ = ["Folder", "Making", "begun", "opened"]

_UNFINISHED = "pillarbox-backup.unfinished"
"""There, and locked, while a backup is being made."""
_IMAGES, _BLOBS = "images", "blobs"
_LEVEL = 6


class Folder:
    """A backup that is there; what reads it raises BadBackup, OSError."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.shelf = Shelf(root / _BLOBS)
        self.is_followed = (root / _UNFINISHED).exists()
        """Whether another backup was begun in this folder, and is not finished."""
        self._images = root / _IMAGES / manifest.run

    def rows(self, entry: Entry) -> Iterator[Row]:
        """The rows of an image."""
        with self._opened(entry) as file:
            for row in rows_of(file, entry.place):
                if isinstance(row, AccountRow) and row.number != entry.number:
                    raise BadBackup(f"{entry.place}: it is the image of account {row.number}")
                yield row

    def check(self, entry: Entry) -> None:
        """Nothing, if the image is to the last octet what it was. Raises BadBackup."""
        with self._opened(entry) as file:
            size = os.fstat(file.fileno()).st_size
            if size != entry.size or hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                raise BadBackup(f"{entry.place}: it is not what was written")

    def _opened(self, entry: Entry) -> BufferedReader:
        try:
            descriptor = os.open(self._images / _name(entry.number), os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise BadBackup(f"{entry.place}: it is missing") from None
        return os.fdopen(descriptor, "rb")


class Making:
    """A backup that is being made; each raises OSError."""

    def __init__(self, root: Path, now: datetime, *, is_doubtful: bool) -> None:
        self.run = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self.shelf = Shelf(root / _BLOBS, is_doubtful=is_doubtful)
        self.used = Used()
        self._root = root
        self._images = root / _IMAGES / self.run
        for folder in (_IMAGES, _BLOBS):
            (root / folder).mkdir(mode=0o700, exist_ok=True)
        self._images.mkdir(mode=0o700)

    def write(self, number: int, rows: Iterable[Row]) -> Iterator[tuple[Row, int]]:
        """Writes an account's image, in place of one; yields each row once it is written, with how long its line is."""
        path = self._images / _name(number)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as compressed:
                for row in rows:
                    line = LINES.written(row)
                    compressed.write(line)
                    yield row, len(line)
            file.flush()
            os.fsync(file.fileno())

    def written(self, number: int) -> tuple[str, int]:
        """The SHA-256 and the size of an image."""
        with (self._images / _name(number)).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size

    def drop(self, number: int) -> None:
        """The image is of nobody."""
        (self._images / _name(number)).unlink(missing_ok=True)

    def complete(self, manifest: Manifest) -> None:
        """All that was written is durable, then the manifest has its name; and then what was before it goes."""
        # One call instead of one a blob: of a million files each would wait for the disk.
        os.sync()
        making = self._root / f"{MANIFEST}.new"
        making.unlink(missing_ok=True)
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            manifests.written(manifest, file)
            file.flush()
            os.fsync(file.fileno())
        making.replace(self._root / MANIFEST)
        _sync(self._root)
        for one in (self._root / _IMAGES).iterdir():
            if is_run(one.name) and one.name != self.run:
                shutil.rmtree(one)
        self.shelf.keep_only(self.used)


@contextmanager
def begun(root: Path, now: datetime) -> Iterator[Making]:
    """A backup in a folder that is empty, not there, or that of an earlier one. Raises BackupError, OSError."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {entry.name for entry in root.iterdir()}
    if there and not there & {MANIFEST, _UNFINISHED}:
        raise BackupError(f"{root} is not empty, and no backup is in it; name another folder.")
    mark = root / _UNFINISHED
    with os.fdopen(os.open(mark, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b") as locked:
        _lock(locked, mark)
        # Of what an interrupted one left, nothing is believed for its name alone.
        making = Making(root, now, is_doubtful=_UNFINISHED in there)
        try:
            yield making
        finally:
            making.used.close()
        mark.unlink()
        _sync(root)


def opened(root: Path) -> Folder:
    """The backup in a folder. Raises BadBackup, OSError."""
    try:
        descriptor = os.open(root / MANIFEST, os.O_RDONLY | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        cut_off = "it was not finished; the same command makes it whole" if (root / _UNFINISHED).exists() else ""
        raise BadBackup(f"there is no backup in {root}{': ' if cut_off else ''}{cut_off}") from None
    with os.fdopen(descriptor, "rb") as file:
        return Folder(root, manifests.read(file))


def _lock(locked: Any, mark: Path) -> None:
    try:
        fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(locked.fileno()).st_ino != mark.stat().st_ino:
            raise FileNotFoundError
    except (BlockingIOError, FileNotFoundError):
        raise BackupError(f"another backup is being made in {mark.parent}.") from None


def _name(number: int) -> str:
    return f"{number}.jsonl.gz"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
