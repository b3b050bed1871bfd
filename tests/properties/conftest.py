"""Stores for properties: an example asks for a new one itself, since a fixture is made once a test."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import TypeAlias

import pytest
from tests.neighbour import stores
from tests.neighbour.stores import STORES

from pillarbox.store import Store, Table

NewStore: TypeAlias = Callable[[Iterable[Table]], AbstractContextManager[Store]]


@pytest.fixture(scope="module", params=STORES)
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """A block with a store that has nothing in it."""

    @contextmanager
    def new(tables: Iterable[Table]) -> Iterator[Store]:
        with TemporaryDirectory() as folder:
            store = stores.opened(stores.data(request, Path(folder)), tables, time)
            try:
                yield store
            finally:
                store.close()

    return new
