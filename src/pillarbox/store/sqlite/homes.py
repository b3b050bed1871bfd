"""Accounts as files and folders: `server.db`, and for each account `accounts/N/account.db` with its blobs."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from pillarbox.store.epoch import new_epoch
from pillarbox.store.error import NoAccount, OutOfSpace
from pillarbox.store.sqlite import folder as folders
from pillarbox.store.sqlite.blobs import BlobFiles
from pillarbox.store.sqlite.pool import opened, translated
from pillarbox.store.sqlite.schema import BASE, VERSION
from pillarbox.store.standing import Standing, kinds_of_none

__all__ = ["Homes", "files_translated"]


class Homes:
    """Where the accounts under one folder are. `patience` is how many seconds a writer waits for others."""

    def __init__(self, folder: Path, clock: Callable[[], float], patience: float) -> None:
        self._folder = folder
        self._clock = clock
        self._patience = patience

    def path(self, account: int) -> Path:
        """The database of an account, whether it is there or not. Raises NoAccount for what can be none."""
        return _path(self._folder, account)

    def files(self, account: int) -> BlobFiles:
        """The files of its blobs."""
        return _files(self._folder, account)

    def make(self, account: int, standing: Standing = Standing.HERE) -> None:
        """The account is there; one that is made stands so. Raises StoreError."""
        path = self.path(account)
        if path.exists():
            return
        with translated(path), files_translated(str(path)):
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
                            "INSERT INTO account VALUES (?, 1, 0, 0, ?, 0, ?)",
                            (new_epoch(), secrets.randbits(48), kinds_of_none(standing)),
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
        """The account is not there; any but account 0. Raises StoreError."""
        home = self.path(account).parent
        with files_translated(str(home)):
            # Renamed first: from then on the account is not there, however long the rest takes.
            with suppress(FileNotFoundError):
                home.rename(home.with_name(f".going-{account}-{secrets.token_hex(8)}"))
                folders.sync(home.parent)
            # With those of an earlier attempt that did not come to its end.
            for going in home.parent.glob(f".going-{account}-*"):
                _delete_tree(going)

    def accounts(self) -> list[int]:
        """All there are, by number."""
        folder = self._folder / "accounts"
        with files_translated(str(folder)):
            names = (path.parent.name for path in folder.glob("*/account.db"))
            found = [int(name) for name in names if name.isascii() and name.isdigit()]
            return sorted([0, *found] if self.path(0).exists() else found)

    def sweep(self) -> None:
        """What removals and makings left that have not come to their end is gone."""
        for path in self._going():
            with files_translated(str(path)):
                _delete_tree(path)
        for path in self._unmade():
            with suppress(FileNotFoundError), files_translated(str(path)):
                path.unlink()

    def remains(self) -> list[str]:
        """That, in words."""
        going = [f"{path.name} is of an account that was removed" for path in self._going()]
        return going + [f"{path.name} is of an account that was never made" for path in self._unmade()]

    def _going(self) -> list[Path]:
        """Folders of accounts whose removal has not come to its end."""
        folder = self._folder / "accounts"
        with files_translated(str(folder)):
            return list(folder.glob(".going-*"))

    def _unmade(self) -> list[Path]:
        """Files of accounts that were begun an hour ago or earlier and not finished."""
        before = self._clock() - 3600
        found = []
        with files_translated(str(self._folder)):
            for folder in (self._folder, *self._folder.glob("accounts/*")):
                # Of an account that was removed meanwhile, or a file that was made.
                with suppress(FileNotFoundError):
                    found += [path for path in folder.glob(".making-*") if path.stat().st_mtime < before]
        return found


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
    return BlobFiles(account, _path(folder, account).parent / ("server-blobs" if account == 0 else "blobs"))


def _delete_tree(folder: Path) -> None:
    """Deletes a folder with all in it, also while somebody else does."""
    while folder.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)


@contextmanager
def files_translated(place: str) -> Iterator[None]:
    """A block whose OSErrors become the store's own, but for FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise OutOfSpace.or_unavailable(place, problem) from problem
