"""Reading at a glance: for a moment, and without waiting for anything (adr/0031)."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path

import apsw
import pytest
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, PAGE, TABLES, add, read

from pillarbox.store import Column, Contains, Glances, Moment, NoAccount, Passed, Select, Unavailable
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.store.sqlite.blobs import INLINE

LONG = Select(Contains("name", "e"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    """A store with an account 1 that is open, and 300 notes in it."""
    store = SQLiteStore(tmp_path, TABLES)
    store.create(1)
    with store.write(1) as unit:
        for at in range(300):
            add(unit, at=at, name="one of many")
    yield store
    store.close()


@pytest.fixture
def moment() -> Moment:
    """One that does not pass."""
    return Moment(1.0, Clock())


def looks(over: float = float("inf")) -> Callable[[], float]:
    """A clock that says that time has passed when it is looked at for so many times; the first one begins."""
    turns = count()
    return lambda: 0.0 if next(turns) <= over else 9.0


def taken(store: SQLiteStore, account: int) -> int:
    """How often a clock is looked at in a glance that counts."""
    turns = count()
    with store.glance(account, Moment(1.0, lambda: 0.0 * next(turns))) as unit:
        unit.count(NOTE, LONG)
    return next(turns) - 1


def test_a_glance_sees_what_a_reading_unit_sees(store: SQLiteStore, moment: Moment) -> None:
    with store.glance(1, moment) as glanced:
        seen = glanced.page(NOTE, Select(), 0, 10)
        assert seen
    with store.read(1) as unit:
        assert seen == unit.page(NOTE, Select(), 0, 10)


def test_an_account_that_is_not_open_is_not_opened(tmp_path: Path, store: SQLiteStore, moment: Moment) -> None:
    """Ours: that takes long, and may have to wait for others."""
    later = SQLiteStore(tmp_path, TABLES)
    with pytest.raises(Passed), later.glance(1, moment):
        pass
    later.close()


def test_indexes_of_no_objects_are_made_anew_once(tmp_path: Path, store: SQLiteStore, moment: Moment) -> None:
    """Ours: what a later version has found out at its first look, it knows at the next."""
    store.create(2)
    with store.write(2) as unit:
        number = unit.fresh()
        unit.insert(PAGE, number, {})
    with store.write(2) as unit:
        unit.delete(PAGE, number, {})
    later = SQLiteStore(tmp_path, (NOTE, replace(PAGE, columns=(Column("age", "integer"),))))
    with later.read(2):
        pass

    with later.glance(2, moment) as unit:
        assert unit.numbers(PAGE, 10) == []
    later.close()


def test_there_is_no_glance_at_an_account_that_does_not_exist(store: SQLiteStore, moment: Moment) -> None:
    with pytest.raises(NoAccount), store.glance(2, moment):
        pass


def test_a_statement_is_stopped_in_its_middle(store: SQLiteStore) -> None:
    """Ours: it may be one that takes a second."""
    store.create(2)
    with store.write(2) as writing:
        add(writing)
    begins, all_looks = taken(store, 2), taken(store, 1)
    assert all_looks > begins

    with pytest.raises(Passed), store.glance(1, Moment(1.0, looks(all_looks - 1))) as unit:
        unit.count(NOTE, LONG)


@pytest.mark.parametrize("over", range(6))
def test_whenever_it_ends_the_next_unit_sees_what_is_new(store: SQLiteStore, over: int) -> None:
    """Ours: a statement left half way would keep its snapshot."""
    with pytest.raises(Passed), store.glance(1, Moment(1.0, looks(over))) as unit:
        _ = [unit.count(NOTE, LONG) for _ in range(3)]

    with store.write(1) as writing:
        number = add(writing, name="new")
    with store.read(1) as unit:
        assert read(unit, number) is not None


def test_few_octets_are_read_and_files_are_not(store: SQLiteStore, moment: Moment) -> None:
    """Ours: a file may be of any size, and on a slow disk."""
    with store.write(1) as writing:
        few, many = (writing.add_blob(b"x" * size, 2**40) for size in (INLINE, INLINE + 1))

    with store.glance(1, moment) as unit:
        assert unit.octets(few, 0, 3) == b"xxx"
        with pytest.raises(Passed):
            unit.octets(many, 0, 3)


def test_what_is_asked_within_a_moment_sees_an_account_as_it_was_at_the_first(
    store: SQLiteStore, moment: Moment
) -> None:
    with Glances(store.glance, moment) as glances:
        with glances.read(1) as unit:
            before = unit.numbers(NOTE, 1000)
        with store.write(1) as writing:
            add(writing, at=300, name="later")
        with glances.read(1) as again:
            assert again is unit
            assert again.numbers(NOTE, 1000) == before

    with store.glance(1, moment) as after:
        assert len(after.numbers(NOTE, 1000)) == len(before) + 1


def test_what_is_raised_ends_the_unit_and_is_told_in_the_store_s_words(store: SQLiteStore, moment: Moment) -> None:
    with Glances(store.glance, moment) as glances:
        with pytest.raises(Unavailable), glances.read(1):
            raise apsw.BusyError
        with pytest.raises(KeyError), glances.read(1) as unit:
            raise KeyError
        with glances.read(1) as another:
            assert another is not unit


@pytest.mark.parametrize(
    ("passed", "worked", "is_over"), [(0.9, 0.9, False), (1.1, 0.2, False), (1.1, 1.1, True), (3.1, 0.0, True)]
)
def test_a_thread_that_was_kept_from_running_has_longer(passed: float, worked: float, *, is_over: bool) -> None:
    """Ours (adr/0031): a busy machine would else have everything begun twice; a slow disk is no reason to wait long."""
    clock, work = Clock(), Clock()
    moment = Moment(1.0, clock, work, 3.0)
    clock.now += passed
    work.now += worked

    with pytest.raises(Passed) if is_over else nullcontext():
        moment.check()
