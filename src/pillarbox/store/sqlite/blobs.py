"""Octets of an account: small ones in its database, large ones as files beside it, named by their hash.

A file and its folder are synced before the commit that first names it. A file whose row is gone is deleted
after that commit; a crash in between leaves a file that nobody names: `inspect` tells it, `sweep` deletes it.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, cast

import apsw

from pillarbox.store.contract import Blob, Held
from pillarbox.store.error import OutOfSpace, StoreError, Unavailable
from pillarbox.store.glance import Passed
from pillarbox.store.sqlite import folder as folders

__all__ = ["INLINE", "NO_FILES", "BlobFiles", "Blobs", "FileStaged"]

INLINE = 64 * 1024
"""Up to this many octets a blob is a value in the database: one commit, no second file to sync."""

_PORTION = 1024 * 1024


class FileStaged:
    """Octets on their way in: in memory while they are few, then in a file."""

    def __init__(self, account: int, folder: Path) -> None:
        self.account = account
        self.folder = folder
        self._hash = hashlib.sha256()
        self._few = bytearray()
        self._file: int | None = None
        self.path: Path | None = None
        self.size = 0
        self._synced = 0

    def write(self, octets: bytes | bytearray) -> None:
        self._hash.update(octets)
        self.size += len(octets)
        if self._file is None:
            self._few += octets
            if self.size <= INLINE:
                return
            with _translated(self.folder):
                # Not with all above it: what was staged for an account that is gone must not bring its folder back.
                self.folder.parent.mkdir(mode=0o700, exist_ok=True)
                self.folder.mkdir(mode=0o700, exist_ok=True)
                self.path = self.folder / secrets.token_hex(16)
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            octets, self._few = self._few, bytearray()
        view = memoryview(octets)
        with _translated(self.folder):
            while view:
                view = view[os.write(self._file, view) :]

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

    def complete(self) -> None:
        """What `contract.Staged` promises: the file is synced."""
        if self._file is not None and self._synced < self.size:
            with _translated(self.folder):
                os.fsync(self._file)
            self._synced = self.size

    def finished(self) -> bytes | None:
        """The octets if they are few; else None, and the file is complete and synced."""
        self.complete()
        return bytes(self._few) if self._file is None else None

    def drop(self) -> None:
        """Ends it; a file that was not taken over is deleted."""
        if self._file is not None:
            descriptor, self._file = self._file, None
            with _translated(self.folder):
                os.close(descriptor)
        if self.path is not None:
            with _translated(self.path):
                self.path.unlink(missing_ok=True)


class BlobFiles:
    """The files of one account's large blobs."""

    def __init__(self, account: int, folder: Path) -> None:
        self._account = account
        self.folder = folder
        self.incoming = folder / "incoming"

    @contextmanager
    def stage(self) -> Iterator[FileStaged]:
        staged = FileStaged(self._account, self.incoming)
        try:
            yield staged
        finally:
            staged.drop()

    def path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self.folder / name[:2] / name

    def adopt(self, staged: FileStaged) -> None:
        """The staged file gets its name, durably."""
        path = self.path(staged.digest)
        with _translated(path):
            if staged.path is not None:
                path.parent.mkdir(mode=0o700, exist_ok=True)
                staged.path.replace(path)
                staged.path = None
            elif not path.exists():
                # An earlier unit took it over and was rolled back, and a sweep has been here since.
                raise Unavailable(f"{path} is gone")
            # Up to the account's: each may be new, and made by another process that has not synced it yet.
            for folder in (path.parent, self.folder, self.folder.parent):
                folders.sync(folder)

    def delete(self, digest: bytes) -> None:
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[bytes]:
        """Of all files that are there."""
        with _translated(self.folder):
            names = [file.name for folder in self.folder.glob("[0-9a-f][0-9a-f]") for file in folder.iterdir()]
        for name in names:
            with suppress(ValueError):
                yield bytes.fromhex(name)

    def abandoned(self, before: float) -> Iterator[Path]:
        """Files that were being staged and have not been written to since a time."""
        found = []
        with _translated(self.incoming), suppress(FileNotFoundError):
            for file in self.incoming.iterdir():
                with suppress(FileNotFoundError):
                    if file.stat().st_mtime < before:
                        found.append(file)
        yield from found


class _NoFiles(BlobFiles):
    """Where files are nothing to wait for."""

    def path(self, digest: bytes) -> Path:  # noqa: ARG002 - which one makes no difference
        raise Passed


NO_FILES = _NoFiles(0, Path("nowhere"))


class Blobs:
    """An account's blobs within one unit: rows in its database, files in its folder."""

    def __init__(self, connection: apsw.Connection, files: BlobFiles) -> None:
        self._connection = connection
        self._files = files
        self.deletable: list[bytes] = []
        """Digests whose files are to be deleted once the unit is committed, if no blob has them then."""
        self._sizes: dict[int, int] = {}
        """Of blobs that this unit added."""

    def blob(self, number: int) -> Blob | None:
        size = self._connection.execute("SELECT size FROM blob WHERE number = ?", (number,)).get
        return None if size is None else Blob(number, cast("int", size))

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        with self.open(blob) as reader, _translated(self._files.folder):
            reader.seek(offset)
            return reader.read(length)

    def open(self, blob: Blob) -> IO[bytes]:
        row = self._connection.execute("SELECT hash, octets FROM blob WHERE number = ?", (blob.number,)).fetchone()
        if row is None:
            raise StoreError(f"blob {blob.number} has no row")
        digest, octets = cast("tuple[bytes, bytes | None]", row)
        if octets is not None:
            return BytesIO(octets)
        path = self._files.path(digest)
        try:
            with _translated(path):
                return path.open("rb")
        except Unavailable as problem:
            if not path.exists():
                raise StoreError(f"the file of blob {blob.number} is missing: {path}") from problem
            raise

    def add(self, staged: FileStaged, number: int, expires: int) -> Blob:
        """The blob of these octets: the row there is, its time extended, or a new one with this number."""
        row = self._connection.execute("SELECT number FROM blob WHERE hash = ?", (staged.digest,)).fetchone()
        if row is not None:
            known = cast("int", row[0])
            self._connection.execute("UPDATE blob SET expires = max(expires, ?) WHERE number = ?", (expires, known))
            return Blob(known, staged.size)
        self._insert(staged, number, 0, expires)
        self._sizes[number] = staged.size
        return Blob(number, staged.size)

    def put(self, staged: FileStaged, number: int, holders: int, expires: int) -> None:
        """A new row. Raises StoreError if its number or its octets are there."""
        sql = "SELECT 1 FROM blob WHERE number = ? OR hash = ?"
        if self._connection.execute(sql, (number, staged.digest)).get is not None:
            raise StoreError(f"there is a blob {number}, or one of the same octets")
        self._insert(staged, number, holders, expires)

    def clear(self) -> None:
        """No row is left."""
        rows = self._connection.execute("SELECT hash FROM blob WHERE octets IS NULL").fetchall()
        self.deletable += [cast("bytes", digest) for (digest,) in rows]
        self._connection.execute("DELETE FROM blob")
        self._sizes.clear()

    def hold(self, number: int) -> int:
        """One more holds it; by how much that makes what is held larger."""
        self._connection.execute("UPDATE blob SET refs = refs + 1 WHERE number = ?", (number,))
        return self._size_of_changed(number)

    def release(self, number: int, expires: int) -> int:
        """One less holds it; by how much that makes what is held smaller."""
        self._connection.execute(
            "UPDATE blob SET refs = refs - 1, expires = max(expires, ?) WHERE number = ?", (expires, number)
        )
        return self._size_of_changed(number)

    def set_holders(self, number: int, holders: int, expires: int) -> int:
        """So many hold it; by how much that makes what is held larger."""
        before = self._connection.execute("SELECT refs FROM blob WHERE number = ?", (number,)).get
        self._connection.execute(
            "UPDATE blob SET refs = ?, expires = max(expires, ?) WHERE number = ?", (holders, expires, number)
        )
        return self._size_of_changed(number) * (holders - max(cast("int", before), 0))

    def page(self, after: int, limit: int) -> list[Held]:
        """What `Unit.blobs` promises."""
        sql = "SELECT number, size, refs, hash, expires FROM blob WHERE number > ? ORDER BY number LIMIT ?"
        rows = cast("list[tuple[int, int, int, bytes, int]]", self._connection.execute(sql, (after, limit)).fetchall())
        return [Held(Blob(number, size), refs, digest, expires) for number, size, refs, digest, expires in rows]

    def make_room(self, size: int, files: int, total: int) -> None:
        count, used = cast(
            "tuple[int, int]",
            self._connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM blob WHERE refs = 0").fetchone(),
        )
        for number, digest, one, inline in self._connection.execute(
            "SELECT number, hash, size, octets IS NOT NULL FROM blob WHERE refs = 0 ORDER BY expires, number"
        ).fetchall():
            if (not files or count < files) and (not total or used + size <= total):
                return
            self._delete(cast("int", number), cast("bytes", digest), inline=bool(inline))
            count -= 1
            used -= cast("int", one)

    def collect(self, now: int) -> int:
        rows = self._connection.execute(
            "SELECT number, hash, octets IS NOT NULL FROM blob WHERE refs = 0 AND expires < ?", (now,)
        ).fetchall()
        for number, digest, inline in rows:
            self._delete(cast("int", number), cast("bytes", digest), inline=bool(inline))
        return len(rows)

    def delete_files(self) -> None:
        """To be called after the commit, by the only writer, and while no row that names them can be added."""
        for digest in self.deletable:
            # Dropped in a savepoint that was undone, or added again since.
            if self._connection.execute("SELECT 1 FROM blob WHERE hash = ?", (digest,)).get is None:
                with suppress(OSError):
                    self._files.delete(digest)

    def verify(self, blob: Blob) -> str | None:
        """What `Unit.verify` promises."""
        digest, size = hashlib.sha256(), 0
        try:
            expected = self._connection.execute("SELECT hash FROM blob WHERE number = ?", (blob.number,)).get
            with self.open(blob) as reader, _translated(self._files.folder):
                while octets := reader.read(_PORTION):
                    digest.update(octets)
                    size += len(octets)
        except StoreError as problem:
            return f"blob {blob.number} cannot be read: {problem.known}"
        if size != blob.size or digest.digest() != expected:
            return f"blob {blob.number} is not the {blob.size} octets it was"
        return None

    def stray_files(self) -> list[Path]:
        """Files that no row names."""
        sql = "SELECT hash FROM blob WHERE octets IS NULL"
        named = {digest for (digest,) in self._connection.execute(sql).fetchall()}
        return [self._files.path(digest) for digest in self._files.digests() if digest not in named]

    def _insert(self, staged: FileStaged, number: int, holders: int, expires: int) -> None:
        octets = staged.finished()
        if octets is None:
            self._files.adopt(staged)
        self._connection.execute(
            "INSERT INTO blob VALUES (?, ?, ?, ?, ?, ?)",
            (number, staged.digest, staged.size, holders, expires, octets),
        )

    def _delete(self, number: int, digest: bytes, *, inline: bool) -> None:
        self._connection.execute("DELETE FROM blob WHERE number = ?", (number,))
        if not inline:
            self.deletable.append(digest)

    def _size_of_changed(self, number: int) -> int:
        """The size of the blob whose row was just changed. Raises StoreError if there is none."""
        # Not by RETURNING, which makes FTS5 write what it holds back until the commit, once a message of an import.
        if not self._connection.changes():
            raise StoreError(f"blob {number} has no row")
        size = self._sizes.get(number)
        if size is None:
            sql = "SELECT size FROM blob WHERE number = ?"
            size = cast("int", self._connection.execute(sql, (number,)).get)
        return size


@contextmanager
def _translated(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise OutOfSpace.or_unavailable(place, problem) from problem
