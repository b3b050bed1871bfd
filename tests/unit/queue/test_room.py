"""Who may try when, and that nobody waits for room that they do not need."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest

from pillarbox.queue.room import Room, Wanted


def run(body: Coroutine[Any, Any, None]) -> None:
    asyncio.run(body)


async def entered(room: Room, stack: AsyncExitStack, wanted: Wanted) -> bool:
    """Whether there is room at once."""
    try:
        async with asyncio.timeout(0.01):
            await stack.enter_async_context(room.taken(wanted))
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (lambda at: Wanted("one", at, is_large=False), 5),
        (lambda at: Wanted(f"d{at}", 1, is_large=False), 10),
        (lambda at: Wanted(f"d{at}", at, is_large=False), 50),
        (lambda at: Wanted(f"d{at}", at, is_large=True), 4),
        (lambda at: Wanted(f"d{at}", 1, is_large=True), 1),
    ],
    ids=["to one", "of one", "in all", "large ones", "large ones of one"],
)
def test_so_many_are_let_in(wanted: Any, most: int) -> None:
    async def body() -> None:
        room = Room()
        async with AsyncExitStack() as stack:
            assert [await entered(room, stack, wanted(at)) for at in range(most + 2)] == [True] * most + [False] * 2
        async with AsyncExitStack() as stack:
            # All of it is free again, that of those who gave up as well.
            assert await entered(room, stack, wanted(0))

    run(body())


def test_nobody_waits_behind_those_who_want_what_is_full() -> None:
    async def body() -> None:
        room = Room()
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
            for _ in range(5):
                assert await entered(room, stack, Wanted("full", 1, is_large=False))
            waiting = asyncio.Event()

            async def wait() -> None:
                async with room.taken(Wanted("full", 2, is_large=False)):
                    waiting.set()

            tasks.create_task(wait())
            await asyncio.sleep(0)
            assert await entered(room, stack, Wanted("free", 1, is_large=False))
            assert not waiting.is_set()
            await stack.aclose()
        assert waiting.is_set()

    run(body())


def test_who_is_cancelled_leaves_no_trace() -> None:
    async def body() -> None:
        room = Room()
        async with AsyncExitStack() as stack:
            for _ in range(5):
                assert await entered(room, stack, Wanted("full", 1, is_large=False))
            late = asyncio.ensure_future(entered(room, stack, Wanted("full", 2, is_large=False)))
            await asyncio.sleep(0)
            late.cancel()
            await asyncio.gather(late, return_exceptions=True)
        async with AsyncExitStack() as stack:
            assert [await entered(room, stack, Wanted("full", 3, is_large=False)) for _ in range(5)] == [True] * 5

    run(body())
