"""Connections, no more than so many at once, each used by one unit at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres.failure import Lost
from pillarbox.store.postgres.session import Session

__all__ = ["MAX_CONNECTIONS", "PATIENCE", "Pool"]

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a unit waits for others, and for a connection."""
MAX_CONNECTIONS = 10
"""A process has no more open; each is a process of the server's, of some 10 MB."""


class Pool:
    """Connections as `connect` makes them.

    One that died is thrown away; when one is found dead all that were idle are, since they mostly died together. So it
    is with one whose server takes no writes any more.
    """

    def __init__(self, connect: Callable[[], Session], *, most: int, patience: float) -> None:
        self._connect = connect
        self._patience = patience
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        # The one used last is used next: it has most prepared, and the others' servers may be swapped out.
        self._idle: list[Session] = []
        self._closed = False

    @contextmanager
    def session(self, begin: Callable[[Session], T]) -> Iterator[tuple[Session, T]]:
        """A connection for this block alone, on which `begin` was done, and what that gave.

        `begin` must be such that it can be done again on another connection if the first has died.
        """
        if not self._free.acquire(timeout=self._patience):
            raise Unavailable("no connection to the database became free in time (pool.max-connections)")
        try:
            session, begun = self._begun(begin)
            try:
                yield session, begun
            finally:
                self._put_back(session)
        finally:
            self._free.release()

    def close(self) -> None:
        """Closes what is idle now, and what is in use when its unit ends."""
        with self._lock:
            self._closed = True
        self._drop_idle()

    def reached(self) -> Session:
        """A new connection beside the others, tried for until patience ends. Raises Unavailable, StoreError."""
        until = time.monotonic() + self._patience
        while True:
            try:
                return self._connect()
            except Unavailable:
                if time.monotonic() + 0.1 > until:
                    raise
                time.sleep(0.1)

    def _begun(self, begin: Callable[[Session], T]) -> tuple[Session, T]:
        session = self._taken()
        if session is not None:
            try:
                return session, begin(session)
            except Lost:
                self._put_back(session)
            except BaseException:
                self._put_back(session)
                raise
        session = self._connect()
        try:
            return session, begin(session)
        except BaseException:
            self._put_back(session)
            raise

    def _taken(self) -> Session | None:
        with self._lock:
            if self._closed:
                raise Unavailable("the store is closed")
            return self._idle.pop() if self._idle else None

    def _put_back(self, session: Session) -> None:
        if not session.is_usable:
            is_lost = session.is_lost
            session.close()
            if is_lost:
                self._drop_idle()
            return
        with self._lock:
            if not self._closed:
                self._idle.append(session)
                return
        session.close()

    def _drop_idle(self) -> None:
        with self._lock:
            dropped, self._idle = self._idle, []
        for session in dropped:
            with suppress(StoreError):
                session.close()
