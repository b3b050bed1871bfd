"""The embedded store: accounts as folders, units as transactions."""

import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import apsw

from pillarbox.store.contract import NoAccount, StoreError
from pillarbox.store.feed import Feed, LocalFeed, Notice
from pillarbox.store.sqlite.blobs import BlobFiles, Blobs, FileStaged
from pillarbox.store.sqlite.pool import Pool, opened, translated
from pillarbox.store.sqlite.schema import BASE, VERSION, shape
from pillarbox.store.sqlite.unit import SQLiteUnit, SQLiteWriting
from pillarbox.store.table import Table
from pillarbox.wire.values import state_text

__all__ = ["SQLiteStore"]


class SQLiteStore:
    """All accounts under one folder: `server.db`, and for each account `accounts/N/account.db` with its blobs.

    `tables` are all the types that may be met; an account whose indexes were made from other declarations gets
    new ones before its first use.
    """

    def __init__(
        self,
        folder: Path,
        tables: Iterable[Table],
        clock: Callable[[], float] = time.time,
        feed: LocalFeed | None = None,
    ) -> None:
        self._folder = folder
        self._tables = {table.name: table for table in tables}
        self._clock = clock
        self._feed = feed or LocalFeed()
        self._pool = Pool()
        self._lock = threading.Lock()
        self._checked: set[int] = set()
        self._watchers: dict[int, apsw.Connection] = {}

    @property
    def feed(self) -> Feed:
        return self._feed

    def create(self, account: int) -> None:
        path = self._path(account)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made elsewhere and renamed, so that a file under the real name is always whole.
        making = path.with_name(f".making-{secrets.token_hex(8)}")
        with translated(str(path)):
            flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            connection = opened(making, flags)
            try:
                with connection:
                    connection.execute(BASE)
                    connection.execute("INSERT INTO account VALUES (?, 1, 0, 0, 0)", (_epoch(),))
                    connection.execute(f"PRAGMA user_version = {VERSION}")
                connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            finally:
                connection.close(True)
            making.chmod(0o600)
            try:
                # A link fails if another process was faster, where a rename would replace its file.
                path.hardlink_to(making)
            except FileExistsError:
                pass
            finally:
                making.unlink()

    def remove(self, account: int) -> None:
        path = self._path(account)
        with self._lock:
            self._checked.discard(account)
            watcher = self._watchers.pop(account, None)
        if watcher is not None:
            watcher.close(True)
        self._pool.forget(path)
        if path.exists():
            # Renamed first: from then on the account is not there, however long the rest takes.
            going = path.parent.with_name(f".going-{account}-{secrets.token_hex(8)}")
            path.parent.rename(going)
            shutil.rmtree(going)

    def accounts(self) -> list[int]:
        folder = self._folder / "accounts"
        found = [int(path.parent.name) for path in folder.glob("[0-9]*/account.db")]
        return sorted([0, *found] if self._path(0).exists() else found)

    @contextmanager
    def read(self, account: int) -> Iterator[SQLiteUnit]:
        path = self._ready(account)
        with self._pool.connection(path) as connection, translated(str(path)):
            connection.execute("BEGIN")
            try:
                yield SQLiteUnit(connection, account, Blobs(connection, self._files(account)))
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self, account: int) -> Iterator[SQLiteWriting]:
        path = self._ready(account)
        files = self._files(account)
        with (
            self._pool.turn_to_write(path),
            self._pool.connection(path) as connection,
            translated(str(path)),
        ):
            connection.execute("BEGIN IMMEDIATE")
            blobs = Blobs(connection, files)
            try:
                unit = SQLiteWriting(connection, account, blobs, files)
                yield unit
                unit.finish(int(self._clock()))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        blobs.delete_files()
        if unit.states:
            states = {name: state_text(unit.epoch, state) for name, state in unit.states.items()}
            self._feed.publish(Notice(account, states))

    def stage(self, account: int) -> AbstractContextManager[FileStaged]:
        return self._files(account).stage()

    def version(self, account: int) -> int:
        with self._lock:
            watcher = self._watchers.get(account)
            if watcher is None:
                watcher = self._watchers[account] = opened(self._path(account))
            with translated(str(self._path(account))):
                # Commits of other connections change it, and this one never commits.
                return int(watcher.execute("PRAGMA data_version").get)

    def sweep(self, account: int) -> int:
        """Deletes files that no blob names, and what was left of uploads an hour ago; how many."""
        files = self._files(account)
        strays = list(files.abandoned(self._clock() - 3600))
        # A writing unit, so that no file of a blob just being added is taken for a stray one.
        with self.write(account) as unit:
            strays += unit.stray_files()
            for path in strays:
                path.unlink(missing_ok=True)
        return len(strays)

    def close(self) -> None:
        with self._lock:
            watchers = list(self._watchers.values())
            self._watchers.clear()
        for watcher in watchers:
            watcher.close(True)
        self._pool.close()

    def _ready(self, account: int) -> Path:
        """The account's file, its indexes made from today's declarations."""
        path = self._path(account)
        if account not in self._checked:
            with self._pool.connection(path) as connection, translated(str(path)):
                self._check(connection, account)
            with self._lock:
                self._checked.add(account)
        return path

    def _check(self, connection: apsw.Connection, account: int) -> None:
        version = connection.pragma("user_version")
        if version != VERSION:
            raise StoreError(f"account {account} was written by another version ({version}, not {VERSION})")
        stale = []
        for name, made in connection.execute("SELECT name, shape FROM kind"):
            table = self._tables.get(str(name))
            if table is not None and made != shape(table):
                stale.append(table)
        if stale:
            connection.execute("BEGIN IMMEDIATE")
            try:
                files = self._files(account)
                SQLiteWriting(connection, account, Blobs(connection, files), files).rebuild(stale)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _path(self, account: int) -> Path:
        if account < 0:
            raise NoAccount(f"{account} is no account")
        if account == 0:
            return self._folder / "server.db"
        return self._folder / "accounts" / str(account) / "account.db"

    def _files(self, account: int) -> BlobFiles:
        path = self._path(account)
        return BlobFiles(path.parent / ("server-blobs" if account == 0 else "blobs"))


def _epoch() -> str:
    """Eight letters: with no digit in front, no state is ever taken for a number."""
    alphabet = "bcdfghjklmnpqrstvwxz"
    return "".join(secrets.choice(alphabet) for _ in range(8))
