"""How many requests of one account are in hand at once (RFC 8620 section 2, `maxConcurrentRequests`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from pillarbox.http.problem import Problem

__all__ = ["Turns"]

_LIMIT = "urn:ietf:params:jmap:error:limit"
_READING = 4
"""For each request that may be served, so many may be on their way in: most of those who send slowly mean no harm."""


@dataclass
class _Line:
    """Those of one account who are being served or wait."""

    slots: asyncio.Semaphore
    length: int = 0


@dataclass
class Turns:
    """Serves `limits` of an account's requests at a time, by the name of their limit; more wait their turn.

    Waiting is kinder to a client that opens one connection more than refusing is, but only so many may wait, and only
    for so many seconds.
    """

    limits: dict[str, int]
    waiting: int = 32
    seconds: float = 30.0
    _lines: dict[tuple[int, str], _Line] = field(default_factory=dict)

    def turn(self, account: int, limit: str) -> AbstractAsyncContextManager[None]:
        """A block for one request of the account. Raises Problem with the limit's name."""
        return self._block(account, limit, limit, self.limits[limit])

    def reading(self, account: int, limit: str) -> AbstractAsyncContextManager[None]:
        """A block for taking in one request that then waits its turn. Raises Problem with the limit's name."""
        return self._block(account, f"{limit}, reading", limit, self.limits[limit] * _READING)

    @asynccontextmanager
    async def _block(self, account: int, name: str, limit: str, size: int) -> AsyncIterator[None]:
        line = self._lines.setdefault((account, name), _Line(asyncio.Semaphore(size)))
        if line.length >= size + self.waiting:
            raise _refused(limit)
        line.length += 1
        try:
            try:
                async with asyncio.timeout(self.seconds):
                    await line.slots.acquire()
            except TimeoutError:
                raise _refused(limit) from None
            try:
                yield
            finally:
                line.slots.release()
        finally:
            line.length -= 1
            if not line.length:
                self._lines.pop((account, name), None)


def _refused(limit: str) -> Problem:
    return Problem(400, "too many requests of this account at once", _LIMIT, more={"limit": limit})
