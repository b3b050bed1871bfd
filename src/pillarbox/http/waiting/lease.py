"""Slots of the limits that hold for all processes together: lent by the shared counts, and handed on here.

A line that runs short is given leases of slots, and keeps them. Within the line they are handed from one request to the
next without asking anybody, so neither a client that asks one thing after the other nor an account that is always
busy costs a look at the shared counts a request. What other processes want is looked for now and then, and
one slot given up for it as soon as it is free; a line that was not used for a while gives back all.

If the shared counts fail, each process counts for itself (they fail open), and begins anew with them later.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from pillarbox.http.waiting.lending import Ask, Said
from pillarbox.http.waiting.line import Line
from pillarbox.store import LEASE, Counts, Unavailable
from pillarbox.telemetry import Event, emit

__all__ = ["Leases", "Through", "directly"]

T = TypeVar("T")

_LOOK = 0.05
"""Seconds between two looks at what other processes want: as long as they may be kept waiting at least."""
_AGAIN = 0.005
"""Seconds until it is first tried again to take a slot of which none was free; twice as many each time after."""
_LONGEST_AGAIN = 0.04
_SCAN = 1.0
_KEPT = 5.0
"""Seconds, give or take a second, after which what nobody uses is given back."""
_RENEW = LEASE / 3
_ALONE = 1.0
"""Seconds for which shared counts that failed are not asked again."""
_AT_ONCE = 64
"""Lines that one exchange with the shared counts serves; it may be made on the event loop."""


class Through(Protocol):
    async def __call__(self, call: Callable[[], T], /) -> T: ...


async def directly(call: Callable[[], T], /) -> T:
    """What the call gives, on the event loop: for shared counts that answer in microseconds."""
    return call()


@dataclass(slots=True, eq=False)
class _Held:
    """What the shared counts know of a line, and when it next asks for more."""

    leased: int = 0
    again: float = 0.0
    pause: float = _AGAIN
    idle_since: float | None = None


class Leases:
    """Lends slots to lines while `run` runs; before and after, each line has all of its own.

    `through` is how the shared counts are called, `clock` gives seconds since 1970.
    """

    def __init__(self, counts: Counts, through: Through = directly, clock: Callable[[], float] = time.time) -> None:
        self._counts = counts
        self._through = through
        self._clock = clock
        self._running = False
        self._news = asyncio.Event()
        self._held: dict[Line, _Held] = {}
        self._short: dict[Line, None] = {}
        self._giving: set[Line] = set()
        self._next_look = self._next_scan = self._next_renewal = 0.0
        self._failing = False
        self._adrift = False
        """Whether what the shared counts have of us is not what we have."""
        self._alone_until = 0.0

    def short(self, line: Line) -> None:
        if not self._running:
            line.gain(line.size - line.slots)
            return
        self._held.setdefault(line, _Held())
        if line not in self._short:
            self._short[line] = None
            self._news.set()

    def gives(self, line: Line) -> None:
        self._giving.add(line)
        self._news.set()

    async def run(self) -> None:
        """Lends for as long as it is not cancelled."""
        self._running = True
        try:
            while True:
                await self._rest()
                await self._settle()
        finally:
            # What is being served is still to end, and what waits for it still to be served.
            self._running = False
            for line in self._held:
                line.gain(line.size - line.slots)
            self._held.clear()
            self._short.clear()
            self._giving.clear()

    async def _rest(self) -> None:
        """Returns when there is something to do."""
        now = asyncio.get_running_loop().time()
        times = [max(self._held[line].again, self._alone_until) for line in self._short]
        if self._held:
            times.append(max(self._next_look, self._alone_until))
        if not times or min(times) > now:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(times, default=None)):
                    await self._news.wait()
        else:
            await asyncio.sleep(0)
        self._news.clear()

    async def _settle(self) -> None:
        """Gives back, takes, and looks what others want, all in one exchange."""
        now = asyncio.get_running_loop().time()
        if now < self._alone_until:
            self._serve_alone()
            return
        asking, said = self._said(now)
        if not (said.asks or said.back or said.looks or said.renews):
            return
        # Should it fail, or be cancelled, nobody knows how much of it was done.
        self._adrift = True
        try:
            told = await self._through(partial(said.to, self._counts))
        except Unavailable as problem:
            self._alone_until = now + _ALONE
            if not self._failing:
                self._failing = True
                emit(Event.VOLATILE_FAILED, known=problem.known)
            self._serve_alone()
            return
        self._failing = False
        self._adrift = not told.known
        for line, ask, granted in zip(asking, said.asks, told.granted, strict=True):
            self._gain(line, ask.count, granted, now)
        self._give_up(told.wanted, now)

    def _said(self, now: float) -> tuple[list[Line], Said]:
        anew = self._adrift
        if anew:
            self._begin_anew()
        if now >= self._next_scan:
            self._next_scan = now + _SCAN
            self._scan(now)
        looks, renews = now >= self._next_look, now >= self._next_renewal
        if looks:
            self._next_look = now + _LOOK
        if renews:
            self._next_renewal = now + _RENEW
            renews = any(held.leased for held in self._held.values())
        asking = self._asking(now)
        back = [(line.key, count) for line in self._giving if (count := self._surplus(line))]
        self._giving.clear()
        asks = [Ask(line.key, line.size, line.lacking) for line in asking]
        return asking, Said(anew, back, asks, looks, renews, self._clock())

    def _asking(self, now: float) -> list[Line]:
        for line in [line for line in self._short if not line.lacking]:
            del self._short[line]
        due = (line for line in self._short if self._held[line].again <= now)
        return list(islice(due, _AT_ONCE))

    def _surplus(self, line: Line) -> int:
        """How many leases the line does not need any more; from here on they are not its own."""
        held = self._held.get(line)
        if held is None:
            return 0
        surplus = max(0, held.leased - max(line.slots, line.busy))
        held.leased -= surplus
        return surplus

    def _gain(self, line: Line, asked: int, granted: int, now: float) -> None:
        held = self._held[line]
        held.leased += granted
        if granted < asked:
            held.again = now + held.pause
            held.pause = min(2 * held.pause, _LONGEST_AGAIN)
        else:
            held.pause = _AGAIN
        line.gain(granted)

    def _give_up(self, wanted: Mapping[bytes, int], now: float) -> None:
        """One slot of each line that others want, as soon as it is free.

        A slot in use goes to those alone who are poorer by more than the one, so that it is not passed to and fro.
        """
        if not wanted:
            return
        lines = {line.key: line for line in self._held}
        for key, theirs in wanted.items():
            line = lines.get(key)
            # Nor if one is to be given up already, when what holds it ends.
            if line is not None and 0 < line.slots >= line.busy and _may_go(line, theirs):
                line.gain(-1)
                self.gives(line)
                # Those who asked before come first.
                self._held[line].again = now + _LONGEST_AGAIN
                self.short(line)

    def _scan(self, now: float) -> None:
        """Looks for lines that nobody uses."""
        for line, held in list(self._held.items()):
            if line.length:
                held.idle_since = None
            elif held.idle_since is None:
                held.idle_since = now
            elif not held.leased:
                del self._held[line]
                self._short.pop(line, None)
                line.gain(-line.slots)
            elif now - held.idle_since >= _KEPT:
                line.gain(-line.slots)
                self._giving.add(line)

    def _begin_anew(self) -> None:
        """Lines have nothing, and ask again for what they need."""
        self._giving.clear()
        for line, held in self._held.items():
            held.leased, held.again = 0, 0.0
            line.gain(-line.slots)
            self.short(line)

    def _serve_alone(self) -> None:
        for line in self._short:
            line.gain(line.lacking)
        self._short.clear()


def _may_go(line: Line, theirs: int) -> bool:
    return line.busy < line.slots or not theirs or theirs + 1 < line.slots
