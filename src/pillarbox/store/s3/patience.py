"""Waits for a server that is slow, and lets go of whoever waits for one that says nothing (adr/0061)."""

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any, TypeVar

__all__ = ["Patience"]

T = TypeVar("T")


class Patience:
    """Of one server. `sound` asks it for next to nothing; whether it said anything, within a short time.

    While a call has no answer, the server is sounded every so many `seconds`. If it says nothing then either, all calls
    fail, and others at once, until it does.
    """

    def __init__(self, sound: Callable[[], Coroutine[Any, Any, bool]], seconds: float) -> None:
        self._sound = sound
        self._seconds = seconds
        self._loop = _loop()
        # What follows is the loop's alone.
        self._is_silent = False
        self._sounding: asyncio.Task[bool] | None = None
        self._listening: asyncio.Task[None] | None = None

    def wait(self, call: Callable[[], Awaitable[T]]) -> T:
        """What the call gives or raises. Raises TimeoutError; then the call is cancelled. Not for an event loop."""
        return asyncio.run_coroutine_threadsafe(self._answer(call), self._loop).result()

    async def _answer(self, call: Callable[[], Awaitable[T]]) -> T:
        if self._is_silent:
            raise _silent()
        asked = asyncio.ensure_future(call())
        try:
            while not (await asyncio.wait((asked,), timeout=self._seconds))[0]:
                if not await self._answers():
                    raise _silent()
            return asked.result()
        finally:
            asked.cancel()

    async def _answers(self) -> bool:
        """Whether the server says anything; asked once for all who want to know."""
        if self._is_silent:
            return False
        if self._sounding is None or self._sounding.done():
            self._sounding = asyncio.ensure_future(self._sound())
        if await asyncio.shield(self._sounding):
            return True
        if not self._is_silent:
            self._is_silent = True
            self._listening = asyncio.ensure_future(self._listen())
        return False

    async def _listen(self) -> None:
        try:
            while not await self._sound():
                await asyncio.sleep(self._seconds)
        finally:
            self._is_silent = False


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Where calls are made that can be cancelled: a thread that waits for a library cannot. One for this process."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="buckets", daemon=True)
    thread.start()
    atexit.register(_end, loop, thread)
    return loop


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    """Nothing is under way any more that would come back to an interpreter that is gone."""
    asyncio.run_coroutine_threadsafe(_cancelled(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


async def _cancelled() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _silent() -> TimeoutError:
    return TimeoutError("no answer in time")
