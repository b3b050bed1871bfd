"""Everything here talks to a real PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.clock import Clock
from tests.toy.notes import TABLES

from pillarbox.store.postgres import Place, PostgresStore

Opens = Callable[..., PostgresStore]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.neighbour)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(postgres: Cluster) -> Place:
    """A database without accounts."""
    return postgres.emptied()


@pytest.fixture
def opens(place: Place, clock: Clock) -> Iterator[Opens]:
    """Opens the store of that database, or of another place, as if each time in another process."""
    opened: list[PostgresStore] = []

    def open_store(where: Place = place, tables: object = TABLES, feed: object = None, **more: object) -> PostgresStore:
        opened.append(PostgresStore(where, tables, clock, feed, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(opens: Opens) -> PostgresStore:
    """A store with an account 1, and nothing in it."""
    store = opens()
    store.create(1)
    return store
