"""A backup is looked at: whether all of it is there, to the last octet, and could become accounts again."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pillarbox.datatypes.server import ACCOUNT
from pillarbox.objects import Registry
from pillarbox.transfer.backup.errors import BadBackup, refused
from pillarbox.transfer.backup.folder import Folder, opened
from pillarbox.transfer.backup.image import BlobRow, LostRow, ObjectRow
from pillarbox.transfer.backup.loading import of_its_type
from pillarbox.transfer.backup.manifest import Entry
from pillarbox.transfer.backup.names import of_kinds

__all__ = ["Verified", "verify"]

_MANY = 1000
"""Problems that are told; of more it is said how many."""
_BAD = 100_000
"""Damaged blobs of which it is told whose they are."""
_MOST = 2**25
"""Blobs of one account: what their numbers take in memory has a bound."""
_ROWS = 1000


@dataclass(slots=True)
class Verified:
    """How far it is: of so many accounts, those that were read, what is in them, and what is wrong.

    `lost` are blobs that the backup had lost already when it was made. `doing` is what is being read.
    """

    total: int
    begun: str = ""
    done: int = 0
    doing: str = ""
    objects: int = 0
    blobs: int = 0
    octets: int = 0
    lost: int = 0
    problems: list[str] = field(default_factory=list)
    more: int = 0
    is_followed: bool = False
    """Whether another backup was begun in the folder after this one, and is not finished."""

    def tell(self, problem: str) -> None:
        """Something is wrong."""
        if len(self.problems) < _MANY:
            self.problems.append(problem)
        else:
            self.more += 1


def verify(registry: Registry, root: Path) -> Iterator[Verified]:
    """What is wrong with a backup, if anything; yields on the way. Raises BadBackup if there is none; BackupError."""
    with refused(root, "It was not looked at any further."):
        folder = opened(root)
        found = Verified(len(folder.manifest.entries), folder.manifest.begun, is_followed=folder.is_followed)
        # Told with whose they are; those of nobody are of a later backup that was not finished, and not believed there.
        bad: dict[str, str] = {}
        found.doing = "blobs"
        for at, name in enumerate(folder.shelf.names()):
            if (wrong := _blob_problem(folder, name)) is not None:
                if len(bad) < _BAD:
                    bad[name] = wrong
                else:
                    found.tell(f"blobs: {name} {wrong}")
            if at % _ROWS == 0:
                yield found
        for entry in folder.manifest.entries:
            found.doing = entry.address or ("server" if entry.number == 0 else f"number {entry.number}")
            try:
                folder.check(entry)
                yield from _Image(registry, folder, entry, bad, found).read()
            except BadBackup as problem:
                found.tell(problem.told)
            except OSError as problem:
                found.tell(f"{entry.place}: it cannot be read: {problem.strerror or problem}")
            found.done += 1
            yield found
        try:
            for wrong in _misnamed(folder):
                found.tell(wrong)
        except (BadBackup, OSError):
            # Told above.
            pass
        yield found


def _misnamed(folder: Folder) -> Iterator[str]:
    """Accounts that account 0 names and that are not there, or the other way round."""
    there = {entry.number for entry in folder.manifest.people}
    named: set[int] = set()
    for one in of_kinds(folder.rows(folder.manifest.server), ACCOUNT):
        named.add(one.number)
        if len(named) > len(there) + _MANY:
            yield "account 0 names more accounts than there are"
            return
    for number in sorted(named ^ there):
        yield f"account {number} is {'named, but not there' if number in named else 'there, but not named'}"


def _blob_problem(folder: Folder, name: str) -> str | None:
    try:
        return None if folder.shelf.digest(name) == name else "are not what they were"
    except OSError as problem:
        return f"cannot be read, {problem.strerror or problem}"


class _Image:
    """One image being read; `bad` are blobs that are not what they were."""

    def __init__(
        self, registry: Registry, folder: Folder, entry: Entry, bad: Mapping[str, str], found: Verified
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._entry = entry
        self._bad = bad
        self._found = found
        self._blobs = array("q")

    def read(self) -> Iterator[Verified]:
        entry, found = self._entry, self._found
        objects = lost = octets = 0
        for count, row in enumerate(self._folder.rows(entry)):
            match row:
                case BlobRow():
                    octets += row.size
                    self._meet(row.number)
                    if (wrong := self._bad.get(row.sha256)) is not None:
                        found.tell(f"{self._place}: the octets of blob {row.number} {wrong} ({row.sha256})")
                    elif not self._folder.shelf.has(row.sha256, row.size):
                        found.tell(f"{self._place}: the octets of blob {row.number} are missing ({row.sha256})")
                case LostRow():
                    lost += 1
                    self._meet(row.number)
                case ObjectRow():
                    objects += 1
                    self._check(row)
            if count % _ROWS == 0:
                yield found
        there = (objects, len(self._blobs) - lost, octets, lost)
        if there != (entry.objects, entry.blobs, entry.octets, entry.lost):
            found.tell(f"{self._place}: there is not as much in it as the manifest says")
        found.objects += objects
        found.blobs += len(self._blobs) - lost
        found.octets += octets
        found.lost += lost

    @property
    def _place(self) -> str:
        return self._entry.place

    def _meet(self, number: int) -> None:
        if len(self._blobs) >= _MOST:
            raise BadBackup(f"{self._place}: it has more than {_MOST} blobs")
        self._blobs.append(number)

    def _check(self, row: ObjectRow) -> None:
        try:
            kind = of_its_type(self._registry, row)
        except BadBackup as problem:
            self._found.tell(f"{self._place}: {problem.told}")
            return
        for number in kind.holds(row.document) if kind.holds is not None else ():
            at = bisect_left(self._blobs, number)
            if at == len(self._blobs) or self._blobs[at] != number:
                self._found.tell(f"{self._place}: {row.type} {row.number} holds blob {number}, which is not there")
