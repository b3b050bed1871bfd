"""The one way from the event loop to what blocks (adr/0003).

A call of the engine is plain synchronous code; it runs in one of two threads, and a password is hashed in one of two
others, so that a flood of logins does not keep mail waiting. Of one account only one call runs at a time, so that whose
calls are slow does not stop the server for everybody.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

__all__ = ["Door"]

P = ParamSpec("P")
T = TypeVar("T")


class Door:
    """Runs blocking calls in threads, few at a time."""

    def __init__(self) -> None:
        self._engine = ThreadPoolExecutor(2, "engine")
        self._passwords = ThreadPoolExecutor(2, "password")
        self._closed = False
        self._running: set[asyncio.Future[Any]] = set()
        self._at_work = 0
        self._lines: dict[int, _Line] = {}

    @property
    def is_quiet(self) -> bool:
        """Whether no thread has a call of the engine to run, but for brief ones.

        Only then is a brief call made on the event loop. While a thread runs Python, each statement of the loop's would
        give the interpreter away, and wait half a millisecond to get it back.
        """
        return not self._at_work

    async def through(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call gives or raises. The log's request id goes along."""
        self._at_work += 1
        try:
            return await self._run(self._engine, partial(call, *args, **kwargs))
        finally:
            self._at_work -= 1

    async def for_account(self, account: int, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, after what came before of this account."""
        async with self._in_line(account):
            return await self.through(call, *args, **kwargs)

    async def for_brief(self, account: int, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, for what would have run on the event loop, had that been quiet."""
        async with self._in_line(account):
            return await self._run(self._engine, partial(call, *args, **kwargs))

    async def for_password(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same as `through`, for what hashes."""
        return await self._run(self._passwords, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Begins nothing any more, and cancels who asks for it; what runs goes on."""
        self._closed = True
        self._engine.shutdown(wait=False, cancel_futures=True)
        self._passwords.shutdown(wait=False, cancel_futures=True)

    async def ended(self, seconds: float) -> bool:
        """Whether all that ran is over, after so many seconds at most; whoever waits for the rest is let go."""
        if not self._running:
            return True
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for ending in late:
            ending.cancel()
        return not late

    @asynccontextmanager
    async def _in_line(self, account: int) -> AsyncIterator[None]:
        line = self._lines.setdefault(account, _Line())
        line.length += 1
        try:
            async with line.turn:
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[account]

    async def _run(self, threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        if self._closed:
            raise asyncio.CancelledError
        running = threads.submit(copy_context().run, call)
        ending = asyncio.wrap_future(running)
        self._running.add(ending)
        ending.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(ending)
        except asyncio.CancelledError:
            # A thread cannot be stopped, and whoever waits for it would go on to close the files that it writes to.
            if not running.cancel() and not ending.done():
                await asyncio.wait([ending])
            raise


@dataclass(slots=True)
class _Line:
    """Those of one account whose calls run or wait."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0
