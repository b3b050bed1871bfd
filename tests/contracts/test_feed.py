"""The feed: what is told, to whom, and when."""

import threading
from dataclasses import replace

from tests.toy.failing import failing
from tests.toy.notes import NOTE, PAGE, add

from pillarbox.store import Notice, Store
from pillarbox.wire.values import state_text


def test_a_notice_tells_the_states_that_a_reader_then_sees(store: Store) -> None:
    seen = []

    def listener(notice: Notice) -> None:
        with store.read(1) as unit:
            seen.append((notice, state_text(unit.epoch, unit.state(NOTE)), unit.numbers(NOTE, 9)))

    with store.feed.listen(1, listener), store.write(1) as unit:
        number = add(unit)
        assert seen == []
    ((notice, state, numbers),) = seen
    assert notice == Notice(1, {"Note": state})
    assert numbers == [number]


def test_one_notice_tells_of_all_types_that_changed(store: Store) -> None:
    heard: list[Notice] = []
    with store.feed.listen(1, heard.append), store.write(1) as unit:
        add(unit)
        unit.insert(PAGE, unit.fresh(), {})
        add(unit)
    assert [set(notice.states) for notice in heard] == [{"Note", "Page"}]


def test_of_new_objects_it_is_told_by_a_name_of_their_own(store: Store) -> None:
    """And that name's state is then what a reader is told of arrivals; what changes or goes leaves both alone."""
    table = replace(PAGE, arrivals="PageArrival")
    heard: list[Notice] = []
    with store.feed.listen(1, heard.append):
        with store.write(1) as unit:
            number = unit.fresh()
            unit.insert(table, number, {})
            unit.touch(table, number)
            came = unit.arrived(table)
        with store.write(1) as unit:
            unit.touch(table, number)
        with store.write(1) as unit:
            unit.delete(table, number, {})
    with store.read(1) as unit:
        assert unit.arrived(table) == came < unit.state(table)
        state = state_text(unit.epoch, came)
    assert [notice.states.get("PageArrival") for notice in heard] == [state, None, None]


def test_nothing_has_arrived_where_nothing_is(store: Store) -> None:
    with store.write(1) as unit:
        assert unit.arrived(PAGE) == 0
        add(unit)
        assert unit.arrived(PAGE) == 0


def test_nothing_is_told_of_a_unit_that_failed_or_changed_no_object(store: Store) -> None:
    heard: list[Notice] = []
    with store.feed.listen(1, heard.append):
        with failing(store.write(1)) as unit:
            add(unit)
        with store.write(1) as unit:
            unit.add_blob(b"octets", 0)
        with store.write(1):
            pass
        with store.read(1):
            pass
    assert heard == []


def test_only_those_who_listen_to_the_account_are_told_and_only_as_long(store: Store) -> None:
    store.create(2)
    one: list[Notice] = []
    two: list[Notice] = []
    feed = store.feed
    with feed.listen(1, one.append), feed.listen(1, one.append), feed.listen(2, two.append), store.write(1) as unit:
        add(unit)
    with store.write(1) as unit:
        add(unit)
    assert (len(one), len(two)) == (2, 0)


def test_a_listener_may_write(store: Store) -> None:
    """Ours: the notice comes when the unit's turn to write is over."""
    heard: list[Notice] = []

    def listener(notice: Notice) -> None:
        heard.append(notice)
        if len(heard) == 1:
            with store.write(1) as unit:
                add(unit)

    with store.feed.listen(1, listener), store.write(1) as unit:
        add(unit)
    assert len(heard) == 2


def test_writers_on_other_threads_are_heard(store: Store) -> None:
    heard = threading.Event()

    def write() -> None:
        with store.write(1) as unit:
            add(unit)

    with store.feed.listen(1, lambda _: heard.set()):
        thread = threading.Thread(target=write)
        thread.start()
        assert heard.wait(10)
        thread.join()
