"""Two stores as one, before an account moves, and after it has."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.contracts import conftest
from tests.toy.clock import Clock
from tests.toy.notes import TABLES

from pillarbox.store import LocalFeed, MovingStore, Standing, Table
from pillarbox.store.sqlite import SQLiteStore


class Opener(conftest.Opener):
    """Opens both, of which the second is beside the first."""

    def __call__(  # type: ignore[override]
        self, tables: Iterable[Table] = TABLES, patience: float = 10.0, max_open: int = 8
    ) -> MovingStore:
        assert isinstance(self.data, Path)
        feed = LocalFeed()
        source, target = (
            SQLiteStore(self.data / name, tables, self.clock, feed, patience=patience, max_open=max_open)
            for name in ("source", "target")
        )
        store = MovingStore(source, target)
        self.opened.append(store)
        return store

    def left(self) -> list[str]:
        """What there is of any account, whether or not somebody looked at it."""
        return [name for name in super().left() if not name.endswith(("-wal", "-shm"))]


@pytest.fixture
def opener(tmp_path: Path, clock: Clock) -> Opener:
    return Opener(tmp_path, clock)


@pytest.fixture(params=["here", "left", "new"])
def store(opener: Opener, request: pytest.FixtureRequest) -> MovingStore:
    """With an account 1, and nothing in it: at the source, or at the target, having moved or been made there."""
    store = opener()
    store.create(0)
    if request.param != "here":
        store.target.receive(0)
    store.create(1) if request.param != "left" else store.source.create(1)
    if request.param == "left":
        moved(store, 1)
    return store


def moved(store: MovingStore, account: int) -> None:
    """An empty account moves."""
    assert store.source.stand(account, Standing.HERE, Standing.LEAVING)
    epoch = store.target.receive(account)
    assert store.target.stand(account, Standing.ARRIVING, Standing.HERE, epoch)
    assert store.source.stand(account, Standing.LEAVING, Standing.LEFT)
