"""The embedded store: accounts as folders, units as transactions."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import cast

import apsw

from pillarbox.store.contract import NoAccount, OutOfSpace, StoreError, Unit
from pillarbox.store.feed import Feed, LocalFeed, Notice
from pillarbox.store.glance import Moment, Passed
from pillarbox.store.sqlite import folder as folders
from pillarbox.store.sqlite.blobs import NO_FILES, BlobFiles, Blobs, FileStaged
from pillarbox.store.sqlite.pool import MAX_OPEN, PATIENCE, Pool, opened, translated
from pillarbox.store.sqlite.schema import BASE, VERSION, shape
from pillarbox.store.sqlite.unit import SQLiteUnit
from pillarbox.store.sqlite.writing import SQLiteWriting
from pillarbox.store.table import Table
from pillarbox.wire.values import state_text

__all__ = ["SQLiteStore"]

_STEPS = 1000
"""Of SQLite's machine: some 10 microseconds' worth."""


class SQLiteStore:
    """All accounts under one folder: `server.db`, and for each account `accounts/N/account.db` with its blobs.

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
        self._folder = folder
        self._tables = {table.name: table for table in tables}
        self._shapes = {name: shape(table) for name, table in self._tables.items()}
        self._clock = clock
        self._feed = feed or LocalFeed()
        self._patience = patience
        self._pool = Pool(self._check, max_open=max_open, patience=patience)

    @property
    def feed(self) -> Feed:
        return self._feed

    def create(self, account: int) -> None:
        path = self._path(account)
        if path.exists():
            return
        with translated(path), _files_translated(str(path)):
            folders.make(path.parent)
            # Made elsewhere and then linked, so that a file under the real name is always whole.
            making = path.with_name(f".making-{secrets.token_hex(8)}")
            try:
                making.touch(mode=0o600)
                connection = opened(making, patience=self._patience)
                try:
                    with connection:
                        connection.execute(BASE)
                        # Commits are counted from a random number, so that a cached version of an account that was
                        # removed is none of the new one's.
                        connection.execute(
                            "INSERT INTO account VALUES (?, 1, 0, 0, ?, 0, '{}')", (_epoch(), secrets.randbits(48))
                        )
                        connection.execute(f"PRAGMA user_version = {VERSION}")
                finally:
                    # The last connection syncs what it has in its log to the file, and deletes the log.
                    connection.close(True)
                with suppress(FileExistsError):
                    # A link fails if another process was faster, where a rename would replace its file.
                    path.hardlink_to(making)
            finally:
                making.unlink(missing_ok=True)
            folders.sync(path.parent)

    def remove(self, account: int) -> None:
        path = self._path(account)
        if account == 0:
            raise StoreError("account 0 is the server itself and cannot be removed")
        self._pool.forget(path)
        home = path.parent
        with _files_translated(str(home)):
            # Renamed first: from then on the account is not there, however long the rest takes.
            with suppress(FileNotFoundError):
                home.rename(home.with_name(f".going-{account}-{secrets.token_hex(8)}"))
                folders.sync(home.parent)
            # With those of an earlier attempt that did not come to its end.
            for going in home.parent.glob(f".going-{account}-*"):
                _delete_tree(going)

    def accounts(self) -> list[int]:
        folder = self._folder / "accounts"
        with _files_translated(str(folder)):
            names = (path.parent.name for path in folder.glob("*/account.db"))
            found = [int(name) for name in names if name.isascii() and name.isdigit()]
            return sorted([0, *found] if self._path(0).exists() else found)

    @contextmanager
    def read(self, account: int) -> Iterator[SQLiteUnit]:
        path = self._path(account)
        with self._pool.connection(path) as connection, translated(path):
            connection.execute("BEGIN")
            blobs = Blobs(connection, self._files(account))
            unit = None
            try:
                # The snapshot is that of the first statement, which this makes.
                unit = SQLiteUnit(connection, account, blobs)
                if self._stale(unit):
                    connection.execute("ROLLBACK")
                    self._check(connection, path)
                    connection.execute("BEGIN")
                    unit = SQLiteUnit(connection, account, blobs)
                yield unit
            finally:
                if unit is not None:
                    unit.end()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def glance(self, account: int, moment: Moment) -> Iterator[SQLiteUnit]:
        path = self._path(account)
        with self._pool.idle_connection(path) as connection, translated(path):
            _watch(connection, moment)
            try:
                # A reader waits for no writer here, nor while the log is put into the file.
                connection.execute("BEGIN")
                unit = SQLiteUnit(connection, account, Blobs(connection, NO_FILES))
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
    def write(self, account: int) -> Iterator[SQLiteWriting]:
        path = self._path(account)
        files = self._files(account)
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
        if unit.states:
            states = {name: state_text(unit.epoch, state) for name, state in unit.states.items()}
            self._feed.publish(Notice(account, states))

    def stage(self, account: int) -> AbstractContextManager[FileStaged]:
        path = self._path(account)
        with _files_translated(str(path)):
            if not path.exists():
                raise NoAccount(f"{path} does not exist")
        return self._files(account).stage()

    def version(self, account: int) -> int:
        path = self._path(account)
        with self._pool.connection(path) as connection, translated(path):
            return cast("int", connection.execute("SELECT commits FROM account").get)

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        files = self._files(account)
        strays = list(files.abandoned(self._clock() - 3600))
        # A writing unit, so that no file of a blob just being added is taken for a stray one.
        with self.write(account) as unit:
            if (nameless := unit.stray_files()) and not needs(unit):
                strays += nameless
            for path in strays:
                with suppress(FileNotFoundError), _files_translated(str(path)):
                    path.unlink()
        if account == 0:
            for path in self._going():
                with _files_translated(str(path)):
                    _delete_tree(path)
            for path in self._unmade():
                with suppress(FileNotFoundError), _files_translated(str(path)):
                    path.unlink()
        return len(strays)

    def remains(self) -> list[str]:
        going = [f"{path.name} is of an account that was removed" for path in self._going()]
        return going + [f"{path.name} is of an account that was never made" for path in self._unmade()]

    def close(self) -> None:
        self._pool.close()

    def _commit(self, connection: apsw.Connection, unit: SQLiteWriting) -> None:
        if unit.states:
            self._feed.expect(unit.account)
        try:
            connection.execute("COMMIT")
        except BaseException:
            if unit.states:
                self._feed.withdraw(unit.account)
            raise

    def _check(self, connection: apsw.Connection, path: Path) -> None:
        """Makes indexes from today's declarations, if they are of others."""
        version = connection.pragma("user_version")
        if version != VERSION:
            raise StoreError(f"{path} was written by another version ({version}, not {VERSION})")
        account = 0 if path == self._path(0) else int(path.parent.name)
        files = self._files(account)
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

    def _going(self) -> list[Path]:
        """Folders of accounts whose removal has not come to its end."""
        folder = self._folder / "accounts"
        with _files_translated(str(folder)):
            return list(folder.glob(".going-*"))

    def _unmade(self) -> list[Path]:
        """Files of accounts that were begun an hour ago or earlier and not finished."""
        before = self._clock() - 3600
        found = []
        with _files_translated(str(self._folder)):
            for pattern in (".making-*", "accounts/*/.making-*"):
                for path in self._folder.glob(pattern):
                    with suppress(FileNotFoundError):
                        if path.stat().st_mtime < before:
                            found.append(path)
        return found

    def _path(self, account: int) -> Path:
        return _path(self._folder, account)

    def _files(self, account: int) -> BlobFiles:
        return _files(self._folder, account)


# Kept because to put paths together takes as long as a look-up in a database.
@lru_cache(maxsize=1024)
def _path(folder: Path, account: int) -> Path:
    if account < 0:
        raise NoAccount(f"{account} is no account")
    if account == 0:
        return folder / "server.db"
    return folder / "accounts" / str(account) / "account.db"


@lru_cache(maxsize=1024)
def _files(folder: Path, account: int) -> BlobFiles:
    return BlobFiles(_path(folder, account).parent / ("server-blobs" if account == 0 else "blobs"))


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


def _delete_tree(folder: Path) -> None:
    """Deletes a folder with all in it, also while somebody else does."""
    while folder.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)


@contextmanager
def _files_translated(place: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise OutOfSpace.or_unavailable(place, problem) from problem


def _epoch() -> str:
    """Eight letters: with no digit in front, no state is ever taken for a number."""
    alphabet = "bcdfghjklmnpqrstvwxz"
    return "".join(secrets.choice(alphabet) for _ in range(8))
