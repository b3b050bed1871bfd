"""The file of the volatile state: opened, found broken, thrown away and made anew.

No account's rules hold here: nothing is synced, nothing is repaired. Several processes have the file open, and any of
them may replace it, so whoever opens or replaces it holds the lock of a file beside it. A write-ahead log is found by
its file's name: one process would otherwise read the new file with the old one's log.
"""

import ctypes
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias, TypeVar

import apsw

from pillarbox.store.error import Unavailable
from pillarbox.telemetry import Event, emit

__all__ = ["VolatileFile"]

T = TypeVar("T")
_Identity: TypeAlias = tuple[int, int]

_BROKEN = (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, apsw.ConstraintError)
"""Our statements are sound where the tables are there that they name."""

_PATIENT = 0.5
"""Seconds that the first opening waits for other processes, which at a start all open it at once."""


class VolatileFile:
    """One connection to a file that may be replaced at any time; `schema` makes its tables, and names its version.

    Used by one thread at a time.
    """

    def __init__(self, path: Path, schema: str, version: int, patience: float) -> None:
        self._path = path
        self._schema = schema
        self._version = version
        self._patience = max(_PATIENT, patience)
        self._connection: apsw.Connection | None = None
        self._identity: _Identity | None = None
        # Later calls try again, should this have failed.
        with suppress(Unavailable):
            self.run(_nothing)
        self._wait_for(patience)

    def run(self, call: Callable[[apsw.Connection], T]) -> T:
        """What the call gives; it is made twice if the file was found broken by the first. Raises Unavailable."""
        try:
            return self._tried(call)
        except _BROKEN as problem:
            self._throw_away(str(problem))
        try:
            return self._tried(call)
        except _BROKEN as problem:
            raise Unavailable(f"{self._path}: broken though just made: {problem}") from problem

    def close(self) -> None:
        """Closes it; a later call opens it again."""
        if self._connection is not None:
            if self._identity != _identity(self._path):
                # The log under that name is another file's by now.
                keep = ctypes.c_int(1)
                self._connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, ctypes.addressof(keep))
            self._connection.close(True)
        self._connection = None

    def _tried(self, call: Callable[[apsw.Connection], T]) -> T:
        if self._connection is None or self._identity != _identity(self._path):
            self._open()
        connection = self._connection
        if connection is None:
            raise Unavailable(f"{self._path} is not open")
        try:
            return call(connection)
        except _BROKEN:
            raise
        except apsw.Error as problem:
            raise Unavailable(f"{self._path}: {problem}") from problem
        finally:
            if connection.in_transaction:
                self._undo(connection)

    def _undo(self, connection: apsw.Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except apsw.Error:
            # The next call opens it anew.
            self._connection = None
            connection.close(True)

    def _open(self) -> None:
        self.close()
        with self._alone():
            try:
                self._connect()
            except (*_BROKEN, _OfAnotherVersion) as problem:
                self.close()
                # What there is to keep of an older version's is not worth a migration.
                self._delete(str(problem))
                self._connect()

    def _connect(self) -> None:
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            # Left by a file that somebody deleted, and perhaps still in use with it.
            self._unlink("-wal", "-shm")
        try:
            connection = self._connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
            self._identity = _identity(self._path)
            self._wait_for(self._patience)
            connection.pragma("journal_mode", "WAL")
            connection.pragma("synchronous", "OFF")
            connection.pragma("temp_store", "MEMORY")
            with connection:
                version = connection.pragma("user_version")
                if version == 0:
                    connection.execute(self._schema)
                    connection.execute(f"PRAGMA user_version = {self._version}")
                elif version != self._version:
                    raise _OfAnotherVersion(f"version {version}, not {self._version}")
        except _BROKEN:
            raise
        except apsw.Error as problem:
            self.close()
            raise Unavailable(f"{self._path}: {problem}") from problem

    def _throw_away(self, why: str) -> None:
        """Deletes the file that is open, unless another process was faster."""
        identity = self._identity
        self.close()
        with self._alone():
            if _identity(self._path) == identity:
                self._delete(why)

    def _delete(self, why: str) -> None:
        emit(Event.VOLATILE_RENEWED, known=f"{self._path}: {why}")
        self._unlink("-wal", "-shm", "")

    def _unlink(self, *endings: str) -> None:
        for ending in endings:
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _wait_for(self, patience: float) -> None:
        """From now on, so many seconds at most."""
        self._patience = patience
        if self._connection is not None:
            self._connection.set_busy_timeout(int(patience * 1000))
            self._connection.setlk_timeout(int(patience * 1000), 0)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A block in which no other process opens or replaces the file. Raises Unavailable."""
        try:
            lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise Unavailable(f"{self._path}: {problem}") from problem
        try:
            late = time.monotonic() + self._patience
            while not _locked(lock):
                if time.monotonic() > late:
                    raise Unavailable(f"{self._path}: another process is opening it")
                time.sleep(0.0005)
            yield
        except OSError as problem:
            raise Unavailable(f"{self._path}: {problem}") from problem
        finally:
            os.close(lock)


class _OfAnotherVersion(Exception):
    pass


def _nothing(_: apsw.Connection) -> None:
    pass


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _identity(path: Path) -> _Identity | None:
    """Which file has the name now; a file that cannot be looked at is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
