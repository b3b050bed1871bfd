"""What a backup or a restoration can come to a bad end by.

Exception
└── BackupError     it cannot be done so; says what to do
    └── BadBackup   the backup is not whole, or not what it says of itself
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["BackupError", "BadBackup", "refused"]


class BackupError(Exception):
    """It cannot be done, or came to no end; `told` is for whoever asked for it, with what to do."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


class BadBackup(BackupError):
    """What is in the folder of a backup is damaged, cut off, or not of ours."""


@contextmanager
def refused(root: Path, then: str) -> Iterator[None]:
    """A block whose OSErrors become BackupError; `then` says what follows from it."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename or root}: {error.strerror or error}. {then}") from error
