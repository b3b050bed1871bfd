"""Large octets outside of the database: what a place for them promises, and how one installation uses it (adr/0061).

An object is written once, whole, under a key that no other object ever had or will have. So whoever deletes one can
never meet another that has just been written, and what is read of a key is always the same.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Protocol

from pillarbox.store.error import StoreError
from pillarbox.store.window import WindowReader

__all__ = ["LARGE", "Depot", "Stock"]

LARGE = 64 * 1024
"""A blob of more octets than this is kept outside, if there is a place."""
_WINDOW = 1024 * 1024
"""So much is read at once for whoever reads on."""
_ABANDONED = 3600
"""Seconds after which an object that no row names is nobody's any more."""


class Depot(Protocol):
    """Where objects are. Each method raises Unavailable, within a time that is bounded, if it cannot be asked now."""

    def put(self, key: str, octets: IO[bytes], size: int) -> None:
        """All of a file as an object; it is there, whole and durable, when this returns."""

    def read(self, key: str, offset: int, length: int) -> bytes:
        """A range of an object, all of it. Raises StoreError if the object is missing, or ends before."""

    def delete(self, keys: Iterable[str]) -> None:
        """These are gone. Those that are not there do no harm."""

    def keys(self, folder: str) -> Iterator[tuple[str, float]]:
        """The keys that begin with `folder` and a slash, and when each was written, in seconds since 1970."""

    def folders(self) -> list[str]:
        """What the keys begin with, up to their first slash."""

    def probe(self) -> list[str]:
        """What keeps it from serving, in words for an administrator, who is told what to mend. Everything is tried."""


class Stock:
    """What one installation has in a depot: its keys are ACCOUNT/OWNER/RANDOM.

    Who else has objects in the same place, as a copy of this installation, is another owner, and is left alone.
    """

    def __init__(self, depot: Depot, owner: str, clock: Callable[[], float] = time.time) -> None:
        self._depot = depot
        self._owner = owner
        self._clock = clock
        self._later = ThreadPoolExecutor(1, "discard")

    def put(self, account: int, octets: IO[bytes], size: int) -> str:
        """A new object; its name, which is its key without the account. Raises Unavailable, StoreError."""
        name = f"{self._owner}/{secrets.token_hex(16)}"
        self._depot.put(f"{account}/{name}", octets, size)
        return name

    def read(self, account: int, name: str, offset: int, length: int) -> bytes:
        """A range of an object. Raises Unavailable, and StoreError if there are not so many octets."""
        return self._depot.read(f"{account}/{name}", offset, length)

    def open(self, account: int, name: str, size: int) -> WindowReader:
        """An object of so many octets, of which each reading raises what `read` does."""

        def window(offset: int) -> tuple[int, bytes]:
            return offset, self.read(account, name, offset, min(_WINDOW, size - offset))

        return WindowReader(size, window)

    def discard(self, account: int, names: Iterable[str]) -> None:
        """These are deleted, now or, if that cannot be, by a later sweep. To be called when nothing names them."""
        with suppress(StoreError):
            self._depot.delete(f"{account}/{name}" for name in names)

    def discard_soon(self, account: int, names: Iterable[str]) -> None:
        """The same, in a thread of its own: who asks may be on an event loop."""
        self._later.submit(self.discard, account, list(names))

    def close(self) -> None:
        """Waits until what was to be deleted soon was tried."""
        self._later.shutdown()

    def abandoned(self, account: int) -> list[str]:
        """Names of objects that have been there for so long that whoever wrote them has named them, or never will.

        Raises Unavailable.
        """
        before = self._clock() - _ABANDONED
        ours = re.compile(rf"{account}/({self._owner}/[0-9a-f]{{32}})")
        found = self._depot.keys(f"{account}/{self._owner}")
        return [match[1] for key, at in found if at < before and (match := ours.fullmatch(key))]

    def leavings(self, accounts: Iterable[int]) -> dict[int, list[str]]:
        """The same of all accounts but these. Raises Unavailable."""
        numbers = {int(folder) for folder in self._depot.folders() if folder.isdecimal()}
        found = {account: self.abandoned(account) for account in sorted(numbers.difference(accounts))}
        return {account: names for account, names in found.items() if names}

    def probe(self) -> list[str]:
        """What keeps the depot from serving, in words."""
        return self._depot.probe()
