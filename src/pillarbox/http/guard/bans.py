"""Who is not let in (adr/0041): the bans that all processes know of, and the networks that the settings name.

Kept in memory, since it is asked at each connection and at each request. The feed tells of each new ban and of each
that was lifted; ends need no telling.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pillarbox.datatypes.server import BAN, Ban, all_bans, ban_again, bans_since, looked_at
from pillarbox.http.problem import Problem
from pillarbox.http.waiting.lease import Through
from pillarbox.settings import Rate, Snapshot, catalogue
from pillarbox.store import LogTooShort, Store, StoreError, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import Network, Networks, network
from pillarbox.wire.values import utc_datetime

__all__ = ["BanPolicy", "Bans"]

_LOOK = 60.0
"""Seconds after which it is looked for bans of which no notice came."""
_AGAIN = 5.0
"""Seconds until it is tried again to read what could not be."""
_LOOPBACK = ("127.0.0.0/8", "::1")


@dataclass(frozen=True)
class BanPolicy:
    """What is counted, from how many on it gets an address banned, and who never is; a rate of None is off.

    `failures` is how many wrong passwords are looked at. `blocked` are those that are never let in, `allowed` those
    that are never banned; nor are `proxies`, whose word is taken for whom they speak for.
    """

    failures: Rate | None = None
    auth: Rate | None = None
    scan: Rate | None = None
    loiter: Rate | None = None
    paths: Sequence[str] = ()
    first: timedelta = timedelta(days=1)
    blocked: Sequence[Network] = ()
    allowed: Sequence[Network] = ()
    proxies: Sequence[Network] = ()

    @classmethod
    def of(cls, settings: Snapshot, proxies: Sequence[Network] = ()) -> "BanPolicy":
        """As the settings have it, but for the proxies."""
        return cls(
            settings[catalogue.FAILURES],
            settings[catalogue.BAN_AUTH],
            settings[catalogue.BAN_SCAN],
            settings[catalogue.BAN_LOITER],
            settings[catalogue.BAN_SCAN_PATHS],
            timedelta(milliseconds=settings[catalogue.BAN_DURATION].milliseconds),
            settings[catalogue.BLOCKED_IP],
            settings[catalogue.ALLOWED_IP],
            proxies,
        )


class Bans:
    """Who is banned, under a policy that may be replaced.

    `through` is how the store is called, `clock` gives seconds since 1970. Before `look` nobody is banned.
    """

    def __init__(
        self, store: Store, policy: BanPolicy, through: Through, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._through = through
        self._clock = clock
        self._banned: Networks[tuple[float, str]] = Networks()
        self._known: dict[int, Ban] = {}
        self._last: dict[Network, str] = {}
        self._at: tuple[str, int] | None = None
        self._looking = threading.Lock()
        self.use(policy)

    def use(self, policy: BanPolicy) -> None:
        """From now on this one holds."""
        self.policy = policy
        self._allowed = Networks((one, True) for one in policy.allowed)
        spared = (*policy.allowed, *policy.proxies, *map(network, _LOOPBACK))
        self._spared = Networks((one, True) for one in spared)
        self._blocked = Networks((one, True) for one in policy.blocked)

    def refuses(self, address: str) -> str | None:
        """Why whoever has this address is not let in; None if they are. What is no IP address is let in."""
        if self._blocked and (blocked := self._blocked.find(address)) is not None:
            allowed = self._allowed.find(address)
            if allowed is None or allowed[0] >= blocked[0]:
                return "the settings of this server do not let this address in"
        if self._banned:
            now = self._clock()
            for _, (ends, told) in self._banned.all(address):
                if now < ends and not self.is_spared(address):
                    return f"this address is banned until {told}"
        return None

    def turn_away(self, address: str) -> None:
        """Raises Problem 403 for whoever is not let in."""
        if (why := self.refuses(address)) is not None:
            raise Problem(403, why, headers=((b"connection", b"close"),))

    def is_spared(self, address: str) -> bool:
        """Whether an address is never banned."""
        return self._spared.find(address) is not None

    def last(self, banned: Network) -> str:
        """When it was banned last, or nothing: what was seen before is atoned for."""
        return self._last.get(banned, "")

    def impose(self, banned: Network, reason: str, evidence: str) -> None:
        """It is banned for what was seen, here at once. Raises store.StoreError. Nothing for an event loop."""
        made = ban_again(self._store, banned, reason, evidence, self._now(), self.policy.first)
        if made is not None:
            until = made.expires
            emit(Event.BAN_MADE, address=made.network, reason=reason, evidence=made.evidence, until=until)
        self.look()

    def look(self) -> None:
        """Reads what has changed of the bans. Raises store.StoreError. Nothing for an event loop."""
        with self._looking, self._store.read(0) as server:
            before, at = self._at, (server.epoch, server.state(BAN.table))
            if at == before:
                return
            changed, gone = self._news(server, before[1] if before is not None and before[0] == at[0] else None)
            for number in gone:
                self._forget(number)
            for one in changed:
                self._learn(one)
            self._at = at

    def _news(self, server: Unit, since: int | None) -> tuple[list[Ban], list[int]]:
        if since is not None:
            with suppress(LogTooShort):
                return bans_since(server, since)
        found = all_bans(server)
        there = {one.number for one in found}
        return found, [number for number in self._known if number not in there]

    def _learn(self, one: Ban) -> None:
        self._known[one.number] = one
        self._last[one.span] = one.created
        self._banned.put(one.span, (utc_datetime(one.expires).timestamp(), one.expires))

    def _forget(self, number: int) -> None:
        one = self._known.pop(number, None)
        # It may have been made anew under another number.
        if one is not None and self._last.get(one.span) == one.created:
            del self._last[one.span]
            self._banned.drop(one.span)

    async def run(self) -> None:
        """Hears of bans for as long as it is not cancelled."""
        await looked_at(self._store.feed, (BAN,), self._look, asyncio.Event())

    async def _look(self) -> float:
        """How many seconds later it is to be looked again."""
        try:
            await self._through(self.look)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            return _AGAIN
        return _LOOK

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
