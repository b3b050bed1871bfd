"""Octets on their way in: in memory while they are few, then in a file without a name, which no crash leaves behind.

Where large ones are kept outside of the database, they go there from this file. What no unit takes is deleted there.
"""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from operator import sub
from typing import IO

from pillarbox.store.depot import LARGE, Stock
from pillarbox.store.error import OutOfSpace

__all__ = ["PIECE", "PostgresStaged"]

_FEW = LARGE
"""So many octets are kept in memory; more, which may become an object, are in a file."""
PIECE = 256 * 1024
"""A blob is rows of so many octets, so that none of its readers needs memory for more."""
_FRESH = 1200.0
"""Seconds for which an object waits for the unit that names it; a sweep would take an old one for abandoned."""


class PostgresStaged:
    """Octets for a blob of one account; with a `stock`, large ones become an object of it."""

    def __init__(self, account: int, stock: Stock | None = None) -> None:
        self.account = account
        self.object: str | None = None
        """The name of the object that they are, once they are one."""
        self._stock = stock
        self._written = (0.0, 0.0)
        self._is_taken = False
        self._is_over = False
        self.size = 0
        self._hash = hashlib.sha256()
        self._few = bytearray()
        self._file: IO[bytes] | None = None

    def write(self, octets: bytes | bytearray) -> None:
        self._hash.update(octets)
        self.size += len(octets)
        with _translated():
            if self._file is None:
                self._few += octets
                if self.size <= _FEW:
                    return
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `drop`
                octets, self._few = bytes(self._few), bytearray()
            view = memoryview(octets)
            while view:
                view = view[self._file.write(view) :]

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

    def complete(self) -> None:
        """What `contract.Staged` promises: an object is made, unless there is a fresh one. Raises Unavailable."""
        if self._stock is None or self._file is None:
            return
        if self.object is not None and max(map(sub, _now(), self._written)) > _FRESH:
            self._discard()
        if self.object is None:
            self._written = _now()
            with _translated():
                self.object = self._stock.put(self.account, self._file, self.size)

    def is_for(self, stock: Stock | None) -> bool:
        """Whether it is from this stock that large ones can be read."""
        return stock is self._stock

    def take(self) -> None:
        """A unit names the object, and answers for it until it gives it back."""
        self._is_taken = True

    def give_back(self) -> None:
        """The unit was not committed, or this part of it undone, so nothing names the object."""
        self._is_taken = False
        if self._is_over:
            self._discard()

    def leave(self) -> None:
        """The unit is about to be committed: the object is the account's from now on, or a later sweep's."""
        self.object, self._is_taken = None, False

    def pieces(self) -> Iterator[bytes]:
        """All octets in order, a piece at a time; once more if asked once more."""
        if self._file is None:
            if self._few:
                yield bytes(self._few)
            return
        with _translated():
            self._file.seek(0)
        for _ in range(0, self.size, PIECE):
            with _translated():
                piece = bytearray()
                while len(piece) < PIECE and (read := self._file.read(PIECE - len(piece))):
                    piece += read
            yield bytes(piece)

    def drop(self) -> None:
        """Ends it."""
        self._is_over = True
        if self._file is not None:
            self._file.close()
        if not self._is_taken:
            self._discard()

    def _discard(self) -> None:
        if self._stock is not None and self.object is not None:
            name, self.object = self.object, None
            self._stock.discard_soon(self.account, [name])


def _now() -> tuple[float, float]:
    """By two clocks: one stands still while a machine sleeps, and the other may be set back."""
    return time.monotonic(), time.time()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise OutOfSpace.or_unavailable("octets on their way in", problem) from problem
