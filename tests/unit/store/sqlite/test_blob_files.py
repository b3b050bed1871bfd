"""Files of large blobs: what is left behind, what is damaged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.toy.clock import Clock
from tests.toy.failing import failing
from tests.toy.notes import TABLES, unneeded

from pillarbox.store import Blob, StoreError, Unavailable
from pillarbox.store.sqlite import SQLiteStore

LARGE = bytes(range(256)) * 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path, clock: Clock) -> Iterator[SQLiteStore]:
    store = SQLiteStore(folder, TABLES, clock)
    store.create(1)
    yield store
    store.close()


def kept(store: SQLiteStore) -> int:
    with store.write(1) as unit:
        return unit.add_blob(LARGE, 0).number


def file_of(folder: Path, size: int) -> Path:
    (file,) = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size == size)
    return file


def test_what_was_left_behind_is_swept(store: SQLiteStore, folder: Path, clock: Clock) -> None:
    with failing(store.write(1)) as unit:
        unit.add_blob(LARGE, 0)
    with store.write(1) as unit:
        kept = unit.add_blob(LARGE[1:], 0)
    with store.stage(1) as staged:
        staged.write(LARGE)
        files = {path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 200_000}
        assert len(files) == 3
        clock.now = max(path.stat().st_mtime for path in files) + 10
        with store.read(1) as unit:
            assert len(list(unit.inspect([]))) == 1
        assert store.sweep(1, unneeded) == 1
        clock.now += 7200
        assert store.sweep(1, unneeded) == 1
    assert store.sweep(1, unneeded) == 0
    with store.read(1) as unit:
        assert unit.octets(kept, 0, 9) == LARGE[1:10]
        assert list(unit.inspect([])) == []


@pytest.mark.parametrize("damage", ["missing", "other"])
def test_octets_that_are_missing_or_not_what_they_were_are_told(store: SQLiteStore, folder: Path, damage: str) -> None:
    number = kept(store)
    file = file_of(folder, len(LARGE))
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(LARGE[::-1])
    with store.read(1) as unit:
        told = unit.verify(Blob(number, len(LARGE)))
        assert told is not None
        assert f"blob {number} " in told


def test_octets_that_are_missing_are_no_passing_failure(store: SQLiteStore, folder: Path) -> None:
    number = kept(store)
    file_of(folder, len(LARGE)).unlink()
    with store.read(1) as unit:
        with pytest.raises(StoreError) as raised:
            unit.octets(Blob(number, len(LARGE)), 0, 10)
        assert not isinstance(raised.value, Unavailable)
