"""How many requests of one account are in hand at once (RFC 8620 section 2, `maxConcurrentRequests`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pillarbox.http.problem import Problem

__all__ = ["Turns"]

_LIMIT = "urn:ietf:params:jmap:error:limit"


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

    @asynccontextmanager
    async def turn(self, account: int, limit: str) -> AsyncIterator[None]:
        """A block for one request of the account. Raises Problem with the limit's name."""
        size = self.limits[limit]
        line = self._lines.setdefault((account, limit), _Line(asyncio.Semaphore(size)))
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
                self._lines.pop((account, limit), None)


def _refused(limit: str) -> Problem:
    return Problem(400, "too many requests of this account at once", _LIMIT, more={"limit": limit})
