"""Octets on their way in: in memory while they are few, then in a file without a name, which no crash leaves behind."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from pillarbox.store.contract import OutOfSpace

__all__ = ["FEW", "PIECE", "PostgresStaged"]

FEW = 64 * 1024
"""So many octets are kept in memory."""
PIECE = 256 * 1024
"""A blob is rows of so many octets, so that none of its readers needs memory for more."""


class PostgresStaged:
    """Octets for a blob of one account."""

    def __init__(self, account: int) -> None:
        self.account = account
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
                if self.size <= FEW:
                    return
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `drop`
                octets, self._few = bytes(self._few), bytearray()
            view = memoryview(octets)
            while view:
                view = view[self._file.write(view) :]

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

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
        if self._file is not None:
            self._file.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise OutOfSpace.or_unavailable("octets on their way in", problem) from problem
