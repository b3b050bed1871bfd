"""The change log; that its pages always rebuild the truth is in `properties/test_store_changes.py`."""

import pytest
from tests.contracts.conftest import Opener
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, PAGE, add, change, document, drop

from pillarbox.store import ChangePage, LogTooShort, Store

DAY = 86_400


def state(store: Store) -> int:
    with store.read(1) as unit:
        return unit.state(NOTE)


def page(store: Store, since: int, limit: int = 100) -> ChangePage:
    with store.read(1) as unit:
        return unit.changes(NOTE, since, limit)


def test_each_change_is_told_since_before_it(store: Store) -> None:
    with store.write(1) as unit:
        stays, changes, goes = add(unit), add(unit), add(unit)
    since = state(store)
    with store.write(1) as unit:
        change(unit, changes, name="b")
        drop(unit, goes)
        new = add(unit)
    assert page(store, since) == ChangePage([new], [changes], [goes], until=state(store), more=False, essential=True)
    assert page(store, 0) == ChangePage([stays, changes, new], [], [], until=state(store), more=False, essential=True)


def test_nothing_is_told_since_now(store: Store) -> None:
    with store.write(1) as unit:
        add(unit)
    assert page(store, state(store)) == ChangePage([], [], [], until=state(store), more=False, essential=False)


def test_what_was_created_and_destroyed_since_is_left_out(store: Store) -> None:
    since = state(store)
    with store.write(1) as unit:
        add(unit)
    with store.write(1) as unit:
        gone = add(unit)
    with store.write(1) as unit:
        change(unit, gone, name="x")
        drop(unit, gone)
    assert gone not in page(store, since).created + page(store, since).updated + page(store, since).destroyed
    with store.read(1) as unit:
        assert gone not in unit.changed(NOTE, since).existing | unit.changed(NOTE, since).new


def test_created_and_changed_since_is_created(store: Store) -> None:
    since = state(store)
    with store.write(1) as unit:
        number = add(unit)
    with store.write(1) as unit:
        change(unit, number, name="x")
    assert (page(store, since).created, page(store, since).updated) == ([number], [])


def test_a_page_holds_no_more_than_it_may_and_says_where_to_go_on(store: Store) -> None:
    with store.write(1) as unit:
        old = [add(unit) for _ in range(3)]
    since = state(store)
    with store.write(1) as unit:
        new = [add(unit)]
        change(unit, old[2], name="x")
        drop(unit, old[0])
        new.append(add(unit))
    told = []
    more = True
    while more:
        one = page(store, since, 1)
        assert len(one.created + one.updated + one.destroyed) == 1
        assert one.until > since
        told.append((one.created, one.updated, one.destroyed))
        since, more = one.until, one.more
    assert told == [([new[0]], [], []), ([], [old[2]], []), ([], [], [old[0]]), ([new[1]], [], [])]
    assert since == state(store)


def test_a_state_moves_once_a_unit_and_only_for_the_types_that_changed(store: Store) -> None:
    with store.write(1) as unit:
        first, second = add(unit), add(unit)
        inside = unit.state(NOTE)
    before = state(store)
    assert inside == before > 0
    with store.write(1) as unit:
        change(unit, first, name="x")
        change(unit, second, name="y")
        unit.insert(PAGE, unit.fresh(), {})
    after = state(store)
    assert after > before
    with store.write(1) as unit:
        unit.update(PAGE, unit.numbers(PAGE, 1)[0], {}, {"a": 1})
        unit.add_blob(b"octets", 0)
    assert state(store) == after
    with store.write(1):
        pass
    assert state(store) == after


def test_a_touched_object_has_changed(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit)
    since = state(store)
    with store.write(1) as unit:
        unit.touch(NOTE, number)
    assert page(store, since) == ChangePage([], [number], [], until=state(store), more=False, essential=True)


def test_a_change_of_volatile_properties_alone_is_not_essential(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit)
    since = state(store)
    with store.write(1) as unit:
        unit.update_volatile(NOTE, number, document(number), document(number, name="x"))
    told = page(store, since)
    assert (told.updated, told.essential) == ([number], False)
    assert page(store, 0).essential

    with store.write(1) as unit:
        change(unit, number, name="y")
    last = state(store)
    assert page(store, since).essential
    with store.write(1) as unit:
        unit.update_volatile(NOTE, number, document(number, name="y"), document(number, name="z"))
    assert page(store, since).essential
    assert not page(store, last).essential


def test_no_later_page_hides_that_an_earlier_change_was_essential(store: Store) -> None:
    """An object's essential change is told before any state that lies after it."""
    with store.write(1) as unit:
        counted, other = add(unit), add(unit)
    since = state(store)
    with store.write(1) as unit:
        change(unit, counted, name="x")
        change(unit, other, name="y")
    with store.write(1) as unit:
        unit.update_volatile(NOTE, counted, document(counted, name="x"), document(counted, name="z"))
    first = page(store, since, 1)
    assert (first.updated, first.essential, first.more) == ([counted], True, True)
    second = page(store, first.until, 1)
    assert (second.updated, second.essential, second.more) == ([other], True, True)
    third = page(store, second.until, 1)
    assert (third.updated, third.essential, third.more) == ([counted], False, False)


def test_all_that_changed_is_had_at_once_with_its_groups(store: Store) -> None:
    with store.write(1) as unit:
        add(unit, thread=1)
        changes, goes, counted = add(unit, thread=2), add(unit, thread=3), add(unit, thread=4)
    since = state(store)
    with store.write(1) as unit:
        change(unit, changes, name="x")
        drop(unit, goes)
        unit.update_volatile(NOTE, counted, document(4), document(4, name="x"))
        new = add(unit, thread=5)
        change(unit, new, name="x")
    with store.read(1) as unit:
        changed = unit.changed(NOTE, since)
        assert changed.existing == {changes, goes, counted}
        assert changed.new == {new}
        assert changed.groups == {2, 3, 4, 5}
        assert unit.changed(NOTE, unit.state(NOTE)).existing == frozenset()


def test_the_log_survives_reopening(opener: Opener) -> None:
    store = opener()
    store.create(1)
    with store.write(1) as unit:
        number = add(unit)
    store.close()
    assert page(opener(), 0).created == [number]


def test_trimming_forgets_what_was_destroyed_long_ago(store: Store, clock: Clock) -> None:
    with store.write(1) as unit:
        stays, early, late = add(unit), add(unit), add(unit)
    created = state(store)
    clock.now += 2 * DAY
    with store.write(1) as unit:
        drop(unit, early)
    without_early = state(store)
    clock.now += 2 * DAY
    with store.write(1) as unit:
        drop(unit, late)
        unit.trim_log(int(clock.now), DAY)

    for since in (0, created):
        with pytest.raises(LogTooShort):
            page(store, since)
        with store.read(1) as unit, pytest.raises(LogTooShort):
            unit.changed(NOTE, since)
    assert page(store, without_early).destroyed == [late]
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [stays]
        assert list(unit.inspect([NOTE])) == []


def test_trimming_forgets_nothing_recent(store: Store, clock: Clock) -> None:
    with store.write(1) as unit:
        number = add(unit)
    since = state(store)
    clock.now += 10 * DAY
    with store.write(1) as unit:
        drop(unit, number)
    clock.now += DAY / 2
    with store.write(1) as unit:
        unit.trim_log(int(clock.now), DAY)
    assert page(store, since).destroyed == [number]


def test_a_type_that_lost_nothing_keeps_its_log_and_a_present_state_is_never_too_old(
    store: Store, clock: Clock
) -> None:
    with store.write(1) as unit:
        unit.insert(PAGE, unit.fresh(), {})
        old = unit.state(PAGE)
    for _ in range(4):
        clock.now += 2 * DAY
        with store.write(1) as unit:
            number = add(unit)
        with store.write(1) as unit:
            drop(unit, number)
    with store.write(1) as unit:
        unit.trim_log(int(clock.now), DAY)
    with store.read(1) as unit:
        assert unit.changes(PAGE, old, 9).until == old
        assert len(unit.changes(PAGE, 0, 9).created) == 1
        assert unit.changes(NOTE, unit.state(NOTE), 9).until == unit.state(NOTE)
        with pytest.raises(LogTooShort):
            unit.changes(NOTE, 0, 9)
