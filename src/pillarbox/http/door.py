"""The one way from the event loop to what blocks (adr/0003).

A call of the engine is plain synchronous code; it runs in one of two threads, and a password is hashed in one of two
others, so that a flood of logins does not keep mail waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["Door"]

P = ParamSpec("P")
T = TypeVar("T")


class Door:
    """Runs blocking calls in threads, few at a time."""

    def __init__(self) -> None:
        self._engine = ThreadPoolExecutor(2, "engine")
        self._passwords = ThreadPoolExecutor(2, "password")

    async def through(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call gives or raises. The log's request id goes along."""
        return await _run(self._engine, partial(call, *args, **kwargs))

    async def for_password(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, for what hashes."""
        return await _run(self._passwords, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Waits for what runs."""
        self._engine.shutdown()
        self._passwords.shutdown()


async def _run(threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    running = threads.submit(copy_context().run, call)
    ending = asyncio.wrap_future(running)
    try:
        return await asyncio.shield(ending)
    except asyncio.CancelledError:
        # A thread cannot be stopped, and whoever waits for it would go on to close the files that it writes to.
        if not running.cancel():
            await asyncio.wait([ending])
        raise
