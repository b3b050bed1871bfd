"""The hub's socket in the data folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["NAME", "bound", "connected"]

NAME = "hub"
"""Of the socket, in the data folder."""
_BACKLOG = 256


def bound(folder: Path, name: str = NAME) -> socket.socket:
    """A socket that listens there, for this user alone; one that was left there is replaced. Raises OSError."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(folder, name) as path:
            Path(path).unlink(missing_ok=True)
            # The mode is there from the beginning; there is one thread yet.
            before = os.umask(0o177)
            try:
                listening.bind(path)
            finally:
                os.umask(before)
        listening.listen(_BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def connected(folder: Path, seconds: float, name: str = NAME) -> socket.socket:
    """A connection to whoever listens there, whose calls take no longer than so many seconds. Raises OSError."""
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connecting.settimeout(seconds)
        with _short(folder, name) as path:
            connecting.connect(path)
    except OSError:
        connecting.close()
        raise
    return connecting


@contextmanager
def _short(folder: Path, name: str) -> Iterator[str]:
    """The socket's path in the 108 octets that a UNIX address has, wherever the folder is."""
    there = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{there}/{name}"
    finally:
        os.close(there)
