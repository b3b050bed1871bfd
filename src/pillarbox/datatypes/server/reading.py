"""Objects of account 0, read as records; and how whoever works by them hears that they have changed."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import orjson

from pillarbox.objects import DataType, Record
from pillarbox.store import Feed, Notice, Select, Unit

__all__ = ["looked_at", "numbered", "selected"]

R = TypeVar("R", bound=Record)

_EVERYTHING = Select()


def selected(server: Unit, kind: DataType[R], wanted: Select = _EVERYTHING) -> list[R]:
    """Those of a type that are selected, in that order; all of them if nothing is said."""
    return numbered(server, kind, server.page(kind.table, wanted, 0, 2**31))


def numbered(server: Unit, kind: DataType[R], numbers: Iterable[int]) -> list[R]:
    """Those that there are of these."""
    found = server.get(kind.table, list(numbers))
    return [kind.record(stored.number, orjson.loads(stored.document)) for stored in found]


async def looked_at(
    feed: Feed, kinds: Collection[DataType[Any]], look: Callable[[], Awaitable[float]], news: asyncio.Event
) -> None:
    """Looks, and again at each notice of these types, until it is cancelled.

    `look` gives how many seconds later it is looked again without a notice, since one may be lost. Whoever else knows
    that there is something to look at sets `news`.
    """
    loop = asyncio.get_running_loop()

    def heard(notice: Notice) -> None:
        if any(kind.name in notice.states for kind in kinds):
            # Called on the writer's thread. A loop that was closed in this very moment tells nobody.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(news.set)

    with feed.listen(0, heard):
        while True:
            news.clear()
            seconds = await look()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await news.wait()
