"""Savepoints: a part of a unit that is undone by itself."""

from tests.toy.failing import failing
from tests.toy.notes import NOTE, PAGE, add, change, drop, read

from pillarbox.store import Equal, Member, Notice, Select, Store, Text
from pillarbox.wire.words import phrases


def test_what_was_done_in_a_savepoint_that_ends_well_stays(store: Store) -> None:
    with store.write(1) as unit, unit.savepoint():
        number = add(unit, name="a")
    with store.read(1) as reading:
        assert reading.numbers(NOTE, 9) == [number]


def test_a_savepoint_that_fails_undoes_all_of_it_and_nothing_else(store: Store) -> None:
    with store.write(1) as unit:
        kept, victim = add(unit, name="kept", boxes=[1]), add(unit, name="victim", boxes=[1], title="garden")
        held = unit.add_blob(b"held", 0)
        unit.hold(held.number)
        state = unit.state(NOTE)
        with failing(unit.savepoint()):
            add(unit, boxes=[1])
            change(unit, kept, name="other", boxes=[2])
            drop(unit, victim)
            unit.release(held.number, 0)
            unit.hold(unit.add_blob(b"new", 0).number)
            assert unit.once(b"key", 10, 0)
        assert unit.state(NOTE) == state
        assert unit.held_size() == 4
        assert unit.once(b"key", 10, 0)
    with store.read(1) as unit:
        note = read(unit, kept)
        assert note is not None
        assert note["name"] == "kept"
        assert unit.page(NOTE, Select(Member("box", 1)), 0, 9) == [kept, victim]
        assert unit.count(NOTE, Select(Member("box", 1))) == 2
        assert unit.page(NOTE, Select(Equal("name", "other")), 0, 9) == []
        assert unit.page(NOTE, Select(Text((), phrases("garden"))), 0, 9) == [victim]
        assert unit.state(NOTE) == state
        assert list(unit.inspect([NOTE])) == []


def test_a_type_first_written_in_a_savepoint_that_fails_can_be_written_after_it(store: Store) -> None:
    with store.write(1) as unit:
        for _ in range(2):
            with failing(unit.savepoint()):
                add(unit, title="garden")
        assert unit.numbers(NOTE, 9) == []
        assert unit.state(NOTE) == 0
        number = add(unit, title="garden")
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]
        assert list(unit.inspect([NOTE])) == []


def test_savepoints_are_nested(store: Store) -> None:
    with store.write(1) as unit:
        with unit.savepoint():
            outer = add(unit)
            with failing(unit.savepoint()):
                add(unit)
                with unit.savepoint():
                    add(unit)
            last = add(unit)
        assert unit.numbers(NOTE, 9) == [outer, last]
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [outer, last]


def test_a_savepoint_is_undone_while_something_is_being_read(store: Store) -> None:
    with store.write(1) as unit:
        numbers = [add(unit) for _ in range(3)]
        objects = unit.get(NOTE, numbers)
        with failing(unit.savepoint()):
            next(objects)
            add(unit)
            next(unit.get_apart(NOTE, numbers))
        assert len(list(objects)) == 2


def test_what_was_undone_is_not_told(store: Store) -> None:
    heard: list[Notice] = []
    with store.feed.listen(1, heard.append), store.write(1) as unit:
        add(unit)
        with failing(unit.savepoint()):
            unit.insert(PAGE, unit.fresh(), {})
    assert [set(notice.states) for notice in heard] == [{"Note"}]


def test_a_blob_dropped_in_a_savepoint_that_fails_keeps_its_octets(store: Store) -> None:
    large = bytes(200_000)
    with store.write(1) as unit:
        blob = unit.add_blob(large, 5)
    with store.write(1) as unit:
        with failing(unit.savepoint()):
            assert unit.collect(10) == 1
        assert unit.blob(blob.number) == blob
    with store.read(1) as unit:
        assert unit.octets(blob, 0, blob.size) == large
