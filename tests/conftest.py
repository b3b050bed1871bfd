"""Every conversation is held over every store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from tests.driver import JMAP, Home
from tests.neighbour import stores
from tests.neighbour.ceph import Ceph, ceph, real
from tests.neighbour.postgres import Cluster, cluster
from tests.neighbour.statements import checked
from tests.neighbour.stores import STORES, Data
from tests.neighbour.warm import kept
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.store import LocalFeed, Store
from pillarbox.store.s3 import Place
from pillarbox.telemetry.log import reset

# How long an example takes says how busy the machine is, and not whether a promise is kept.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL of our own; what needs it fails where there is none. Every statement for it is checked."""
    with cluster() as made, kept(), checked():
        yield made


@pytest.fixture(scope="session")
def s3() -> Iterator[Ceph]:
    """A server of our own that speaks S3."""
    with ceph() as made:
        yield made


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> Place:
    """The bucket that the environment names, or else one of our own."""
    named = real()
    if named is not None:
        return named
    server: Ceph = request.getfixturevalue("s3")
    return server.place


@pytest.fixture(autouse=True)
def log_as_at_first() -> Iterator[None]:
    """After each test the log is written as at first, to standard error, whatever the test wanted of it."""
    yield
    reset()


@pytest.fixture
def clock() -> Clock:
    """The time, for all that is stored and answered; it passes when a test says so."""
    return Clock()


@pytest.fixture
def feed() -> LocalFeed:
    """What the store tells of its commits."""
    return LocalFeed()


@pytest.fixture(params=STORES)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Data:
    """Where the store of this turn keeps what it has; nothing yet."""
    return stores.data(request, tmp_path / "data")


@pytest.fixture
def opens(data: Data, clock: Clock) -> Iterator[Callable[[LocalFeed], Store]]:
    """Opens one and the same store, as if each time in another process."""
    opened: list[Store] = []

    def open_store(feed: LocalFeed) -> Store:
        opened.append(stores.opened(data, REGISTRY.tables, clock, feed))
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
