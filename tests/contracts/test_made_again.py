"""An account made again of what was written down of it: emptied, with the numbers that its objects had."""

import pytest
from tests.contracts.conftest import Opener
from tests.neighbour.stores import BLOB_STORES
from tests.toy.failing import failing
from tests.toy.notes import NOTE, PAGE, TABLES, add, document, read

from pillarbox.store import Everything, Notice, Select, Store, StoreError, Text, Unit
from pillarbox.wire.words import indexable, phrases

pytestmark = pytest.mark.parametrize("opener", BLOB_STORES, indirect=True)

LARGE = bytes(range(256)) * 1000


def found(unit: Unit, word: str) -> list[int]:
    return unit.page(NOTE, Select(Text(("body",), phrases(word))), 0, 10)


def put(store: Store, octets: bytes, number: int, holders: int = 0) -> None:
    with store.stage(1) as staged:
        staged.write(octets)
        with store.write(1) as unit:
            unit.put_blob(number, staged, holders, 50)


def test_an_emptied_account_has_nothing(store: Store) -> None:
    with store.write(1) as unit:
        add(unit, body="plans", boxes=[1], tags=["a"])
        unit.insert(PAGE, unit.fresh(), {})
        unit.hold(unit.add_blob(LARGE, 0).number)
        unit.once(b"key", 10, 0)
    with store.write(1) as unit:
        unit.clear()
        assert unit.count(NOTE, Select(Everything())) == 0
    with store.read(1) as unit:
        assert (unit.numbers(NOTE, 9), unit.numbers(PAGE, 9), unit.blobs(0, 9)) == ([], [], [])
        assert (unit.held_size(), unit.remembered(b"", 9), unit.state(NOTE)) == (0, [], 0)
        assert not unit.seen(b"key", 0)
        assert list(unit.inspect(TABLES)) == []
    assert store.sweep(1, lambda _: False) == 0


def test_an_emptied_account_gives_no_number_twice_and_has_another_epoch(store: Store) -> None:
    with store.write(1) as unit:
        epoch, last = unit.epoch, add(unit)
    with store.write(1) as unit:
        unit.clear()
        assert unit.fresh() > last
    with store.read(1) as unit:
        assert unit.epoch != epoch


def test_what_is_put_into_an_emptied_account_in_one_unit_is_seen_with_it(store: Store) -> None:
    with store.write(1) as unit:
        add(unit, body="before", boxes=[1])
    with store.read(1) as reading:
        with store.write(1) as unit:
            unit.clear()
            unit.reserve(77)
            unit.insert(NOTE, 77, document(boxes=[1], tags=["b"]), {"apart": 1}, {"body": indexable("after")})
        assert found(reading, "before") != []
    with store.read(1) as unit:
        assert (found(unit, "before"), found(unit, "after")) == ([], [77])
        assert read(unit, 77) == document(boxes=[1], tags=["b"])
        assert unit.changes(NOTE, 0, 10).created == [77]
        assert list(unit.inspect(TABLES)) == []


def test_an_account_that_is_emptied_in_vain_is_as_it_was(store: Store) -> None:
    with store.write(1) as unit:
        epoch, number = unit.epoch, add(unit, body="plans")
        blob = unit.add_blob(LARGE, 50)
    with failing(store.write(1)) as unit:
        unit.clear()
    with store.read(1) as unit:
        assert (unit.epoch, found(unit, "plans")) == (epoch, [number])
        assert unit.octets(blob, 0, 3) == LARGE[:3]


def test_whoever_listens_hears_of_all_types_that_were_there(store: Store) -> None:
    with store.write(1) as unit:
        add(unit)
        unit.insert(PAGE, unit.fresh(), {})
    heard: list[Notice] = []
    with store.feed.listen(1, heard.append), store.write(1) as unit:
        unit.clear()
        add(unit)
        epoch = unit.epoch
    assert [set(notice.states) for notice in heard] == [{"Note", "Page"}]
    assert all(state.startswith(epoch) for notice in heard for state in notice.states.values())


def test_a_blob_is_put_under_the_number_it_had(store: Store) -> None:
    put(store, LARGE, 9, holders=2)
    put(store, b"few", 4)
    with store.write(1) as unit:
        assert [(one.blob.number, one.holders) for one in unit.blobs(0, 9)] == [(4, 0), (9, 2)]
        assert (unit.held_size(), unit.given()) == (2 * len(LARGE), 9)
        assert unit.octets(unit.blobs(4, 1)[0].blob, 0, 3) == LARGE[:3]
        assert unit.collect(51) == 1


@pytest.mark.parametrize(("number", "octets"), [(9, b"other"), (10, b"octets")])
def test_a_blob_whose_number_or_octets_are_there_is_refused(store: Store, number: int, octets: bytes) -> None:
    put(store, b"octets", 9)
    with pytest.raises(StoreError):
        put(store, octets, number)
    with store.read(1) as unit:
        assert [one.blob.number for one in unit.blobs(0, 9)] == [9]


def test_the_octets_of_a_blob_may_come_back_in_the_unit_that_emptied_the_account(store: Store) -> None:
    with store.write(1) as unit:
        number = unit.add_blob(LARGE, 50).number
    with store.stage(1) as staged:
        staged.write(LARGE)
        with store.write(1) as unit:
            unit.clear()
            unit.put_blob(number, staged, 1, 50)
    with store.read(1) as unit:
        (held,) = unit.blobs(0, 9)
        assert (held.blob.number, unit.verify(held.blob)) == (number, None)


def test_numbers_up_to_one_that_is_reserved_are_not_given(store: Store, opener: Opener) -> None:
    with store.write(1) as unit:
        unit.reserve(100)
        unit.reserve(50)
        assert unit.given() == 100
    with opener().write(1) as unit:
        assert (unit.given(), unit.fresh()) == (100, 101)


def test_keys_are_told_in_order_with_their_times(store: Store) -> None:
    with store.write(1) as unit:
        for key, until in ((b"b", 2), (b"a", 1), (b"c", 3)):
            unit.once(key, until, 0)
    with store.read(1) as unit:
        assert unit.remembered(b"", 2) == [(b"a", 1), (b"b", 2)]
        assert unit.remembered(b"b", 2) == [(b"c", 3)]
