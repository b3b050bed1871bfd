"""The settings a request runs under: made at once from all pairs, and never changed.

Who holds a snapshot sees one state of the configuration from beginning to end; a change makes a new one.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar, cast

from pillarbox.settings.catalogue import (
    BLOB_STORE,
    CATALOGUE,
    DATA_STORE,
    FOLDERS,
    LISTENERS,
    MIGRATE_TO,
    STORES,
    BucketStore,
    Folder,
    FolderStore,
    Listener,
    StoreChoice,
    UnusableBucket,
    UnusableStore,
)
from pillarbox.settings.declare import Declared
from pillarbox.settings.problem import Problem
from pillarbox.settings.source import Source

__all__ = ["Snapshot", "nearest", "snapshot"]

T = TypeVar("T")


class Snapshot:
    """The value of every setting in the catalogue: `snapshot[MAX_SIZE_REQUEST]`."""

    __slots__ = ("_values", "pairs")

    def __init__(self, values: Mapping[str, object], pairs: Mapping[str, str]) -> None:
        self._values = MappingProxyType(dict(values))
        self.pairs: Mapping[str, str] = MappingProxyType(dict(pairs))
        """The texts that it was made of, secrets among them."""

    def __getitem__(self, setting: Declared[T]) -> T:
        """The value in force, in the type the setting was declared with."""
        # Under a setting's key stands what that setting read, and no two settings share one.
        return cast("T", self._values[setting.key])

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Where to listen, in the order of their ids."""
        return self[LISTENERS]

    @property
    def store(self) -> StoreChoice:
        """Where everything is kept: the store that is named, or the only one there is, or files in the data folder."""
        named = self[DATA_STORE]
        there = [one for one in self._stores() if one.id == named or one.id != self[MIGRATE_TO]]
        if named is None and len(there) <= 1:
            return there[0] if there else FolderStore("", None)
        return self._store(named or DATA_STORE.key)

    @property
    def next_store(self) -> StoreChoice | None:
        """The store that accounts move to, if they do."""
        return None if (named := self[MIGRATE_TO]) is None else self._store(named)

    @property
    def bucket(self) -> BucketStore | UnusableStore | None:
        """The place of large blobs, if it is another than that of everything else."""
        named = self[BLOB_STORE]
        if named is None or named == self.store.id:
            return None
        found = (one for one in self[STORES] if one.id == named and isinstance(one, BucketStore))
        return next(found, UnusableStore(named))

    def _store(self, named: str) -> StoreChoice:
        return next((store for store in self._stores() if store.id == named), UnusableStore(named))

    def _stores(self) -> list[StoreChoice]:
        """Those that can keep everything."""
        return [one for one in self[STORES] if not isinstance(one, BucketStore | UnusableBucket)]

    @property
    def folders(self) -> tuple[Folder, ...]:
        """What a new account has, the inbox first."""
        return self[FOLDERS]


def snapshot(pairs: Mapping[str, str]) -> tuple[Snapshot, list[Problem]]:
    """The settings that follow from the pairs, and what is not in force as written.

    Nothing in the pairs makes it fail: a bad value costs that entry alone, and its default is in force. A
    key that no setting reads is a problem that names the nearest one there is.
    """
    source = Source(pairs)
    made = Snapshot({setting.key: setting.read(source) for setting in CATALOGUE}, pairs)
    return made, [*source.problems, *_unread(source)]


_MOST_HINTS = 50
"""Keys for which the nearest is sought, which takes milliseconds for each."""


def _unread(source: Source) -> Iterator[Problem]:
    for place, key in enumerate(source.unread):
        near = nearest(key) if place < _MOST_HINTS else None
        hint = f"the nearest is {near}" if near else "and none is like it"
        yield Problem(key, "unread", f"no setting has this key; {hint}" if place < _MOST_HINTS else "no setting has it")


def nearest(key: str) -> str | None:
    """The key that was meant, perhaps, by one that no setting has. Takes milliseconds."""
    return next(iter(get_close_matches(key.lower(), _known(key), n=1, cutoff=0.8)), None)


def _known(key: str) -> list[str]:
    """Every key there is; a section's are spelt with the id that the given key has in its place."""
    parts = key.split(".")
    known: list[str] = []
    for setting in CATALOGUE:
        depth = setting.key.count(".") + 1
        identity = parts[depth] if len(parts) > depth else "id"
        known.extend(each for line in setting.described() for each in line.spellings(identity))
    return known
