"""One process's end of the line to the hub; there or not."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pillarbox.store.hub.place import connected

__all__ = ["Link"]

PATIENCE = 0.25
"""Seconds that a hub may take nothing before it is given up. A writer waits no longer than that, and once only."""
AGAIN = 1.0
"""Seconds between two attempts to reach a hub."""


class Link:
    """Says lines to the hub of a data folder, if there is one; used by many threads.

    Whoever `join`s also has to `leave`: one thread at a time, the one that hears, or, where none does, whichever
    writes.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._next = float("-inf")

    @property
    def is_joined(self) -> bool:
        """Whether something can be said, as far as is known."""
        with self._lock:
            return self._socket is not None and not self._is_cut

    def join(self) -> socket.socket | None:
        """The connection, made now if there is none and the last attempt was a second ago."""
        with self._lock:
            if self._is_cut:
                self._close()
            if self._socket is None and self._clock() >= self._next:
                self._next = self._clock() + AGAIN
                with suppress(OSError):
                    self._socket = connected(self._folder, PATIENCE)
            return self._socket

    def join_once_more(self) -> socket.socket | None:
        """The same, without waiting for the second to pass."""
        with self._lock:
            self._next = float("-inf")
        return self.join()

    def say(self, octets: bytes) -> bool:
        """Whether the lines are with the kernel, which keeps them though this process ends."""
        with self._lock:
            if self._socket is None or self._is_cut:
                return False
            try:
                self._socket.sendall(octets)
            except OSError:
                # The hub is gone, or stands still. Half a line may be sent, so nothing more can be.
                self._is_cut = True
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                return False
            return True

    def leave(self) -> None:
        """Closes the connection, if there is one."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._is_cut = None, False
