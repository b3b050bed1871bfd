"""What is held against an address: wrong passwords, scans, idle connections (adr/0041).

First whoever fails is held up, and only who goes on in spite of it is banned. A name that is tried from everywhere
holds up those alone who have failed: its owner, who knows the password, never. Counts are shared by all processes; if
they cannot be had, nobody is held up or banned (they fail open).
"""

import asyncio
import fnmatch
import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Protocol, TypeVar

from pillarbox.datatypes.server import AUTH, LOITER, SCAN
from pillarbox.http.guard.bans import Bans
from pillarbox.http.guard.client import Client
from pillarbox.http.guard.rates import too_many
from pillarbox.http.waiting.lease import Through, directly
from pillarbox.settings import Rate
from pillarbox.store import Marks, Rates, StoreError, Unavailable
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import Network, folded, is_private, site, whole

__all__ = ["Shared", "Tally"]

T = TypeVar("T")

_ONE_TRY = 60.0
"""Seconds between two tries of an address at a name that is under attack."""
_NEIGHBOURS = 10
"""So many addresses' worth of wrong passwords may come from the /48 of an IPv6 address."""
_KNOWN = 30 * 86_400.0
"""Seconds for which an address is not counted for its connections after somebody has signed in from there."""
_WELCOME = 3600.0
"""Seconds for which it is not noted again that somebody known asks from an address."""
_HERE = "here"
_REMEMBERED = 10_000
"""Wrong passwords that are known again."""
_LONGEST_PATH = 1024
_LONGEST_TOLD = 64
_MOST_NOTED = 1000
"""Connections that wait to be counted; of more, the first are forgotten."""
_MOMENT = 0.5
"""Seconds between two looks at what was noted."""
_QUIET = 60.0
"""Seconds between two lines of the log on an address that was spared."""


class Shared(Rates, Marks, Protocol):
    """What the counts are kept in."""


class Tally:
    """Counts for all faces of a process.

    What blocks may be called from any thread, and is nothing for an event loop. `through` is how that is called from
    there, `to_shared` how the shared counts are.
    """

    def __init__(
        self,
        bans: Bans,
        shared: Shared,
        through: Through,
        to_shared: Through = directly,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bans = bans
        self._shared = shared
        self._through = through
        self._to_shared = to_shared
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        # The one that was tried longest ago is the first.
        self._tried: OrderedDict[bytes, None] = OrderedDict()
        self._spared: dict[str, float] = {}
        self._welcomed: dict[str, float] = {}
        self._noted: deque[tuple[str, str]] = deque(maxlen=_MOST_NOTED)
        self._news = asyncio.Event()
        self._failing = False

    async def let(self, client: Client, name: str) -> None:
        """`hold_up`, from the event loop. Raises Problem 429."""
        await self._to_shared(partial(self.hold_up, client, name))

    def hold_up(self, client: Client, name: str) -> None:
        """Raises Problem 429 for whoever has tried too often, whatever their password is now. Blocks."""
        rate, place = self._bans.policy.failures, whole(client.address)
        if rate is None or place is None:
            return
        now, who, around = self._clock(), _who(client, place, name), _around(client, name)
        until = self._asked(self._shared.marked, b"held:" + who, now)
        if until is None and around != who:
            until = self._asked(self._shared.marked, b"held:" + around, now)
        if until is None and self._asked(self._shared.marked, b"attacked:" + _digest(name), now) is not None:
            until = self._asked(self._shared.marked, b"failed:" + around, now)
        if until is not None:
            raise too_many("sign-in", rate, until - now)

    def failed(self, client: Client, name: str, password: str) -> None:
        """A wrong password was tried. Blocks."""
        place = whole(client.address)
        if place is None:
            return
        now, who, policy = self._clock(), _who(client, place, name), self._bans.policy
        if policy.failures is not None:
            around, rate = _around(client, name), policy.failures
            self._hold(b"held:" + who, b"failures:" + who, rate, now)
            if around != who:
                self._hold(b"held:" + around, b"failures:" + around, Rate(_NEIGHBOURS * rate.count, rate.period), now)
            self._asked(self._shared.mark, b"failed:" + around, now + _ONE_TRY, now)
        if policy.auth is None or not self._is_new(place, name, password):
            # A device with a password of before keeps trying that one, and means no harm.
            return
        self._hold(b"attacked:" + _digest(name), b"name:" + _digest(name), policy.auth, now)
        if self._is_one_too_many(place, AUTH, policy.auth, now):
            self._ban(client, place, AUTH, f"{policy.auth} wrong passwords, the last for {_told(name)}")

    def forged(self, client: Client, token: str) -> None:
        """A token was sent that nobody gave. Blocks.

        It counts for a ban alone: nobody guesses a token, and to look at one costs next to nothing.
        """
        place, rate, now = whole(client.address), self._bans.policy.auth, self._clock()
        if place is None or rate is None or not self._is_new(place, "", token):
            return
        if self._is_one_too_many(place, AUTH, rate, now):
            self._ban(client, place, AUTH, f"{rate} wrong passwords or tokens, the last one a token")

    def signed_in(self, client: Client) -> None:
        """Somebody at this address is known: browsers open connections in advance, and say nothing on them. Blocks."""
        if (place := whole(client.address)) is not None:
            now = self._clock()
            self._asked(self._shared.mark, b"known:%b" % str(place).encode(), now + _KNOWN, now)

    def is_here(self, client: Client) -> None:
        """Somebody who signed in before asks from this address, which may be a new one. Neither waits nor raises."""
        now, address = self._clock(), client.address
        if now - self._welcomed.get(address, -_WELCOME) < _WELCOME:
            return
        if len(self._welcomed) >= _REMEMBERED:
            self._welcomed.clear()
        self._welcomed[address] = now
        self._note(_HERE, address)

    async def missed(self, client: Client, path: bytes) -> None:
        """There is nothing at this path: who asks for one that only scanners know is banned.

        But not where somebody has signed in: a picture in a mail can have them ask for anything.
        """
        pattern = _patterns(tuple(self._bans.policy.paths))
        place = whole(client.address)
        text = path[:_LONGEST_PATH].decode("latin-1")
        if place is not None and pattern is not None and pattern.match(text.lower()):
            await self._through(partial(self._scanned, client, place, text))

    def _scanned(self, client: Client, place: Network, text: str) -> None:
        self.count()
        if not self._is_known(place, self._clock()):
            self._ban(client, place, SCAN, f"asked for {_told(text)}")

    def spoke_garbage(self, address: str) -> None:
        """What came over a connection is no HTTP. Neither waits nor raises."""
        self._note(SCAN, address)

    def said_nothing(self, address: str) -> None:
        """A connection was closed on which nothing was said. Neither waits nor raises."""
        self._note(LOITER, address)

    async def run(self) -> None:
        """Counts what is noted of connections, for as long as it is not cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._through(self.count)
            await asyncio.sleep(_MOMENT)

    def count(self) -> None:
        """Counts what was noted of connections. Blocks."""
        policy, now = self._bans.policy, self._clock()
        rates = {SCAN: (policy.scan, "that spoke no HTTP"), LOITER: (policy.loiter, "on which nothing was said")}
        while self._noted:
            try:
                reason, address = self._noted.popleft()
            except IndexError:
                # Another thread has counted it.
                return
            if reason == _HERE:
                self.signed_in(Client(address, folded(address)))
                continue
            rate, seen = rates[reason]
            place = whole(address)
            # What is private may be a proxy that hands on octets, of which nothing says that it does.
            if rate is None or place is None or is_private(address):
                continue
            if self._is_known(place, now):
                continue
            if self._is_one_too_many(place, reason, rate, now):
                self._ban(Client(address, folded(address)), place, reason, f"{rate} connections {seen}")

    def _note(self, reason: str, address: str) -> None:
        self._noted.append((reason, address))
        self._news.set()

    def _hold(self, mark: bytes, key: bytes, rate: Rate, now: float) -> None:
        """Marks it until the time is up, if that is as much as there may be."""
        hit = self._asked(self._shared.hit, key, rate.count, rate.period.seconds, now)
        if hit is not None and not hit.left:
            self._asked(self._shared.mark, mark, hit.ends, now)

    def _is_known(self, place: Network, now: float) -> bool:
        return self._asked(self._shared.marked, b"known:%b" % str(place).encode(), now) is not None

    def _is_one_too_many(self, place: Network, reason: str, rate: Rate, now: float) -> bool:
        # After a ban, also one that was lifted, it is counted anew.
        key = f"{reason}:{place}:{self._bans.last(place)}".encode()
        hit = self._asked(self._shared.hit, key, rate.count, rate.period.seconds, now)
        return hit is not None and not hit.left

    def _ban(self, client: Client, place: Network, reason: str, evidence: str) -> None:
        if client.is_local or self._bans.is_spared(client.address):
            return
        if client.is_proxy:
            self._spare(client.address, reason, evidence)
            return
        try:
            self._bans.impose(place, reason, evidence)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)

    def _spare(self, address: str, reason: str, evidence: str) -> None:
        """Tells of a proxy, behind which are many: with it, all of them would be banned."""
        now = self._clock()
        with self._lock:
            if now - self._spared.get(address, 0.0) < _QUIET:
                return
            if len(self._spared) >= _REMEMBERED:
                self._spared.clear()
            self._spared[address] = now
        setting = "server.http.use-x-forwarded, server.http.trusted-proxies"
        emit(Event.BAN_SPARED, address=address, reason=reason, evidence=evidence, setting=setting)

    def _is_new(self, place: Network, name: str, password: str) -> bool:
        """Whether this was not tried before, as far as this process knows; in its memory alone (adr/0012)."""
        both = f"{place} {len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        mark = hashlib.blake2b(both, digest_size=16, key=self._key).digest()
        with self._lock:
            is_new = mark not in self._tried
            self._tried[mark] = None
            self._tried.move_to_end(mark)
            while len(self._tried) > _REMEMBERED:
                self._tried.popitem(last=False)
        return is_new

    def _asked(self, call: Callable[..., T], *arguments: object) -> T | None:
        """What the shared counts say; None if they cannot be had."""
        try:
            told = call(*arguments)
        except Unavailable as problem:
            if not self._failing:
                self._failing = True
                emit(Event.VOLATILE_FAILED, known=problem.known)
            return None
        self._failing = False
        return told


@lru_cache(maxsize=4)
def _patterns(globs: tuple[str, ...]) -> "re.Pattern[str] | None":
    # What `translate` makes does not backtrack: each * takes as little as it can, and keeps it.
    return re.compile("|".join(fnmatch.translate(one.lower()) for one in globs)) if globs else None


def _who(client: Client, place: Network, name: str) -> bytes:
    """Whose tries are counted together: an address's, but with many people behind it those at one name."""
    return f"{place}".encode() + (b"|" + _digest(name) if client.is_proxy else b"")


def _around(client: Client, name: str) -> bytes:
    """The same of all that they may be able to take of IPv6, so that there is not a new beginning in each /64."""
    place = site(client.address)
    return b"" if place is None else _who(client, place, name)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.strip().lower().encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _told(text: str) -> str:
    """A part of what somebody sent, for people to read."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:_LONGEST_TOLD])
    return shown + ("…" if len(text) > _LONGEST_TOLD else "")
