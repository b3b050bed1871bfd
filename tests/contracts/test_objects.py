"""Objects and their numbers."""

from typing import Any

import orjson
from tests.contracts.conftest import Opener
from tests.toy.failing import failing
from tests.toy.notes import NOTE, PAGE, add, change, document, drop, read

from pillarbox.store import Equal, Select, Store


def stored(objects: Any) -> dict[int, tuple[Any, Any]]:
    return {one.number: (orjson.loads(one.document), one.apart and orjson.loads(one.apart)) for one in objects}


def test_objects_are_had_in_the_order_asked_for_once_each_and_only_those_that_exist(store: Store) -> None:
    with store.write(1) as unit:
        first, second, gone = add(unit, name="a"), add(unit, name="b"), add(unit)
        drop(unit, gone)
    with store.read(1) as unit:
        for get in (unit.get, unit.get_apart):
            assert [one.number for one in get(NOTE, [second, first, second, gone, 10**15])] == [second, first]
        assert list(unit.get(NOTE, [])) == []


def test_more_objects_can_be_had_than_are_read_at_once(store: Store) -> None:
    with store.write(1) as unit:
        numbers = [add(unit) for _ in range(450)]
    with store.read(1) as unit:
        assert {one.number for one in unit.get(NOTE, numbers)} == set(numbers)
        assert {one.number for one in unit.get_apart(NOTE, numbers)} == set(numbers)


def test_a_document_is_kept_as_it_is(store: Store) -> None:
    whole: dict[str, Any] = {
        "text": "naïve \u0000 \U0001f370 \"'",
        "list": [1, -1, 2**53 - 1, 0.5, None, True],
        "": {"a/b~": {}},
    }
    with store.write(1) as unit:
        number = unit.fresh()
        unit.insert(PAGE, number, whole)
    with store.read(1) as unit:
        assert stored(unit.get(PAGE, [number])) == {number: (whole, None)}


def test_what_is_apart_is_had_only_if_asked_for(store: Store) -> None:
    with store.write(1) as unit:
        plain, large = unit.fresh(), unit.fresh()
        unit.insert(PAGE, plain, {"a": 1})
        unit.insert(PAGE, large, {"a": 2}, apart={"body": "long"})
    with store.read(1) as unit:
        assert stored(unit.get(PAGE, [plain, large])) == {plain: ({"a": 1}, None), large: ({"a": 2}, None)}
        assert stored(unit.get_apart(PAGE, [plain, large])) == {
            plain: ({"a": 1}, None),
            large: ({"a": 2}, {"body": "long"}),
        }


def test_what_is_apart_stays_when_the_document_changes_and_goes_with_it(store: Store) -> None:
    with store.write(1) as unit:
        number = unit.fresh()
        unit.insert(PAGE, number, {"a": 1}, apart={"body": "long"})
        unit.update(PAGE, number, {"a": 1}, {"a": 2})
        assert stored(unit.get_apart(PAGE, [number])) == {number: ({"a": 2}, {"body": "long"})}
        unit.delete(PAGE, number, {"a": 2})
        assert stored(unit.get_apart(PAGE, [number])) == {}


def test_all_numbers_are_had_ascending_up_to_a_limit(store: Store) -> None:
    with store.write(1) as unit:
        numbers = [add(unit) for _ in range(5)]
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 10) == numbers
        assert unit.numbers(NOTE, 3) == numbers[:3]
        assert unit.numbers(NOTE, 0) == []


def test_a_type_that_was_never_written_has_nothing(store: Store) -> None:
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 10) == []
        assert list(unit.get(NOTE, [1])) == list(unit.get_apart(NOTE, [1])) == []
        assert unit.page(NOTE, Select(), 0, 10) == []
        assert unit.count(NOTE, Select()) == 0
        assert unit.positions(NOTE, Select(), [1]) == {}
        assert unit.state(NOTE) == 0
        page = unit.changes(NOTE, 0, 10)
        assert (page.created, page.updated, page.destroyed, page.until, page.more) == ([], [], [], 0, False)
        assert not unit.changed(NOTE, 0).existing
        assert list(unit.inspect([NOTE, PAGE])) == []


def test_types_are_apart(store: Store) -> None:
    with store.write(1) as unit:
        note, page = add(unit), unit.fresh()
        unit.insert(PAGE, page, {})
        assert note != page
        assert unit.numbers(NOTE, 9) == [note]
        assert unit.numbers(PAGE, 9) == [page]
        assert list(unit.get(PAGE, [note])) == []


def test_accounts_are_apart(store: Store) -> None:
    store.create(2)
    with store.write(1) as unit:
        add(unit, name="mine")
    with store.read(2) as unit:
        assert unit.numbers(NOTE, 9) == []
        assert unit.state(NOTE) == 0


def test_no_number_is_given_twice(opener: Opener) -> None:
    store = opener()
    store.create(1)
    given: list[int] = []
    for _ in range(3):
        with store.write(1) as unit:
            numbers = [add(unit), add(unit), unit.add_blob(b"%d" % len(given), 0).number]
            for number in numbers[:2]:
                drop(unit, number)
        given += numbers
        with failing(store.write(1)) as unit:
            add(unit)
        store.close()
        store = opener()
    with store.write(1) as unit:
        unit.trim_log(2**40, 0)
        given.append(unit.fresh())
    assert len(set(given)) == len(given)


def test_a_number_given_in_a_savepoint_that_was_undone_is_no_objects(store: Store) -> None:
    with store.write(1) as unit:
        before = add(unit)
        with failing(unit.savepoint()):
            add(unit)
        after = add(unit)
        assert unit.numbers(NOTE, 9) == [before, after]
        assert list(unit.inspect([NOTE])) == []


def test_an_amended_object_has_changed_for_queries_and_not_for_clients(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, name="old")
        state = unit.state(NOTE)
    with store.write(1) as unit:
        unit.amend(NOTE, number, document(number, name="old"), document(number, name="new"))
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(Equal("name", "new")), 0, 9) == [number]
        assert unit.state(NOTE) == state
        assert unit.changes(NOTE, state, 9).updated == []
        assert list(unit.inspect([NOTE])) == []


def test_indexes_follow_a_document_wherever_it_goes(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, at=None, boxes=[1, 2], tags=["x"])
    changes: tuple[dict[str, Any], ...] = (
        {"at": 5},
        {"boxes": [2, 3]},
        {"at": None, "tags": []},
        {"at": 1, "boxes": []},
        {"name": "z"},
    )
    for more in changes:
        with store.write(1) as unit:
            change(unit, number, **more)
        with store.read(1) as unit:
            assert list(unit.inspect([NOTE])) == []
            note = read(unit, number)
            assert note is not None
            assert note | more == note


def test_a_lost_object_is_made_again_under_its_number(store: Store) -> None:
    """For whoever mends an account: what refers to the object finds it again, and its change log says so."""
    with store.write(1) as unit:
        number = add(unit, name="lost")
    with store.write(1) as unit:
        drop(unit, number)
    with store.write(1) as unit:
        before = unit.state(NOTE)
        unit.insert(NOTE, number, document(number, name="found"))
    with store.read(1) as unit:
        assert unit.changes(NOTE, before, 9).created == [number]
        assert list(unit.inspect([NOTE])) == []
