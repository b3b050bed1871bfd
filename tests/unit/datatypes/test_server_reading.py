"""Hearing that objects of account 0 have changed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pillarbox.datatypes.server import BAN, CERTIFICATE, looked_at
from pillarbox.store import LocalFeed, Notice
from pillarbox.wire.values import State

LATER = 60.0


class Looker:
    """Counts how often it has looked."""

    def __init__(self, *waits: float) -> None:
        self.times = 0
        self._waits = list(waits)
        self._looked = asyncio.Event()

    async def look(self) -> float:
        self.times += 1
        self._looked.set()
        return self._waits.pop(0) if self._waits else LATER

    async def has_looked(self) -> None:
        """Once more than when this was asked last."""
        async with asyncio.timeout(5):
            await self._looked.wait()
        self._looked.clear()


def hold(held: Callable[[LocalFeed, Looker, asyncio.Event], Awaitable[None]], *waits: float) -> None:
    async def conversation() -> None:
        feed, looker, news = LocalFeed(), Looker(*waits), asyncio.Event()
        looking = asyncio.create_task(looked_at(feed, (BAN,), looker.look, news))
        await looker.has_looked()
        await held(feed, looker, news)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    asyncio.run(conversation())


def test_it_is_looked_again_at_a_notice_of_such_a_type_and_of_no_other() -> None:
    async def held(feed: LocalFeed, looker: Looker, _: asyncio.Event) -> None:
        feed.publish(Notice(0, {CERTIFICATE.name: State("e-1")}))
        feed.publish(Notice(1, {BAN.name: State("e-1")}))
        # All that a notice has set going is done by then.
        await asyncio.to_thread(feed.publish, Notice(0, {CERTIFICATE.name: State("e-2")}))
        assert looker.times == 1
        await asyncio.to_thread(feed.publish, Notice(0, {BAN.name: State("e-3")}))
        await looker.has_looked()
        assert looker.times == 2

    hold(held)


def test_it_is_looked_again_without_a_notice_when_it_is_time() -> None:
    async def held(_: LocalFeed, looker: Looker, __: asyncio.Event) -> None:
        await looker.has_looked()
        assert looker.times == 2

    hold(held, 0.001)


def test_whoever_else_knows_of_something_has_it_looked_at() -> None:
    async def held(_: LocalFeed, looker: Looker, news: asyncio.Event) -> None:
        news.set()
        await looker.has_looked()
        assert looker.times == 2

    hold(held)
