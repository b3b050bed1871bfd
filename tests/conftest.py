"""Every conversation is held over every store: a new one adds its line to `OPENERS`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.driver import JMAP, Home
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.store import LocalFeed, Store
from pillarbox.store.sqlite import SQLiteStore

OpenStore = Callable[[Path, Clock, LocalFeed], Store]

OPENERS: dict[str, OpenStore] = {
    "sqlite": lambda folder, clock, feed: SQLiteStore(folder, REGISTRY.tables, clock, feed),
}


@pytest.fixture
def clock() -> Clock:
    """The time, for all that is stored and answered; it passes when a test says so."""
    return Clock()


@pytest.fixture
def feed() -> LocalFeed:
    """What the store tells of its commits."""
    return LocalFeed()


@pytest.fixture(params=OPENERS)
def opens(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Callable[[LocalFeed], Store]]:
    """Opens one and the same store, as if each time in another process."""
    opened: list[Store] = []

    def open_store(feed: LocalFeed) -> Store:
        opened.append(OPENERS[request.param](tmp_path / "data", clock, feed))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture
def store(opens: Callable[[LocalFeed], Store], feed: LocalFeed) -> Store:
    """The store of the server, with nothing in it but account 0."""
    store = opens(feed)
    store.create(0)
    return store


@pytest.fixture
def home(store: Store, feed: LocalFeed, clock: Clock) -> Iterator[Home]:
    """A server without people."""
    home = Home(store, feed, clock)
    yield home
    home.close()


@pytest.fixture
def elsewhere(opens: Callable[[LocalFeed], Store], home: Home) -> Store:
    """The server's store as another process has it open."""
    return opens(LocalFeed())


@pytest.fixture
def alice(home: Home) -> JMAP:
    """Alice, with an account as it is when it is new."""
    return home.person("alice")


@pytest.fixture
def bob(home: Home) -> JMAP:
    """Bob, with an account on the same server."""
    return home.person("bob")
