"""The folder that an export is made in: empty, or that of an export which was not finished, which is then cleared.

While an export is being made its manifest is locked, and has a name that says so. All that the export writes is in the
manifest before it is in the folder, so that what an interrupted one left is known and nothing else is deleted.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pillarbox.transfer.export.maildir import BESIDE
from pillarbox.transfer.export.manifest import (
    LONGEST,
    MANIFEST,
    UNFINISHED,
    BadRow,
    Heading,
    MailboxRow,
    MessageRow,
    Row,
    row_of,
)
from pillarbox.transfer.export.writing import ExportError
from pillarbox.transfer.file import lies_within

__all__ = ["begun", "completed"]


@contextmanager
def begun(root: Path) -> Iterator[BinaryIO]:
    """The manifest of an export in an empty folder, which is made if it is not there. Raises ExportError, OSError."""
    try:
        descriptor = _opened(root)
    except OSError as error:
        told = f"{error.filename or root}: {error.strerror or error}. Name another folder, which is empty or not there."
        raise ExportError(told) from error
    with os.fdopen(descriptor, "r+b") as manifest:
        try:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError(f"Another export is writing to {root}.") from None
        _clear(root, manifest)
        manifest.seek(0)
        manifest.truncate()
        yield manifest


def completed(root: Path, manifest: BinaryIO) -> None:
    """All that was written is durable, and only then the manifest has its name. Raises OSError."""
    manifest.flush()
    os.fsync(manifest.fileno())
    # One call instead of one a message: of a million files each would wait for the disk.
    os.sync()
    (root / UNFINISHED).rename(root / MANIFEST)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(root: Path) -> int:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = root / UNFINISHED
    if any(entry.name != UNFINISHED for entry in root.iterdir()) and not path.exists():
        raise ExportError(f"{root} is not empty; name a folder that is, or one that is not there yet.")
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _clear(root: Path, manifest: BinaryIO) -> None:
    """Deletes what an export wrote that was interrupted, and nothing else."""
    folders: set[PurePosixPath] = set()
    for row in _rows(manifest):
        match row:
            case MailboxRow():
                path = PurePosixPath(row.path)
                folders |= {path, *path.parents, *(path / name for name in ("cur", "new", "tmp"))}
                files = [str(path), *(str(path / name) for name in BESIDE)]
            case MessageRow():
                files = list(row.files)
            case _:
                files = []
        # The folder that a file is in may be a link by now, which leads to what is not of the export.
        for file in (each for each in files if lies_within((root / each).parent, root)):
            with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
                (root / file).unlink()
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            if folder.parts and lies_within((root / folder).parent, root):
                (root / folder).rmdir()
    left = sorted(entry.name for entry in root.iterdir() if entry.name != UNFINISHED)
    if left:
        told = f"{root} has what is left of an export that was not finished, and {left[0]} besides, which is not of it."
        raise ExportError(f"{told} Move that away, or name another folder.")


def _rows(manifest: BinaryIO) -> Iterator[Row]:
    """The rows that are whole; the last may have been cut off."""
    for number, line in enumerate(iter(lambda: manifest.readline(LONGEST), b"")):
        try:
            row = row_of(line)
        except BadRow:
            return
        if number == 0 and not isinstance(row, Heading):
            return
        yield row
