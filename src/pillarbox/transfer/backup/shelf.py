"""Blobs of a backup: a file each, named by the SHA-256 of its octets, however many accounts have it.

A file under its name is whole, for it gets that name when all is written; after a power failure it may not be, which
whoever adds to the shelf is told (`is_doubtful`).
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Protocol

import apsw

__all__ = ["Octets", "Shelf", "Used"]

_PORTION = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming-"


class Octets(Protocol):
    """What can be read in pieces."""

    def read(self, octets: int, /) -> bytes: ...


class Used:
    """Which blobs are of the backup being made: on the disk once they are many, for there may be millions."""

    def __init__(self) -> None:
        self._known = apsw.Connection("")
        self._known.execute("CREATE TABLE used (digest BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN")

    def add(self, digest: bytes) -> None:
        self._known.execute("INSERT OR IGNORE INTO used VALUES (?)", (digest,))

    def __contains__(self, digest: object) -> bool:
        return self._known.execute("SELECT 1 FROM used WHERE digest = ?", (digest,)).get is not None

    def close(self) -> None:
        self._known.close()


class Shelf:
    """The shelf in a folder; each raises OSError."""

    def __init__(self, folder: Path, *, is_doubtful: bool = False) -> None:
        self._folder = folder
        self._is_doubtful = is_doubtful

    def path(self, sha256: str) -> Path:
        """Where a blob is, or would be."""
        return self._folder / sha256[:2] / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether it is there, so long."""
        try:
            found = os.lstat(self.path(sha256))
        except FileNotFoundError:
            return False
        if found.st_size != size:
            return False
        return not self._is_doubtful or self.digest(sha256) == sha256

    def add(self, sha256: str, octets: Octets) -> str | None:
        """Puts these octets there; what is wrong with them, in words, if they are not those: then nothing is there."""
        path = self.path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming = path.with_name(f"{_INCOMING}{secrets.token_hex(8)}")
        digest = hashlib.sha256()
        descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                while portion := octets.read(_PORTION):
                    digest.update(portion)
                    file.write(portion)
            if digest.hexdigest() != sha256:
                return "its octets are not what they were"
            incoming.replace(path)
        finally:
            incoming.unlink(missing_ok=True)
        return None

    def open(self, sha256: str) -> BufferedReader:
        """Its octets. Of a link nothing is read: it leads to what is not of the backup."""
        return os.fdopen(os.open(self.path(sha256), os.O_RDONLY | os.O_NOFOLLOW), "rb")

    def digest(self, sha256: str) -> str:
        """The SHA-256 of what has this name."""
        with self.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def names(self) -> Iterator[str]:
        """All that there are."""
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(one.name for one in folder.iterdir() if _NAME.fullmatch(one.name))

    def keep_only(self, used: Used) -> None:
        """Deletes what is of no backup any more, and what was on its way in."""
        for folder in self._folder.glob("[0-9a-f][0-9a-f]"):
            for one in folder.iterdir():
                is_left = one.name.startswith(_INCOMING)
                if is_left or (_NAME.fullmatch(one.name) and bytes.fromhex(one.name) not in used):
                    one.unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()
