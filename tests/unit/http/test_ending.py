"""Streams that end with the server, with one task for all of them."""

import asyncio
from collections.abc import Callable

from pillarbox.http.faces.ending import Ending


def kept(told: list[str], name: str) -> Callable[[], None]:
    return lambda: told.append(name)


def test_all_are_told_when_the_event_is_set_but_those_who_left() -> None:
    async def told() -> list[str]:
        event, told = asyncio.Event(), list[str]()
        here, gone = kept(told, "here"), kept(told, "gone")
        for call in (here, gone):
            Ending.by(event).add(call)
        Ending.by(event).remove(gone)
        await asyncio.sleep(0)
        event.set()
        for _ in range(3):
            await asyncio.sleep(0)
        return told

    assert asyncio.run(told()) == ["here"]


def test_who_comes_too_late_is_told_at_once() -> None:
    async def told() -> list[str]:
        event, told = asyncio.Event(), list[str]()
        event.set()
        Ending.by(event).add(kept(told, "late"))
        return told

    assert asyncio.run(told()) == ["late"]


def test_one_task_waits_for_all_and_none_when_they_have_left() -> None:
    async def tasks() -> list[int]:
        event = asyncio.Event()
        one, other = kept([], "one"), kept([], "other")
        counts = []
        for change in (Ending.add, Ending.remove):
            for call in (one, other):
                change(Ending.by(event), call)
            await asyncio.sleep(0)
            counts.append(len(asyncio.all_tasks()) - 1)
        return counts

    assert asyncio.run(tasks()) == [1, 0]
