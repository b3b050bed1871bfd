"""Units: what one did is there together, durably, once it has ended well, and not at all otherwise."""

import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.contracts.conftest import Opener
from tests.neighbour.stores import BLOB_STORES
from tests.toy.failing import failing
from tests.toy.notes import NOTE, add, change, drop, read, unneeded

from pillarbox.store import Equal, Member, NoAccount, Select, Store, Unavailable


class Stopped(Exception):
    """Something went wrong in the middle."""


def test_what_a_unit_did_is_there_when_it_has_ended(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, name="plans")

    with store.read(1) as unit:
        assert read(unit, number) == {"thread": number, "at": 0, "name": "plans", "boxes": [], "tags": []}


def test_a_unit_sees_what_it_did(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, boxes=[1])
        assert unit.page(NOTE, Select(Member("box", 1)), 0, 9) == [number]
        change(unit, number, boxes=[2])
        assert unit.count(NOTE, Select(Member("box", 1))) == 0
        drop(unit, number)
        assert read(unit, number) is None


def test_nothing_is_seen_before_the_unit_has_ended(store: Store) -> None:
    with store.write(1) as writing:
        number = add(writing)
        with store.read(1) as reading:
            assert read(reading, number) is None
            assert reading.state(NOTE) == 0


def test_a_reading_unit_sees_one_snapshot(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, at=1)
    with store.read(1) as reading:
        # Asked nothing yet: the snapshot is that of the beginning.
        with store.write(1) as writing:
            change(writing, number, at=2)
            add(writing)
        assert read(reading, number) == {"thread": number, "at": 1, "name": None, "boxes": [], "tags": []}
        assert reading.numbers(NOTE, 10) == [number]
    with store.read(1) as reading:
        assert len(reading.numbers(NOTE, 10)) == 2


def test_a_unit_that_fails_did_nothing(store: Store) -> None:
    with store.write(1) as unit:
        kept = add(unit, boxes=[1], title="kept")
        state = unit.state(NOTE)
    with failing(store.write(1)) as unit:
        add(unit, boxes=[1])
        drop(unit, kept)

    with store.read(1) as unit:
        assert unit.numbers(NOTE, 10) == [kept]
        assert unit.page(NOTE, Select(Member("box", 1)), 0, 9) == [kept]
        assert unit.count(NOTE, Select(Member("box", 1))) == 1
        assert unit.state(NOTE) == state
        assert list(unit.inspect([NOTE])) == []


def test_a_unit_that_fails_first_in_an_account_leaves_no_type_behind(store: Store) -> None:
    with failing(store.write(1)) as unit:
        add(unit)
    with store.write(1) as unit:
        assert unit.state(NOTE) == 0
        number = add(unit)
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 10) == [number]


def test_what_was_committed_is_there_after_reopening(opener: Opener) -> None:
    first = opener()
    first.create(1)
    with first.write(1) as unit:
        number = add(unit, name="plans", boxes=[1], title="the garden")
        state, epoch = unit.state(NOTE), unit.epoch
    first.close()

    with opener().read(1) as unit:
        assert unit.page(NOTE, Select(Equal("name", "plans")), 0, 9) == [number]
        assert (unit.state(NOTE), unit.epoch) == (state, epoch)


def test_what_was_committed_is_seen_by_another_store_over_the_same_data(opener: Opener) -> None:
    one, other = opener(), opener()
    one.create(1)
    with other.write(1) as unit:
        number = add(unit)
    with one.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]
    with one.write(1) as unit:
        drop(unit, number)
    with other.read(1) as unit:
        assert unit.numbers(NOTE, 9) == []


def test_a_unit_cannot_be_asked_when_it_has_ended(store: Store) -> None:
    """Ours: its connection may be another unit's by then."""
    with store.write(1) as unit:
        number = add(unit)
    with store.read(1) as reading:
        rest = reading.get(NOTE, [number])
    with pytest.raises(AttributeError):
        reading.numbers(NOTE, 1)
    with pytest.raises(AttributeError):
        list(rest)


def test_reading_that_was_left_half_way_keeps_no_snapshot(store: Store) -> None:
    with store.write(1) as unit:
        numbers = [add(unit) for _ in range(5)]
    kept = []
    for _ in range(3):
        with store.read(1) as unit:
            objects = unit.get(NOTE, numbers)
            next(objects)
            kept.append(objects)
    with store.write(1) as unit:
        objects = unit.get(NOTE, numbers)
        next(objects)
        kept.append(objects)
        numbers.append(add(unit))
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 10) == numbers


def test_reading_that_an_exception_left_half_way_keeps_no_snapshot(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit)

    def stop(unit_numbers: list[int]) -> None:
        with store.read(1) as unit:
            for _ in unit.get(NOTE, unit_numbers):
                raise Stopped

    with pytest.raises(Stopped) as kept:
        stop([number])
    with store.write(1) as unit:
        add(unit)
    with store.read(1) as reading:
        assert len(reading.numbers(NOTE, 10)) == 2
    # The traceback has held the generator all the time.
    assert kept.value.__traceback__ is not None


def test_units_write_one_after_the_other(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, at=0)

    def count(_: int) -> None:
        for _ in range(10):
            with store.write(1) as unit:
                note = read(unit, number)
                assert note is not None
                change(unit, number, at=note["at"] + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    with store.read(1) as reading:
        note = read(reading, number)
    assert note is not None
    assert note["at"] == 80


def test_two_processes_write_one_after_the_other(store: Store, process: Callable[..., "subprocess.Popen[str]"]) -> None:
    with store.write(1) as unit:
        number = add(unit, at=0, tags=["counter"])
    started = [process("count"), process("count")]

    assert [one.wait() for one in started] == [0, 0]
    with store.read(1) as reading:
        note = read(reading, number)
        assert list(reading.inspect([NOTE])) == []
    assert note is not None
    assert note["at"] == 200


def test_a_writer_waits_for_a_writer_of_another_process_no_longer_than_it_may(
    opener: Opener, store: Store, process: Callable[..., "subprocess.Popen[str]"]
) -> None:
    other = process("hold")
    assert other.stdout is not None
    assert other.stdout.readline() == "writing\n"
    impatient = opener(patience=0.05)

    with pytest.raises(Unavailable), impatient.write(1):
        pytest.fail("two units write")
    # Readers do not wait.
    with impatient.read(1) as unit:
        assert unit.numbers(NOTE, 9) == []
    other.communicate("")
    with impatient.write(1) as unit:
        assert len(unit.numbers(NOTE, 9)) == 1


def test_a_writer_waits_for_a_writer_of_another_thread_no_longer_than_it_may(opener: Opener) -> None:
    store = opener(patience=0.05)
    store.create(1)
    begun, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write(1):
            begun.set()
            ended.wait()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        begun.wait()
        try:
            with pytest.raises(Unavailable), store.write(1):
                pytest.fail("two units write")
        finally:
            ended.set()
        holding.result()
    with store.write(1) as unit:
        add(unit)


def test_accounts_do_not_wait_for_each_other(store: Store) -> None:
    store.create(2)
    with store.write(1) as one, store.write(2) as other:
        assert add(one) == add(other) == 1


def test_what_a_killed_process_had_not_committed_is_not_there(
    store: Store, process: Callable[..., "subprocess.Popen[str]"]
) -> None:
    other = process("hold")
    assert other.stdout is not None
    other.stdout.readline()
    other.kill()
    other.wait()
    with store.write(1) as unit:
        assert unit.numbers(NOTE, 9) == []
        add(unit)


@pytest.mark.parametrize("opener", BLOB_STORES, indirect=True)
@pytest.mark.parametrize("after", [1, 3, 7])
def test_what_a_killed_process_said_it_had_committed_is_there(
    store: Store, process: Callable[..., "subprocess.Popen[str]"], after: int
) -> None:
    other = process("spin")
    assert other.stdout is not None
    for _ in range(after):
        other.stdout.readline()
    other.kill()
    told = after + len(other.stdout.read().splitlines())
    other.wait()

    with store.read(1) as unit:
        # One more may have been committed and not yet told.
        assert len(unit.numbers(NOTE, 100_000)) in (told, told + 1)
        assert [held for held in unit.blobs(0, 100_000) if unit.verify(held.blob)] == []
        places = {finding.place for finding in unit.inspect([NOTE])}
    assert places <= {"blobs"}
    store.sweep(1, unneeded)
    with store.read(1) as unit:
        assert [finding for finding in unit.inspect([NOTE]) if "belongs to no blob" in finding.problem] == []


def test_an_exception_of_the_caller_is_not_taken_for_one_of_the_store(store: Store) -> None:
    with pytest.raises(FileNotFoundError), store.read(1):
        raise FileNotFoundError("something else")
    with pytest.raises(TimeoutError), store.write(1):
        raise TimeoutError("something else")


def test_an_account_that_is_not_there_cannot_be_read_or_written(store: Store) -> None:
    for account in (2, 0, -1):
        with pytest.raises(NoAccount), store.read(account):
            pytest.fail("an account from nothing")
        with pytest.raises(NoAccount), store.write(account):
            pytest.fail("an account from nothing")
        with pytest.raises(NoAccount):
            store.version(account)
        with pytest.raises(NoAccount), store.stage(account):
            pytest.fail("an account from nothing")


def test_a_closed_store_is_not_available(store: Store) -> None:
    with store.read(1) as reading:
        store.close()
        assert reading.numbers(NOTE, 1) == []
    with pytest.raises(Unavailable), store.read(1):
        pytest.fail("it was closed")
    store.close()


def test_a_hundred_accounts_are_written_by_eight_threads(opener: Opener) -> None:
    store = opener(max_open=3)
    for account in range(1, 101):
        store.create(account)

    def work(start: int) -> None:
        for step in range(100):
            account = (start * 37 + step * 11) % 100 + 1
            with store.write(account) as unit:
                add(unit, boxes=[1])
            with store.read(account) as unit:
                assert unit.count(NOTE, Select(Member("box", 1))) >= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    total = 0
    for account in range(1, 101):
        with store.read(account) as unit:
            total += unit.count(NOTE, Select())
    assert total == 800
