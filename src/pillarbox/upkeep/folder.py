"""The data folder as other users of the machine see it: what is in it is for its owner alone."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["close", "of_others", "open_to_others"]

_OTHERS = stat.S_IWGRP | stat.S_IRWXO
"""What nobody should be allowed; that a group may read can be an administrator's wish, for backups."""


def open_to_others(data: Path) -> Iterator[tuple[Path, str]]:
    """Files and folders that others may read or change, and why that is wrong.

    Nothing is opened. Raises OSError if the folder itself cannot be read.
    """
    for path, found in _within(data):
        if found.st_mode & _OTHERS:
            yield path, f"others may use it ({stat.filemode(found.st_mode)})"


def of_others(data: Path) -> Iterator[tuple[Path, str]]:
    """Files and folders that are another user's, and why that is wrong. Raises OSError as `open_to_others`."""
    owner = data.stat().st_uid
    for path, found in _within(data):
        if found.st_uid != owner:
            yield path, "it belongs to another user than the data folder, which the server may not be"


def close(path: Path) -> None:
    """Takes away what nobody should be allowed. Raises OSError if it is somebody else's."""
    path.chmod(path.lstat().st_mode & 0o7777 & ~_OTHERS)


def _within(data: Path) -> Iterator[tuple[Path, os.stat_result]]:
    yield data, data.lstat()
    for folder, folders, files in os.walk(data):
        for path in (Path(folder, name) for name in (*folders, *files)):
            # Gone meanwhile, as files of a running server are.
            with suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                    yield path, found
