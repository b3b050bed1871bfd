"""Every contract is kept by every store."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.neighbour import stores
from tests.neighbour.stores import STORES, Data
from tests.toy.clock import Clock
from tests.toy.notes import TABLES

from pillarbox.store import Movable, Store, Table


@dataclass
class Opener:
    """Opens one and the same store, as often as it is called, as if each time in another process."""

    data: Data
    clock: Clock
    opened: list[Store] = field(default_factory=list)

    def __call__(self, tables: Iterable[Table] = TABLES, patience: float = 10.0, max_open: int = 8) -> Movable:
        store = stores.opened(self.data, tables, self.clock, patience=patience, most=max_open)
        self.opened.append(store)
        return store

    def left(self) -> list[str]:
        """What there is of any account: files, or tables with rows."""
        return stores.left(self.data)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=STORES)
def opener(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Opener]:
    opener = Opener(stores.data(request, tmp_path / "store"), clock)
    yield opener
    for store in opener.opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> Store:
    """A store with an account 1, and nothing in it."""
    store = opener()
    store.create(1)
    return store


@pytest.fixture
def process(opener: Opener) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts another process that does something with the same store (`tests.toy.writer`)."""
    started = []

    def start(what: str, account: int = 1) -> "subprocess.Popen[str]":
        arguments = [sys.executable, "-m", "tests.toy.writer", stores.text(opener.data), str(account), what]
        one = subprocess.Popen(
            arguments,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        started.append(one)
        return one

    yield start
    for one in started:
        one.kill()
        one.communicate()
