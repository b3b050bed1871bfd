"""The way from the event loop to what blocks."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator

import pytest

from pillarbox.net import Door
from pillarbox.telemetry import request_scope


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


def test_what_is_raised_comes_through(door: Door) -> None:
    """Ours: what the call raises, its caller sees."""

    def failing() -> None:
        raise KeyError("x")

    async def ask() -> None:
        with pytest.raises(KeyError):
            await door.through(failing)
        assert await door.for_password(int, "7") == 7

    asyncio.run(ask())


def test_who_is_cancelled_still_waits_for_their_thread(door: Door) -> None:
    """Ours: or what a thread writes to would be closed, and its descriptor given to another file."""
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        may_end.wait()

    async def ask() -> None:
        task = asyncio.create_task(door.through(slow))
        await asyncio.to_thread(began.wait)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=0.05)
        assert not done
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(ask())


def test_who_is_cancelled_before_their_turn_does_nothing(door: Door) -> None:
    """Ours: nothing is begun for somebody who is gone."""
    may_end = threading.Event()
    done: list[int] = []

    async def ask() -> None:
        busy = [asyncio.create_task(door.through(may_end.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        late = asyncio.create_task(door.through(done.append, 1))
        await asyncio.sleep(0)
        late.cancel()
        await asyncio.wait([late])
        may_end.set()
        await asyncio.gather(*busy)
        await door.through(done.append, 2)

    asyncio.run(ask())
    assert done == [2]


def test_passwords_do_not_keep_the_engine_waiting(door: Door) -> None:
    """Architecture section 1: a flood of logins has threads of its own."""
    may_end = threading.Event()

    async def ask() -> None:
        logins = [asyncio.create_task(door.for_password(may_end.wait)) for _ in range(50)]
        assert await door.through(int, "7") == 7
        may_end.set()
        await asyncio.gather(*logins)

    asyncio.run(ask())


def test_the_id_of_a_request_goes_along(door: Door) -> None:
    """Ours: a line of the log names its request, whichever thread it is written in."""
    mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="")

    async def ask() -> None:
        mark.set("here")
        with request_scope("id"):
            assert await door.through(mark.get) == "here"

    asyncio.run(ask())


def test_one_account_has_one_thread_at_a_time(door: Door) -> None:
    """Ours: whose calls are slow does not stop the server for everybody; their own keep their order."""
    may_end = threading.Event()
    done: list[int] = []

    async def ask() -> None:
        slow = [asyncio.create_task(door.for_account(1, may_end.wait)) for _ in range(5)]
        late = asyncio.create_task(door.for_account(1, done.append, 1))
        await asyncio.sleep(0)
        await asyncio.wait_for(door.for_account(2, done.append, 2), 10)
        may_end.set()
        await asyncio.gather(*slow, late)

    asyncio.run(ask())
    assert done == [2, 1]


def test_who_is_cancelled_gives_way_to_the_next_of_their_account(door: Door) -> None:
    """Ours: nobody waits for somebody who is gone."""
    may_end = threading.Event()

    async def ask() -> None:
        slow = asyncio.create_task(door.for_account(1, may_end.wait))
        gone = asyncio.create_task(door.for_account(1, int))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        may_end.set()
        await slow
        assert await door.for_account(1, int, "7") == 7

    asyncio.run(ask())


def test_a_call_that_does_not_end_keeps_nobody_waiting_for_ever() -> None:
    """Ours: a server that is told to stop stops, and what had not begun does not begin."""
    door = Door()
    may_end = threading.Event()
    done: list[int] = []

    async def ask() -> None:
        busy = [asyncio.create_task(door.through(may_end.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        late = asyncio.create_task(door.through(done.append, 1))
        await asyncio.sleep(0)
        for task in busy:
            task.cancel()
        door.close()
        assert not await door.ended(0.01)
        await asyncio.wait_for(asyncio.wait([*busy, late]), 10)

    asyncio.run(ask())
    may_end.set()
    assert done == []


def test_who_comes_when_it_is_closed_is_cancelled_as_others_are() -> None:
    """Ours: a server that stops is no bug, whoever still wants something of it."""
    door = Door()

    async def ask() -> None:
        door.close()
        with pytest.raises(asyncio.CancelledError):
            await door.through(int)

    asyncio.run(ask())


def test_what_ends_in_time_is_waited_for() -> None:
    """Ours: a call that runs when the server is told to stop is finished."""
    door = Door()
    began, may_end = threading.Event(), threading.Event()

    def call() -> int:
        began.set()
        may_end.wait()
        return 7

    async def ask() -> None:
        running = asyncio.create_task(door.through(call))
        await asyncio.to_thread(began.wait)
        door.close()
        may_end.set()
        assert await door.ended(10)
        assert await running == 7

    asyncio.run(ask())


def test_it_is_quiet_unless_a_thread_has_something_long_to_do(door: Door) -> None:
    """Ours: brief calls beside each other would otherwise all go on in threads, since the others do."""
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        may_end.wait()

    async def ask() -> None:
        quiet = [door.is_quiet]
        brief = asyncio.create_task(door.for_brief(1, slow))
        await asyncio.to_thread(began.wait)
        quiet.append(door.is_quiet)
        long = asyncio.create_task(door.for_account(2, slow))
        await asyncio.sleep(0)
        quiet.append(door.is_quiet)
        may_end.set()
        await asyncio.gather(brief, long)
        assert [*quiet, door.is_quiet] == [True, True, False, True]

    asyncio.run(ask())
