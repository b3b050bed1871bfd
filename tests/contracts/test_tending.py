"""Which accounts are to be tended: none is left out in which something has its time, or a day later."""

from contextlib import suppress

import pytest
from tests.toy.clock import Clock
from tests.toy.notes import add, change
from tests.toy.upkeep import DAY, tended

from pillarbox.store import Store


def is_untended(store: Store, clock: Clock) -> bool:
    return 1 in store.untended(int(clock()))


def test_an_account_that_is_written_to_is_tended_each_day(store: Store, clock: Clock) -> None:
    for _ in range(10):
        with store.write(1) as unit:
            add(unit)
        clock.now += DAY
        assert is_untended(store, clock)
        tended(store, clock)
        clock.now += 3600


def test_one_that_was_at_rest_is_tended_again_when_somebody_has_written_to_it(store: Store, clock: Clock) -> None:
    with store.write(1) as unit:
        number = add(unit)
    for _ in range(3):
        clock.now += 3 * DAY
        tended(store, clock)

        with store.write(1) as unit:
            change(unit, number, at=int(clock()))

        clock.now += DAY
        assert is_untended(store, clock)


@pytest.mark.parametrize("what", ["upload", "release", "holders", "undone"])
@pytest.mark.parametrize("written", [0, 4 * DAY])
def test_a_blob_that_nothing_holds_is_met_when_it_has_its_time(
    store: Store, clock: Clock, what: str, written: int
) -> None:
    with store.write(1) as unit:
        add(unit)
    clock.now += written
    tended(store, clock)
    until = int(clock()) + 3600

    with store.write(1) as unit:
        blob = unit.add_blob(b"octets", until)
        if what != "upload":
            unit.hold(blob.number)
    with store.write(1) as unit:
        match what:
            case "release":
                unit.release(blob.number, until)
            case "holders":
                unit.set_holders(blob.number, 0, until)
            case "undone":
                unit.release(blob.number, until)
                with suppress(KeyError), unit.savepoint():
                    unit.hold(blob.number)
                    raise KeyError
    clock.now = until + 1

    assert is_untended(store, clock)


@pytest.mark.parametrize("what", ["upload", "key", "log", "octets", "owner"])
def test_something_that_has_its_time_much_later_is_met_then(store: Store, clock: Clock, what: str) -> None:
    begin = int(clock())
    until = begin + 20 * DAY
    with store.write(1) as unit:
        add(unit)
        match what:
            case "upload":
                unit.add_blob(b"octets", until)
            case "key":
                unit.once(b"key", until, begin)
            case "octets":
                unit.add_blob(b"octets" * 100_000, begin)
    history = 20 * DAY if what == "log" else None
    clock.now += 3 * DAY
    tended(store, clock, until if what == "owner" else None, history)

    # Whoever reads large octets that were dropped may do so for an hour more.
    clock.now = clock.now + 3601 if what == "octets" else until + 1

    assert is_untended(store, clock)


def test_an_account_that_was_cleared_is_tended_as_any_other(store: Store, clock: Clock) -> None:
    with store.write(1) as unit:
        unit.add_blob(b"octets", int(clock()) + DAY)
        unit.clear()
    with store.write(1) as unit:
        add(unit)

    clock.now += DAY
    assert is_untended(store, clock)
