"""Streams that end with the server: one task waits for all of them, where one for each takes more than a kilobyte."""

import asyncio
from collections.abc import Callable

__all__ = ["Ending"]


class Ending:
    """Calls whoever is here once an event is set; those who come later at once. On one event loop."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event
        self._calls: set[Callable[[], None]] = set()
        self._waiting: asyncio.Task[None] | None = None

    @classmethod
    def by(cls, event: asyncio.Event) -> "Ending":
        """The one of an event, for all who wait for it."""
        return _ENDINGS.get(event) or cls(event)

    def add(self, call: Callable[[], None]) -> None:
        """It is called when the event is set, if it is still here."""
        if self._event.is_set():
            call()
            return
        self._calls.add(call)
        if self._waiting is None:
            _ENDINGS[self._event] = self
            self._waiting = asyncio.get_running_loop().create_task(self._wait())

    def remove(self, call: Callable[[], None]) -> None:
        """It is not called any more. The task ends with the last one."""
        self._calls.discard(call)
        if not self._calls and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
            del _ENDINGS[self._event]

    async def _wait(self) -> None:
        await self._event.wait()
        for call in tuple(self._calls):
            call()


_ENDINGS: dict[asyncio.Event, Ending] = {}
"""Those that somebody waits in."""
