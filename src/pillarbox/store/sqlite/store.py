"""The embedded store: units as transactions, on the database that each account has of its own."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import cast

import apsw

from pillarbox.store.contract import Unit
from pillarbox.store.error import NoAccount, StoreError
from pillarbox.store.feed import Feed, LocalFeed, Notice
from pillarbox.store.glance import Moment, Passed
from pillarbox.store.sqlite.blobs import NO_FILES, Blobs, FileStaged
from pillarbox.store.sqlite.homes import Homes, files_translated
from pillarbox.store.sqlite.pool import MAX_OPEN, PATIENCE, Pool, translated
from pillarbox.store.sqlite.schema import VERSION, shape
from pillarbox.store.sqlite.unit import SQLiteUnit
from pillarbox.store.sqlite.writing import SQLiteWriting
from pillarbox.store.standing import (
    Admit,
    Standing,
    emptied,
    marked,
    same_epoch,
    standing_of,
    to_be_marked,
    to_fill,
    to_read,
    to_write,
)
from pillarbox.store.table import Table
from pillarbox.wire.values import state_text

__all__ = ["SQLiteStore"]

_STEPS = 1000
"""Of SQLite's machine: some 10 microseconds' worth."""


class SQLiteStore:
    """All accounts under one folder; `homes` says where in it.

    `tables` are all the types that may be met; an account whose indexes were made from other declarations gets
    new ones before its first use. `max_open` is how many connections are kept that nobody uses, `patience` how
    many seconds a writer waits for others.
    """

    def __init__(
        self,
        folder: Path,
        tables: Iterable[Table],
        clock: Callable[[], float] = time.time,
        feed: Feed | None = None,
        *,
        max_open: int = MAX_OPEN,
        patience: float = PATIENCE,
    ) -> None:
        self._homes = Homes(folder, clock, patience)
        self._tables = {table.name: table for table in tables}
        self._shapes = {name: shape(table) for name, table in self._tables.items()}
        self._clock = clock
        self._feed = feed or LocalFeed()
        self._pool = Pool(self._check, max_open=max_open, patience=patience)

    @property
    def feed(self) -> Feed:
        return self._feed

    def create(self, account: int) -> None:
        self._homes.make(account)

    def remove(self, account: int) -> None:
        if account == 0:
            raise StoreError("account 0 is the server itself and cannot be removed")
        self._pool.forget(self._homes.path(account))
        self._homes.remove(account)

    def accounts(self) -> list[int]:
        return self._homes.accounts()

    def untended(self, now: int) -> list[int]:  # noqa: ARG002 - each file knows of itself alone
        return self._homes.accounts()

    @contextmanager
    def _read(self, account: int, admit: Admit) -> Iterator[SQLiteUnit]:
        path = self._homes.path(account)
        with self._pool.connection(path) as connection, translated(path):
            connection.execute("BEGIN")
            blobs = Blobs(connection, self._homes.files(account))
            unit = None
            try:
                # The snapshot is that of the first statement, which this makes.
                unit = SQLiteUnit(connection, account, blobs)
                if self._stale(unit):
                    connection.execute("ROLLBACK")
                    self._check(connection, path)
                    connection.execute("BEGIN")
                    unit = SQLiteUnit(connection, account, blobs)
                admit(account, unit.standing)
                yield unit
            finally:
                if unit is not None:
                    unit.end()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def read(self, account: int) -> AbstractContextManager[SQLiteUnit]:
        return self._read(account, to_read)

    def write(self, account: int) -> AbstractContextManager[SQLiteWriting]:
        return self._write(account, to_write)

    @contextmanager
    def glance(self, account: int, moment: Moment) -> Iterator[SQLiteUnit]:
        path = self._homes.path(account)
        with self._pool.idle_connection(path) as connection, translated(path):
            _watch(connection, moment)
            try:
                # A reader waits for no writer here, nor while the log is put into the file.
                connection.execute("BEGIN")
                unit = SQLiteUnit(connection, account, Blobs(connection, NO_FILES))
                to_read(account, unit.standing)
                if self._stale(unit):
                    raise Passed
                try:
                    yield unit
                finally:
                    unit.end()
            finally:
                connection.exec_trace = None
                connection.set_progress_handler(None)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _write(self, account: int, admit: Admit) -> Iterator[SQLiteWriting]:
        path = self._homes.path(account)
        files = self._homes.files(account)
        with (
            self._pool.turn_to_write(path),
            self._pool.connection(path) as connection,
            translated(path),
        ):
            connection.execute("BEGIN IMMEDIATE")
            blobs = Blobs(connection, files)
            unit = None
            try:
                unit = SQLiteWriting(connection, account, blobs, files)
                admit(account, unit.standing)
                if stale := self._stale(unit):
                    unit.rebuild(stale)
                yield unit
                unit.finish(int(self._clock()))
                self._commit(connection, unit)
            except BaseException:
                # Some errors have ended the transaction already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if unit is not None:
                    unit.end()
            _delete_files(connection, blobs)
        if unit.states and unit.standing is Standing.HERE:
            states = {name: state_text(unit.epoch, state) for name, state in unit.states.items()}
            self._feed.publish(Notice(account, states))

    def stage(self, account: int) -> AbstractContextManager[FileStaged]:
        path = self._homes.path(account)
        with files_translated(str(path)):
            if not path.exists():
                raise NoAccount(f"{path} does not exist")
        return self._homes.files(account).stage()

    def version(self, account: int) -> int:
        path = self._homes.path(account)
        with self._pool.connection(path) as connection, translated(path):
            row = connection.execute("SELECT commits, kinds FROM account").fetchone()
        commits, kinds = cast("tuple[int, str]", row)
        to_read(account, standing_of(kinds))
        return commits

    def standing(self, account: int) -> Standing:
        path = self._homes.path(account)
        with self._pool.connection(path) as connection, translated(path):
            return standing_of(cast("str", connection.execute("SELECT kinds FROM account").get))

    def stand(
        self, account: int, was: Standing, now: Standing, epoch: str | None = None, version: int | None = None
    ) -> bool:
        with self._write(account, to_be_marked) as unit:
            return marked(unit, was, now, epoch, version)

    def pass_over(self, account: int) -> None:
        self._homes.make(account, Standing.LEFT)

    def receive(self, account: int) -> str:
        self._homes.make(account, Standing.ARRIVING)
        with self._write(account, to_be_marked) as unit:
            return emptied(unit)

    @contextmanager
    def fill(self, account: int, epoch: str) -> Iterator[SQLiteWriting]:
        with self._write(account, to_fill) as unit:
            same_epoch(account, unit.epoch, epoch)
            yield unit

    @contextmanager
    def examine(self, account: int, epoch: str | None = None) -> Iterator[SQLiteUnit]:
        with self._read(account, to_fill) as unit:
            same_epoch(account, unit.epoch, epoch or unit.epoch)
            yield unit

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        files = self._homes.files(account)
        strays = list(files.abandoned(self._clock() - 3600))
        # A writing unit, so that no file of a blob just being added is taken for a stray one.
        with self.write(account) as unit:
            if (nameless := unit.stray_files()) and not needs(unit):
                strays += nameless
            for path in strays:
                with suppress(FileNotFoundError), files_translated(str(path)):
                    path.unlink()
        if account == 0:
            self._homes.sweep()
        return len(strays)

    def remains(self) -> list[str]:
        return self._homes.remains()

    def probe(self) -> list[str]:
        return []

    def advice(self) -> list[str]:
        return []

    def close(self) -> None:
        self._pool.close()

    def _commit(self, connection: apsw.Connection, unit: SQLiteWriting) -> None:
        is_heard = unit.states and unit.standing is Standing.HERE
        if is_heard:
            self._feed.expect(unit.account)
        try:
            connection.execute("COMMIT")
        except BaseException:
            if is_heard:
                self._feed.withdraw(unit.account)
            raise

    def _check(self, connection: apsw.Connection, path: Path) -> None:
        """Makes indexes from today's declarations, if they are of others."""
        version = connection.pragma("user_version")
        if version != VERSION:
            raise StoreError(f"{path} was written by another version ({version}, not {VERSION})")
        account = 0 if path == self._homes.path(0) else int(path.parent.name)
        files = self._homes.files(account)
        blobs = Blobs(connection, files)
        if not self._stale(SQLiteUnit(connection, account, blobs)):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Asked once more: another process may have been faster.
            writing = SQLiteWriting(connection, account, blobs, files)
            writing.rebuild(self._stale(writing))
            writing.finish(int(self._clock()))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _stale(self, unit: SQLiteUnit) -> list[Table]:
        """Types whose indexes were made from other declarations: another version of the program may run, too."""
        return [self._tables[name] for name, made in unit.shapes.items() if self._shapes.get(name, made) != made]


def _watch(connection: apsw.Connection, moment: Moment) -> None:
    """From now on each statement, and each so many steps of one, looks whether the moment is over."""

    def stop() -> bool:
        moment.check()
        return False

    def begin(*_: object) -> bool:
        moment.check()
        return True

    connection.set_progress_handler(stop, _STEPS)
    connection.exec_trace = begin


def _delete_files(connection: apsw.Connection, blobs: Blobs) -> None:
    """Deletes the files of blobs that were dropped; whatever cannot be deleted now is found by a later sweep.

    After the commit, or a crash could leave a blob without its file; and as the only writer, or a blob of the same
    octets could be added in between.
    """
    if not blobs.deletable:
        return
    with suppress(apsw.Error, StoreError):
        connection.execute("BEGIN IMMEDIATE")
        try:
            blobs.delete_files()
        finally:
            connection.execute("ROLLBACK")
