"""Who has the data folder: one server at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Served", "alone", "refuse_served", "served"]

_NAME = "server.lock"
_PATIENCE = 1.0
"""Seconds that another server may take to end, as one does that was just told to."""


class Served(Exception):
    """Another server has the folder; the message says which."""


def refuse_served(folder: Path) -> None:
    """Nothing, unless another server has the folder; then it raises Served. Makes no file. Raises OSError."""
    with suppress(FileNotFoundError):
        descriptor = os.open(folder / _NAME, os.O_RDWR | os.O_CLOEXEC)
        try:
            _wait(folder, descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """A block in which no other server has the folder. Raises Served; OSError."""
    descriptor = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(folder, descriptor)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        # The file stays: who removed it could remove one that the next server has locked by then.
        yield
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether this process has the file for itself, for the length of the block; nobody is waited for.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _is_taken(descriptor)
    finally:
        os.close(descriptor)


def _wait(folder: Path, descriptor: int) -> None:
    until = time.monotonic() + _PATIENCE
    while not _is_taken(descriptor):
        if time.monotonic() > until:
            who = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise Served(f"{folder} is served already, by process {who}; stop that first, or name another folder")
        time.sleep(0.05)


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
