"""Accounts that are to be looked at, by a task that goes from one to the next."""

import asyncio
from collections.abc import Awaitable, Callable

from pillarbox.store.error import StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["Rounds"]

_AGAIN = 1.0
"""Seconds until it is tried again to read or write what could not be."""


class Rounds:
    """Looks at each account once, however often it was asked for meanwhile; at account 0 to begin with.

    `look` is what to do. If the store could not, it is tried again soon; `stumbled` is told of any other exception, and
    gives the seconds until it is tried again, or None.
    """

    def __init__(
        self, look: Callable[[int], Awaitable[None]], stumbled: Callable[[int, Exception], float | None]
    ) -> None:
        self._look = look
        self._stumbled = stumbled
        self._asked: set[int] = {0}
        self._waiting = asyncio.Event()
        self._waiting.set()

    def ask(self, account: int) -> None:
        """It is to be looked at; called on the event loop."""
        self._asked.add(account)
        self._waiting.set()

    async def run(self) -> None:
        """Looks until it is cancelled. What the store could not do is told in the log."""
        later = asyncio.get_running_loop().call_later
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            asked, self._asked = self._asked, set()
            for account in sorted(asked):
                try:
                    await self._look(account)
                except StoreError as problem:
                    emit(Event.STORE_FAILED, known=problem.known)
                    later(_AGAIN, self.ask, account)
                except Exception as bug:  # noqa: BLE001 - a face: a bug with one account ends the looks at no other
                    if (seconds := self._stumbled(account, bug)) is not None:
                        later(seconds, self.ask, account)
