"""Where backups go, and another store that they are restored into."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.store import Store
from pillarbox.store.sqlite import SQLiteStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def another(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of files with nothing in it."""
    store = SQLiteStore(tmp_path / "another", REGISTRY.tables, clock)
    store.create(0)
    yield store
    store.close()
