"""How often somebody may ask within a time, over all processes together (RFC 6585 section 4).

The shared counts are not asked at each request. What they count is bundles, some fifty to a limit: a process takes one,
and spends it by itself. So never more are served than the limit says; and where several processes serve
the same client, refusals may begin sooner, by as many requests as the others have left of theirs: two hundredths of the
limit each. A limit of less than a hundred is counted one by one.

If the shared counts fail, requests are served (they fail open).
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial

from pillarbox.http.problem import Problem
from pillarbox.http.waiting.lease import Through, directly
from pillarbox.settings import Rate
from pillarbox.store import Rates, Unavailable
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import whole

__all__ = ["Allowance", "Allowances", "too_many"]

_BUNDLES = 50
_MOST = 10_000
"""Clients whose bundles a process keeps. Of more, all are forgotten: that takes away what they had left, no more."""
_ALONE = 1.0
"""Seconds for which shared counts that failed are not asked again for the same client."""


@dataclass(slots=True, eq=False)
class _Purse:
    """What a process has left of a bundle, and until when; `is_last` if there are no more."""

    left: int = 0
    ends: float = 0.0
    is_last: bool = False
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)


class Allowance:
    """One limit; `name` is what clients are told it is called.

    `through` is how the shared counts are called, `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        rate: Rate,
        rates: Rates,
        through: Through = directly,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._rate = rate
        self._rates = rates
        self._through = through
        self._clock = clock
        self._window = rate.period.seconds
        self._bundle = max(1, rate.count // _BUNDLES)
        self._bundles = -(-rate.count // self._bundle)
        self._purses: dict[Hashable, _Purse] = {}
        self._failing = False

    async def spend(self, client: Hashable) -> None:
        """One request more of this client. Raises Problem 429."""
        purse, now = self._purses.get(client), self._clock()
        if purse is None or not now < purse.ends <= now + self._window:
            purse = await self._filled(client, now)
        while not purse.left:
            if purse.is_last:
                raise too_many(self._name, self._rate, purse.ends - now)
            purse = await self._filled(client, now)
        purse.left -= 1

    async def _filled(self, client: Hashable, now: float) -> _Purse:
        """The client's purse with another bundle in it, unless there is none."""
        purse = self._purses.get(client)
        if purse is None:
            if len(self._purses) >= _MOST:
                self._purses.clear()
            purse = self._purses[client] = _Purse()
        async with purse.filling:
            # It may have been filled while this waited.
            if not purse.left or not now < purse.ends <= now + self._window:
                await self._fill(purse, client, now)
        return purse

    async def _fill(self, purse: _Purse, client: Hashable, now: float) -> None:
        key = f"rate:{self._name}:{self._rate}:{client}".encode()
        try:
            hit = await self._through(partial(self._rates.hit, key, self._bundles, self._window, now))
        except Unavailable as problem:
            purse.left, purse.ends, purse.is_last = self._bundle, now + min(_ALONE, self._window), False
            if not self._failing:
                self._failing = True
                emit(Event.VOLATILE_FAILED, known=problem.known)
            return
        self._failing = False
        purse.ends = hit.ends
        purse.is_last = hit.left == 0
        if not hit.allowed:
            purse.left = 0
            emit(Event.RATE_EXCEEDED, limit=self._name, client=str(client), rate=str(self._rate))
        elif purse.is_last:
            purse.left = self._rate.count - (self._bundles - 1) * self._bundle
        else:
            purse.left = self._bundle


@dataclass(frozen=True, slots=True)
class Allowances:
    """The limits there are; None where one is off. Who comes over a UNIX socket is not counted."""

    account: Allowance | None = None
    anonymous: Allowance | None = None

    async def for_account(self, number: int, address: str) -> None:
        """One request more of an account. Raises Problem 429."""
        if self.account is not None and whole(address) is not None:
            await self.account.spend(number)

    async def for_anonymous(self, address: str) -> None:
        """One request more of an address that has not proved who it is. Raises Problem 429."""
        if self.anonymous is not None and (client := whole(address)) is not None:
            await self.anonymous.spend(client)


def too_many(name: str, rate: Rate, seconds: float) -> Problem:
    """The refusal of what goes beyond a rate, for so many more seconds.

    No RFC says yet how to tell of limits: the fields are those of the IETF's draft, `RateLimit` and `RateLimit-Policy`,
    in which `q` and `w` are the rate, `r` is how many more may be sent, and `t` in how many seconds it begins anew.
    """
    left = max(1, -int(-seconds // 1))
    headers = (
        (b"retry-after", b"%d" % left),
        (b"ratelimit-policy", f'"{name}";q={rate.count};w={max(1, round(rate.period.seconds))}'.encode()),
        (b"ratelimit", f'"{name}";r=0;t={left}'.encode()),
    )
    return Problem(429, f"no more than {rate} are served; try again in {left} s", headers=headers)
