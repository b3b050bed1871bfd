"""The device flow: somebody lets in a device on which they cannot well type a password (RFC 8628)."""

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import orjson

from pillarbox.access.token import TokenKey
from pillarbox.signin.oauth.code import Allowed
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.store import Codes, Marks, Rates, Unavailable

__all__ = ["INTERVAL", "DeviceCodes", "Shared", "TooManyDevices", "TooManyTries", "Waiting"]

INTERVAL = 5
"""Seconds between two questions of a device (section 3.2)."""
_EARLY = 0.5
"""Seconds by which a device may ask too early, as timers are."""
_WHILE = 600.0
"""Seconds for which wrong user codes of an account are counted."""
_MOST_WAITING = 4000
"""Devices that may ask within the time for which one waits: codes of all kinds have room for no more than 10,000."""
_MOST_OF_PLACE, _OF_PLACE = 60, 600.0
"""So many of them from one place within so many seconds."""
_DEVICE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_USER = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_USER_CODE = re.compile(rf"[{_USER}]{{8}}")
_LONGEST = 128


class Shared(Codes, Marks, Rates, Protocol):
    """What the codes are kept in."""


class TooManyTries(Exception):
    """Somebody has tried too many user codes that are none; `seconds` from now they may try again (section 5.1)."""

    def __init__(self, seconds: float, known: str = "too many wrong codes; wait a while") -> None:
        super().__init__(known)
        self.seconds = seconds


class TooManyDevices(TooManyTries):
    """So many devices have asked of late that more might keep out who signs in, whose codes are kept with theirs."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds, "too many devices have asked; wait a while")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits: its client, what it asked for, and until when (seconds since 1970) it waits."""

    client: str
    scopes: tuple[str, ...]
    until: float
    nonce: str | None = None


class DeviceCodes:
    """Devices that wait. All raise store.Unavailable (codes fail closed).

    `clock` gives seconds since 1970; `life` is how many a device waits, `after` how many it has once it was let in;
    `most` user codes that are none an account may try in ten minutes.
    """

    def __init__(
        self, shared: Shared, key: TokenKey, clock: Callable[[], float], life: float, after: float, most: int
    ) -> None:
        self._shared = shared
        self._key = key
        self._clock = clock
        self._life = life
        self._after = after
        self._most = most

    def begin(self, client: str, scopes: frozenset[str], nonce: str | None, place: str = "") -> tuple[str, str]:
        """A device code and a user code (section 3.2), for a device at this place, if that is known.

        Raises TooManyDevices.
        """
        device = "".join(secrets.choice(_DEVICE) for _ in range(40))
        user = "".join(secrets.choice(_USER) for _ in range(8))
        now = self._clock()
        self._count(place, now)
        waiting = Waiting(client, tuple(sorted(scopes)), now + self._life, nonce)
        octets = orjson.dumps({**asdict(waiting), "device": self._device(device, client).hex()})
        self._shared.mark(b"device:" + self._device(device, client), waiting.until, now)
        if not self._shared.keep(self._user(user), octets, waiting.until, now):
            raise Unavailable("two devices had the same code")
        return device, f"{user[:4]}-{user[4:]}"

    def waiting(self, code: str, account: int) -> Waiting | None:
        """The device that shows this code, which it goes on to do; case, blanks and dashes do not matter.

        Raises TooManyTries of this account.
        """
        found = self._taken(code, account)
        if found is None:
            return None
        self._shared.keep(self._user(_plain(code)), orjson.dumps(found), found["until"], self._clock())
        return _waiting(found)

    def decide(self, code: str, account: int, allowed: Callable[[Waiting], Allowed | None]) -> bool:
        """The account's owner has decided; None is a refusal. Whether there was a device that waited.

        Raises TooManyTries.
        """
        found = self._taken(code, account)
        if found is None:
            return False
        decision = allowed(_waiting(found))
        now = self._clock()
        device = bytes.fromhex(found["device"])
        octets = orjson.dumps(None if decision is None else asdict(decision))
        self._shared.mark(b"device:" + device, now + self._after, now)
        self._shared.keep(b"decided:" + device, octets, now + self._after, now)
        return True

    def asked(self, code: str, client: str) -> Allowed:
        """What a device was allowed that asks now; its code is good no more then.

        Raises OAuthError authorization_pending, slow_down, access_denied, expired_token (section 3.5).
        """
        if len(code) > _LONGEST:
            raise _over()
        device, now = self._device(code, client), self._clock()
        # Counted before it is looked at: two that ask at once are one too many.
        if self._shared.marked(b"device:" + device, now) is None:
            raise _over()
        if not self._shared.hit(b"poll:" + device, 1, INTERVAL - _EARLY, now).allowed:
            raise OAuthError("slow_down", f"wait {INTERVAL} seconds more between two questions than until now")
        octets = self._shared.redeem(b"decided:" + device, now)
        if octets is None:
            raise OAuthError("authorization_pending", "nobody has decided yet")
        # What was decided is had once: what is said to a device that asks on is all that may be missing.
        with suppress(Unavailable):
            self._shared.mark(b"device:" + device, now - 1, now)
        found: dict[str, Any] | None = orjson.loads(octets)
        if found is None:
            raise OAuthError("access_denied", "the owner of the account has refused")
        return Allowed(**{**found, "scopes": tuple(found["scopes"]), "methods": tuple(found["methods"])})

    def _count(self, place: str, now: float) -> None:
        counted = [(b"devices", _MOST_WAITING, self._life)]
        if place:
            counted.insert(0, (b"devices:" + place.encode()[:200], _MOST_OF_PLACE, _OF_PLACE))
        for key, most, seconds in counted:
            hit = self._shared.hit(key, most, seconds, now)
            if not hit.allowed:
                raise TooManyDevices(hit.ends - now)

    def _taken(self, code: str, account: int) -> dict[str, Any] | None:
        plain, now = _plain(code), self._clock()
        tries = b"user-codes:%d" % account
        until = self._shared.marked(tries, now)
        if until is not None:
            raise TooManyTries(until - now)
        octets = self._shared.redeem(self._user(plain), now) if _USER_CODE.fullmatch(plain) else None
        if octets is None:
            hit = self._shared.hit(tries, self._most, _WHILE, now)
            if not hit.allowed or hit.left == 0:
                self._shared.mark(tries, hit.ends, now)
            return None
        found: dict[str, Any] = orjson.loads(octets)
        return found

    def _device(self, code: str, client: str) -> bytes:
        # Of another client's device nobody can ask.
        return self._key.digest(f"device:{len(client)}:{client}{code}")

    def _user(self, plain: str) -> bytes:
        return b"user:" + self._key.digest(plain)


def _plain(code: str) -> str:
    """The code as it is kept: what looks alike to people is the same."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", code[:64]).upper()


def _waiting(found: dict[str, Any]) -> Waiting:
    return Waiting(found["client"], tuple(found["scopes"]), found["until"], found["nonce"])


def _over() -> OAuthError:
    return OAuthError("expired_token", "this code has expired, or was never given to this client")
