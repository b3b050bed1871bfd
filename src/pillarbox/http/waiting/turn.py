"""How many requests of one account are in hand at once (RFC 8620 section 2, `maxConcurrentRequests`)."""

from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from pillarbox.http.problem import Problem
from pillarbox.http.waiting.lease import Leases
from pillarbox.http.waiting.line import Line

__all__ = ["Turn", "Turns"]

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

    def turn(self, account: int, limit: str) -> "Turn":
        """A block for one request of the account. Raises Problem with the limit's name."""
        return Turn(self, self._line(account, limit, self.limits[limit], self.leases), limit)

    def reading(self, account: int, limit: str) -> "Turn":
        """A block for taking in one request that then waits its turn. Raises Problem with the limit's name.

        What it bounds is this process's memory, so it is this process's.
        """
        return Turn(self, self._line(account, f"{limit}, reading", self.limits[limit] * _READING, None), limit)

    def _line(self, account: int, name: str, size: int, leases: Leases | None) -> Line:
        line = self._lines.get((account, name))
        if line is None:
            line = self._lines[account, name] = Line(f"{name}:{account}".encode(), size, leases)
        return line


class Turn:
    """A block that waits for a slot in a line, and has it until it ends."""

    # Written out, since each request has two: a generator in its place would take several times as long.
    __slots__ = ("_limit", "_line", "_turns")

    def __init__(self, turns: Turns, line: Line, limit: str) -> None:
        self._turns = turns
        self._line = line
        self._limit = limit

    async def __aenter__(self) -> "Turn":
        line = self._line
        if not line.enter():
            if line.length >= line.size + self._turns.waiting:
                raise _refused(self._limit)
            try:
                await line.wait(self._turns.seconds)
            except TimeoutError:
                raise _refused(self._limit) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Gives the slot up, for whoever has entered the block by hand."""
        self._line.leave()


def _refused(limit: str) -> Problem:
    return Problem(400, "too many requests of this account at once", _LIMIT, more={"limit": limit})
