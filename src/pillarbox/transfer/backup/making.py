"""A backup is made of a store that is being written to: which accounts, in which order.

Accounts come first, then account 0, which says who they are, then accounts that it names and that came since. So
whatever was acknowledged before the backup began is in it, each account is of one moment, and account 0 names all that
there are. An account that nobody names is left out: one that was removed meanwhile, or, and that is told, one whose
name was lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pillarbox.objects import Registry
from pillarbox.store import Held, NoAccount, Store, StoreError, Unavailable, Unit
from pillarbox.transfer.backup.dumping import blobs, dump
from pillarbox.transfer.backup.errors import BackupError, refused
from pillarbox.transfer.backup.folder import Making, begun
from pillarbox.transfer.backup.image import LONGEST, BlobRow, LostRow, ObjectRow
from pillarbox.transfer.backup.manifest import Entry, Manifest
from pillarbox.transfer.backup.names import names
from pillarbox.wire.values import utc_date

__all__ = ["Backed", "Lost", "backup"]

_AT_ONCE = 64 * 1024 * 1024
"""Octets of blobs that are copied in one unit, before the one whose moment counts finds nearly all of them there."""
_ROWS = 1000
"""Rows between two steps."""
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Lost:
    """A blob that could not be read, and is in no backup: whose, and why."""

    account: str
    blob: int
    why: str


@dataclass(slots=True)
class Backed:
    """How far a backup is: of so many accounts in all, those that are done, and the one that is being written.

    `copied` are the octets of blobs that were not there from an earlier backup. Of accounts in `nameless`, which have
    data and no name, nothing is in the backup.
    """

    total: int
    done: int = 0
    doing: str = ""
    objects: int = 0
    blobs: int = 0
    octets: int = 0
    copied: int = 0
    lost: list[Lost] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)


def backup(store: Store, registry: Registry, root: Path, now: datetime) -> Iterator[Backed]:
    """Writes a backup of everything that is kept to a folder; yields on the way.

    When it has come to its end the backup is whole, and durable; until then the folder has the earlier one, if there
    was one. Raises BackupError, where the folder cannot be used or is full, and store.StoreError.
    """
    then = "The backup is not complete; the same command begins it anew."
    with refused(root, then), begun(root, now) as making:
        yield from _Backup(store, registry, making, now).run()


class _Backup:
    """One backup being made."""

    def __init__(self, store: Store, registry: Registry, making: Making, now: datetime) -> None:
        self._store = store
        self._registry = registry
        self._making = making
        self._made = utc_date(now)
        self._entries: dict[int, Entry] = {}
        self._lost: dict[int, list[Lost]] = {}
        self._names: dict[int, str] = {}

    def run(self) -> Iterator[Backed]:
        with self._store.read(0) as server:
            self._names = names(server)
        numbers = [number for number in self._store.accounts() if number != 0]
        nameless = {number for number in numbers if number not in self._names}
        self._progress = Backed(len(numbers) + 1)
        yield from self._write(numbers)
        yield from self._server()
        left_out = [number for number in self._entries if number != 0 and number not in self._names]
        for number in left_out:
            del self._entries[number]
            self._making.drop(number)
        self._progress.nameless = sorted(nameless.intersection(left_out, self._store.accounts()))
        entries = [replace(entry, address=self._names.get(number, "")) for number, entry in self._entries.items()]
        self._making.complete(Manifest(self._made, self._making.run, entries))
        self._sum_up()
        yield self._progress

    def _server(self) -> Iterator[Backed]:
        """Account 0, and what it names and nobody has seen yet; again, where that was removed meanwhile."""
        for _ in range(_ROUNDS):
            yield from self._write([0])
            missing = [number for number in self._names if number not in self._entries]
            yield from self._write(missing)
            if all(number in self._entries for number in missing):
                return
        raise BackupError("accounts are removed faster than they can be written; do it again later.")

    def _write(self, numbers: list[int]) -> Iterator[Backed]:
        for number in numbers:
            self._progress.doing = self._names.get(number, f"number {number}") if number else "server"
            try:
                yield from self._copy(number)
                yield from self._image(number)
            except NoAccount:
                # It was removed meanwhile.
                self._entries.pop(number, None)
                self._making.drop(number)
            self._progress.done += 1
            self._progress.total = max(self._progress.total, self._progress.done)
            self._sum_up()
            yield self._progress

    def _copy(self, number: int) -> Iterator[Backed]:
        """Copies blobs in short units: no snapshot is kept for as long as the octets of a large account take."""
        after: int | None = -1
        while after is not None:
            before = self._progress.copied
            with self._store.read(number) as unit:
                for held in blobs(unit, after):
                    # What is wrong with it now is told with the image, if it is still so then.
                    self._keep(unit, held)
                    after = held.blob.number
                    if self._progress.copied - before >= _AT_ONCE:
                        break
                else:
                    after = None
            yield self._progress

    def _image(self, number: int) -> Iterator[Backed]:
        objects = kept = octets = 0
        lost: list[Lost] = []
        with self._store.read(number) as unit:
            if number == 0:
                self._names = names(unit)
            rows = dump(unit, self._registry, self._names.get(number, ""), self._made, self._keep)
            for count, (row, length) in enumerate(self._making.write(number, rows)):
                if length > LONGEST:
                    raise BackupError(
                        f"an object of account {number} is longer than {LONGEST} octets: no backup has it."
                    )
                match row:
                    case BlobRow():
                        kept, octets = kept + 1, octets + row.size
                    case ObjectRow():
                        objects += 1
                    case LostRow():
                        lost.append(Lost(self._progress.doing, row.number, row.why))
                if count % _ROWS == 0:
                    yield self._progress
        sha256, size = self._making.written(number)
        self._entries[number] = Entry(number, "", sha256, size, objects, kept, octets, len(lost))
        self._lost[number] = lost

    def _keep(self, unit: Unit, held: Held) -> str | None:
        """Puts a blob on the shelf, if it is not there; why that cannot be."""
        sha256 = held.digest.hex()
        if held.digest in self._making.used:
            return None
        if not self._making.shelf.has(sha256, held.blob.size):
            try:
                reader = unit.open(held.blob)
                try:
                    problem = self._making.shelf.add(sha256, reader)
                finally:
                    reader.close()
            except Unavailable:
                raise
            except StoreError as lost:
                return lost.known
            if problem is not None:
                return problem
            self._progress.copied += held.blob.size
        self._making.used.add(held.digest)
        return None

    def _sum_up(self) -> None:
        entries = self._entries.values()
        self._progress.objects = sum(entry.objects for entry in entries)
        self._progress.blobs = sum(entry.blobs for entry in entries)
        self._progress.octets = sum(entry.octets for entry in entries)
        self._progress.lost = [one for number in self._entries for one in self._lost[number]]
