"""A server whose accounts move from the store of this turn to another one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.neighbour import stores
from tests.neighbour.stores import Data
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.store import LocalFeed, MovingStore
from pillarbox.store.sqlite import SQLiteStore


@pytest.fixture
def opens(data: Data, tmp_path: Path, clock: Clock) -> Iterator[Callable[[LocalFeed], MovingStore]]:
    """Opens both, as if each time in another process."""
    opened: list[MovingStore] = []

    def open_stores(feed: LocalFeed) -> MovingStore:
        source = stores.opened(data, REGISTRY.tables, clock, feed)
        opened.append(MovingStore(source, SQLiteStore(tmp_path / "target", REGISTRY.tables, clock, feed)))
        return opened[-1]

    yield open_stores
    for store in opened:
        store.close()


@pytest.fixture
def store(opens: Callable[[LocalFeed], MovingStore], feed: LocalFeed) -> MovingStore:
    """Both, with nothing in either but account 0."""
    store = opens(feed)
    store.create(0)
    return store
