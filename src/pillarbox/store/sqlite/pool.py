"""Open connections, at most so many, and the rules every one of them is under.

All access to an account's file in this process goes through here, because closing a file that was opened by
other means would drop the locks SQLite holds on it (POSIX locks belong to the process).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from pillarbox.store.contract import NoAccount, StoreError, Unavailable

__all__ = ["Pool", "translated"]

BUSY_MILLISECONDS = 10_000
MAX_OPEN = 64
"""Connections kept although nobody uses them; each costs about 0.2 MB and two descriptors."""


class Pool:
    """Connections to the files of accounts, each used by one unit at a time."""

    def __init__(self, max_open: int = MAX_OPEN) -> None:
        self._max_open = max_open
        self._lock = threading.Lock()
        self._idle: OrderedDict[int, tuple[Path, apsw.Connection]] = OrderedDict()
        self._writers: dict[Path, threading.Lock] = {}

    @contextmanager
    def connection(self, path: Path) -> Iterator[apsw.Connection]:
        """A connection for this block alone. Raises NoAccount if there is no such file."""
        connection = self._taken(path)
        healthy = False
        try:
            yield connection
            healthy = True
        finally:
            if not connection.in_transaction and (healthy or path.exists()):
                self._put_back(path, connection)
            else:
                connection.close(True)

    @contextmanager
    def turn_to_write(self, path: Path) -> Iterator[None]:
        """A block that no other thread of this process has at the same time for this file.

        SQLite would let them wait as well, but by polling.
        """
        with self._lock:
            turn = self._writers.setdefault(path, threading.Lock())
        if not turn.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise Unavailable(f"{path}: other writers did not finish in time")
        try:
            yield
        finally:
            turn.release()

    def forget(self, path: Path) -> None:
        """Closes what is idle of this file."""
        with self._lock:
            gone = [key for key, (at, _) in self._idle.items() if at == path]
            closing = [self._idle.pop(key)[1] for key in gone]
            self._writers.pop(path, None)
        for connection in closing:
            connection.close(True)

    def close(self) -> None:
        """Closes all that is idle."""
        with self._lock:
            closing = [connection for _, connection in self._idle.values()]
            self._idle.clear()
        for connection in closing:
            connection.close(True)

    def _taken(self, path: Path) -> apsw.Connection:
        with self._lock:
            for key, (at, connection) in reversed(self._idle.items()):
                if at == path:
                    del self._idle[key]
                    return connection
        return opened(path)

    def _put_back(self, path: Path, connection: apsw.Connection) -> None:
        with self._lock:
            self._idle[id(connection)] = (path, connection)
            surplus = []
            while len(self._idle) > self._max_open:
                surplus.append(self._idle.popitem(last=False)[1][1])
        for old in surplus:
            old.close(True)


def opened(path: Path, flags: int = apsw.SQLITE_OPEN_READWRITE) -> apsw.Connection:
    """A connection under our rules to a file that exists. Raises NoAccount, StoreError."""
    try:
        connection = apsw.Connection(str(path), flags=flags, statementcachesize=256)
    except apsw.CantOpenError as problem:
        if not path.exists():
            raise NoAccount(f"{path} does not exist") from None
        raise Unavailable(f"{path}: {problem}") from problem
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    with translated(str(path)):
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        # NORMAL would lose acknowledged commits at a power failure (architecture, 3.1).
        connection.execute("PRAGMA synchronous = FULL").fetchall()
        connection.execute("PRAGMA temp_store = MEMORY").fetchall()
        connection.execute("PRAGMA cache_size = -4000").fetchall()
        mode = connection.execute("PRAGMA journal_mode").get
        safety = connection.execute("PRAGMA synchronous").get
    if (mode, safety) != ("wal", 2):
        connection.close(True)
        raise StoreError(f"{path}: the file system allows no durable commits ({mode}, {safety})")
    return connection


@contextmanager
def translated(place: str) -> Iterator[None]:
    """A block whose SQLite and file errors become the store's own."""
    try:
        yield
    except (
        apsw.BusyError,
        apsw.LockedError,
        apsw.FullError,
        apsw.IOError,
        apsw.CantOpenError,
        apsw.NoMemError,
        apsw.ReadOnlyError,
    ) as problem:
        raise Unavailable(f"{place}: {problem}") from problem
    except (apsw.CorruptError, apsw.NotADBError) as problem:
        raise StoreError(f"{place} is damaged: {problem}") from problem
    except OSError as problem:
        raise Unavailable(f"{place}: {problem}") from problem
