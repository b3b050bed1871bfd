"""Room for attempts: how many are made at once, to whom and for whom.

Strangers choose where an account sends, for they can write to one that answers by itself. So servers that stall may
take up what is the account's, and never all there is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

__all__ = ["Room", "Wanted"]

_AT_ONCE, _TO_ONE, _OF_ONE = 50, 5, 10
"""Connections: in all, to one destination, of one account."""
_LARGE, _LARGE_OF_ONE = 4, 1
"""Those of them with a large message in memory: in all, of one account."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """An attempt: its destination, the account whose message it is, and whether that is large."""

    destination: str
    account: int
    is_large: bool


class Room:
    """Who comes first is let in first, but nobody waits for room that they do not need; used on one event loop."""

    def __init__(self) -> None:
        self._taken: list[Wanted] = []
        self._waiting: dict[Wanted, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def taken(self, wanted: Wanted) -> AsyncIterator[None]:
        """A block that begins once there is room for it, of which it has nothing before."""
        await self._enter(wanted)
        try:
            yield
        finally:
            self._taken.remove(wanted)
            self._let_in()

    async def _enter(self, wanted: Wanted) -> None:
        entered = self._waiting[wanted] = asyncio.get_running_loop().create_future()
        self._let_in()
        try:
            await entered
        except asyncio.CancelledError:
            if self._waiting.pop(wanted, None) is None:
                # Let in at the very moment.
                self._taken.remove(wanted)
                self._let_in()
            raise

    def _let_in(self) -> None:
        destinations = Counter(one.destination for one in self._taken)
        accounts = Counter(one.account for one in self._taken)
        large = Counter(one.account for one in self._taken if one.is_large)
        for wanted, entered in list(self._waiting.items()):
            if len(self._taken) >= _AT_ONCE:
                return
            is_full = destinations[wanted.destination] >= _TO_ONE or accounts[wanted.account] >= _OF_ONE
            if is_full or (wanted.is_large and (large.total() >= _LARGE or large[wanted.account] >= _LARGE_OF_ONE)):
                continue
            del self._waiting[wanted]
            self._taken.append(wanted)
            destinations[wanted.destination] += 1
            accounts[wanted.account] += 1
            large[wanted.account] += wanted.is_large
            entered.set_result(None)
