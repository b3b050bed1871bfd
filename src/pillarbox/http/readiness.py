"""Whether a process has all that it serves with."""

import asyncio
from collections.abc import Callable, Mapping

from pillarbox.net import Door
from pillarbox.store import Store, StoreError

__all__ = ["Health"]

_PATIENCE = 3.0
"""Seconds that the store has to answer."""
_FRESH = 1.0
"""Seconds for which what the store said is told again, so that nobody keeps it busy with this."""


class Health:
    """The parts of a process without which it is of no use; `others` tell what they lack, at once.

    `is_draining` may be set: it serves, and is about to stop.
    """

    def __init__(self, others: Mapping[str, Callable[[], str | None]] | None = None) -> None:
        self.is_draining = False
        self._others = others or {}
        self._asking: asyncio.Task[str | None] | None = None
        self._until = 0.0

    async def lacks(self, door: Door, store: Store) -> dict[str, str]:
        """What is wrong, by the part; nothing if it is ready."""
        found = {name: said for name, other in self._others.items() if (said := other()) is not None}
        said = await self._store(door, store)
        if said is not None:
            found["store"] = said
        return found

    async def _store(self, door: Door, store: Store) -> str | None:
        """One question at a time is put to the store, by however many it is asked here."""
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now >= self._until):
            self._asking = asyncio.create_task(_answered(door, store))
            self._until = now + _FRESH
        # Who asks later may put the question again before we hear the answer to this one.
        asking = self._asking
        done, _ = await asyncio.wait([asking], timeout=_PATIENCE)
        return asking.result() if done and not asking.cancelled() else "it does not answer in time"


async def _answered(door: Door, store: Store) -> str | None:
    try:
        await door.through(store.version, 0)
    except StoreError:
        # Why, is in the log: a stranger is not told.
        return "it does not answer"
    return None
