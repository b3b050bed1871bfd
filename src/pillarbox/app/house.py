"""What is there without any listener: the command line needs no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pillarbox.access import Passwords
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.server import InternalDirectory
from pillarbox.settings import Snapshot
from pillarbox.store import LocalFeed
from pillarbox.store.sqlite import SQLiteStore

__all__ = ["House", "house"]


@dataclass(frozen=True)
class House:
    """The parts that keep and know, under these settings."""

    settings: Snapshot
    data: Path
    store: SQLiteStore
    feed: LocalFeed
    directory: InternalDirectory

    @cached_property
    def passwords(self) -> Passwords:
        """Made when first asked for, which most commands never do: it hashes one, in 64 MiB and a tenth of a second."""
        return Passwords()


@contextmanager
def house(settings: Snapshot, data: Path) -> Iterator[House]:
    """Everything that is kept in a data folder, made if it is new. Raises store.StoreError."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    feed = LocalFeed()
    store = SQLiteStore(data, REGISTRY.tables, feed=feed)
    try:
        store.create(0)
        yield House(settings, data, store, feed, InternalDirectory(store))
    finally:
        store.close()
