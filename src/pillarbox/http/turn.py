"""How many requests of one account are in hand at once (RFC 8620 section 2, `maxConcurrentRequests`)."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from pillarbox.http.lease import Leases
from pillarbox.http.line import Line
from pillarbox.http.problem import Problem

__all__ = ["Turns"]

_LIMIT = "urn:ietf:params:jmap:error:limit"
_READING = 4
"""For each request that may be served, so many may be on their way in: most of those who send slowly mean no harm."""


@dataclass
class Turns:
    """Serves `limits` of an account's requests at a time, by the name of their limit; more wait their turn.

    With `leases` the limits hold for all processes that share them, else for this one. Waiting is kinder to a client
    that opens one connection more than refusing is, but only so many may wait in a process, and only for so many
    seconds.
    """

    limits: dict[str, int]
    waiting: int = 32
    seconds: float = 30.0
    leases: Leases | None = None
    _lines: WeakValueDictionary[tuple[int, str], Line] = field(default_factory=WeakValueDictionary)

    def turn(self, account: int, limit: str) -> AbstractAsyncContextManager[None]:
        """A block for one request of the account. Raises Problem with the limit's name."""
        return self._block(account, limit, limit, self.limits[limit])

    def reading(self, account: int, limit: str) -> AbstractAsyncContextManager[None]:
        """A block for taking in one request that then waits its turn. Raises Problem with the limit's name.

        What it bounds is this process's memory, so it is this process's.
        """
        return self._block(account, f"{limit}, reading", limit, self.limits[limit] * _READING)

    @asynccontextmanager
    async def _block(self, account: int, name: str, limit: str, size: int) -> AsyncIterator[None]:
        line = self._lines.get((account, name))
        if line is None:
            shared = self.leases if name == limit else None
            line = self._lines[account, name] = Line(f"{name}:{account}".encode(), size, shared)
        if not line.enter():
            if line.length >= size + self.waiting:
                raise _refused(limit)
            try:
                await line.wait(self.seconds)
            except TimeoutError:
                raise _refused(limit) from None
        try:
            yield
        finally:
            line.leave()


def _refused(limit: str) -> Problem:
    return Problem(400, "too many requests of this account at once", _LIMIT, more={"limit": limit})
