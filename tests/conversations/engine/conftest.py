"""Those who speak, each to a store with one account."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.neighbour import stores
from tests.neighbour.stores import STORES
from tests.toy.cakes import REGISTRY
from tests.toy.clock import Clock
from tests.toy.speaker import Speaker

from pillarbox.access import Rights
from pillarbox.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = stores.opened(stores.data(request, tmp_path / "store"), REGISTRY.tables, clock)
    store.create(1)
    yield store
    store.close()


@pytest.fixture
def alice(store: Store) -> Speaker:
    """May do everything."""
    return Speaker(store)


@pytest.fixture
def bob(store: Store) -> Speaker:
    """May read."""
    return Speaker(store, Rights.READ, name="bob")


@pytest.fixture
def carol(store: Store) -> Speaker:
    """A stranger."""
    return Speaker(store, None, name="carol")
