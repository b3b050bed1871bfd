"""Open connections, at most so many, and the rules every one of them is under.

All access to an account's file in this process goes through here, because closing a file that was opened by
other means would drop the locks SQLite holds on it (POSIX locks belong to the process).
"""

import ctypes
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import apsw

from pillarbox.store.error import NoAccount, OutOfSpace, StoreError, Unavailable
from pillarbox.store.glance import Passed
from pillarbox.store.turns import Turns

__all__ = ["MAX_OPEN", "PATIENCE", "Pool", "opened", "translated"]

PATIENCE = 10.0
"""Seconds that a writer waits for others."""
MAX_OPEN = 64
"""Connections kept although nobody uses them; each costs about 0.2 MB and two descriptors."""

_LOG_KEPT = 16 * 1024 * 1024
"""A write-ahead log that grew beyond so many octets, as by an import, is cut when it is next begun anew."""

_File: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Open:
    """A connection, and which file it has: another one may have the name by now."""

    connection: apsw.Connection
    path: Path
    file: _File | None


class Pool:
    """Connections to the files of accounts, each used by one unit at a time.

    `prepare` is called with each connection just opened, and its path.
    """

    def __init__(
        self,
        prepare: Callable[[apsw.Connection, Path], None],
        *,
        max_open: int = MAX_OPEN,
        patience: float = PATIENCE,
    ) -> None:
        self._prepare = prepare
        self._max_open = max_open
        self._patience = patience
        self._lock = threading.Lock()
        # By path; the path used last is the last, and so is the connection used last among those of one path.
        self._idle: OrderedDict[str, list[Open]] = OrderedDict()
        self._count = 0
        self._closed = False
        self._turns = Turns(patience)

    def connection(self, path: Path) -> "Lent":
        """A connection for a block alone. Raises NoAccount if there is no such file."""
        return Lent(self, self._taken(path))

    def idle_connection(self, path: Path) -> "Lent":
        """The same, if one is open that nobody uses. Raises Passed if none is; NoAccount."""
        file = _file(path)
        taken = self._kept(path, file)
        if taken is None and file is None:
            raise NoAccount(f"{path} does not exist")
        if taken is None:
            raise Passed
        return Lent(self, taken)

    def turn_to_write(self, path: Path) -> AbstractContextManager[None]:
        """A block that no other thread of this process has at the same time for this file.

        SQLite would let them wait as well, but by polling.
        """
        return self._turns.turn(str(path))

    def forget(self, path: Path) -> None:
        """Closes what is idle of this file."""
        with self._lock:
            closing = self._idle.pop(str(path), [])
            self._count -= len(closing)
        for one in closing:
            _end(one)

    def close(self) -> None:
        """Closes all that is idle, and what is in use when its unit ends."""
        with self._lock:
            self._closed = True
            closing = [one for those in self._idle.values() for one in those]
            self._idle.clear()
            self._count = 0
        for one in closing:
            _end(one)

    def _kept(self, path: Path, file: _File | None) -> Open | None:
        name, outdated = str(path), []
        try:
            with self._lock:
                if self._closed:
                    raise Unavailable(f"{path}: the store is closed")
                idle = self._idle.get(name, [])
                while idle:
                    one = idle.pop()
                    self._count -= 1
                    if not idle:
                        del self._idle[name]
                    if one.file == file:
                        return one
                    outdated.append(one)
        finally:
            for one in outdated:
                _end(one)
        return None

    def _taken(self, path: Path) -> Open:
        file = _file(path)
        kept = self._kept(path, file)
        if kept is not None:
            return kept
        if file is None:
            raise NoAccount(f"{path} does not exist")
        connection = opened(path, patience=self._patience)
        try:
            with translated(path):
                self._prepare(connection, path)
        except BaseException:
            connection.close(True)
            raise
        return Open(connection, path, _file(path))

    def put_back(self, one: Open) -> None:
        """Another unit may have it; it is closed if it is still in a transaction."""
        if one.connection.in_transaction:
            _end(one)
            return
        surplus = []
        with self._lock:
            if self._closed:
                surplus.append(one)
            else:
                name = str(one.path)
                self._idle.setdefault(name, []).append(one)
                self._idle.move_to_end(name)
                self._count += 1
                while self._count > self._max_open:
                    oldest, idle = next(iter(self._idle.items()))
                    surplus.append(idle.pop(0))
                    self._count -= 1
                    if not idle:
                        del self._idle[oldest]
        for old in surplus:
            _end(old)


class Lent:
    """A block with a connection, which goes back to its pool."""

    __slots__ = ("_open", "_pool")

    def __init__(self, pool: Pool, open_: Open) -> None:
        self._pool = pool
        self._open = open_

    def __enter__(self) -> apsw.Connection:
        return self._open.connection

    def __exit__(self, *_: object) -> None:
        self._pool.put_back(self._open)


def opened(path: Path, flags: int = apsw.SQLITE_OPEN_READWRITE, *, patience: float = PATIENCE) -> apsw.Connection:
    """A connection under our rules to a file that exists. Raises NoAccount, StoreError."""
    try:
        connection = apsw.Connection(str(path), flags=flags, statementcachesize=256)
    except apsw.CantOpenError as problem:
        if not path.exists():
            raise NoAccount(f"{path} does not exist") from None
        raise Unavailable(f"{path}: {problem}") from problem
    try:
        connection.set_busy_timeout(int(patience * 1000))
        with translated(path):
            mode = connection.pragma("journal_mode", "WAL")
            # NORMAL would lose acknowledged commits at a power failure (architecture, 3.1).
            connection.pragma("synchronous", "FULL")
            connection.pragma("temp_store", "MEMORY")
            # What is deleted is overwritten in the page that had it, which is written anyway (RFC 8620 section 7.2).
            connection.pragma("secure_delete", "fast")
            connection.pragma("cache_size", -4000)
            connection.pragma("journal_size_limit", _LOG_KEPT)
            safety = connection.pragma("synchronous")
        if (mode, safety) != ("wal", 2):
            raise StoreError(f"{path}: the file system allows no durable commits ({mode}, {safety})")
    except BaseException:
        connection.close(True)
        raise
    return connection


class translated:  # noqa: N801 - used as a function, in each unit: a generator would take four times as long
    """A block whose SQLite errors become the store's own; other exceptions are the caller's."""

    __slots__ = ("_place",)

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        match problem:
            case apsw.FullError():
                raise OutOfSpace(f"{self._place}: {problem}") from problem
            case (
                apsw.BusyError()
                | apsw.LockedError()
                | apsw.ProtocolError()
                | apsw.IOError()
                | apsw.CantOpenError()
                | apsw.NoMemError()
                | apsw.ReadOnlyError()
            ):
                raise Unavailable(f"{self._place}: {problem}") from problem
            case apsw.CorruptError() | apsw.NotADBError() | apsw.SQLError():
                # Our statements are sound where the tables are there that they name.
                raise StoreError(f"{self._place} is damaged: {problem}") from problem


def _file(path: Path) -> _File | None:
    """Which file has the name now. Raises Unavailable."""
    try:
        # Not the path's own method: a unit begins with this.
        found = os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise OutOfSpace.or_unavailable(path, problem) from problem
    return found.st_dev, found.st_ino


def _end(one: Open) -> None:
    try:
        same = one.file == _file(one.path)
    except Unavailable:
        same = False
    if not same:
        # The last connection deletes the write-ahead log by its name. The account was removed, and if it was made
        # anew, that log is the new one's.
        keep = ctypes.c_int(1)
        one.connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, ctypes.addressof(keep))
    one.connection.close(True)
