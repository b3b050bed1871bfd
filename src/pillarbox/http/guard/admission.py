"""Tickets: credentials for one URL, for browsers that cannot send any (adr/0037).

A browser's event source, WebSocket or download takes a URL and nothing else. Whoever is let in may have a ticket put
into one. What is kept of it is of no use to who reads it: a name made from the ticket, and under it the credentials,
encrypted with a key made from the ticket and bound to the URL. Nobody has the ticket itself but who asked for it.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pillarbox.http.problem import Problem
from pillarbox.store import Codes, Rates, Unavailable

__all__ = ["LASTING", "LIFE", "MOST", "Ticket", "Tickets", "Volatile"]

LIFE = 60.0
"""Seconds until a ticket must have been used."""
LASTING = 3600.0
"""Seconds that a ticket which may be used again stays good after its last use."""
MOST, _WINDOW = 120, 60.0
"""So many tickets an account gets within so many seconds."""
_NONCE = bytes(12)
"""A key encrypts one text only."""

_Through: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]


class Volatile(Codes, Rates, Protocol):
    """What all workers share."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it came, and the target of the request that it came with."""

    text: str
    target: bytes


async def _directly(call: Callable[[], Any]) -> Any:
    return call()


@dataclass(frozen=True)
class Tickets:
    """Gives tickets, and knows them again; `through` is how what is shared is called."""

    volatile: Volatile
    through: _Through = _directly
    clock: Callable[[], float] = time.time

    async def give(self, account: int, target: bytes, authorization: bytes) -> str:
        """A ticket for the target, good for whoever sent this header. Raises Problem 429; store.Unavailable."""
        now = self.clock()
        try:
            hit = await self.through(
                partial(self.volatile.hit, b"tickets:%d" % account, MOST, _WINDOW, now),
            )
        except Unavailable:
            hit = None
        if hit is not None and not hit.allowed:
            seconds = max(1, round(hit.ends - now))
            detail = f"no more than {MOST} tickets a minute"
            raise Problem(429, detail, headers=((b"retry-after", b"%d" % seconds),))
        ticket = Ticket(urlsafe_b64encode(secrets.token_bytes(24)).decode(), target)
        sealed = _sealed(ticket, authorization)
        await self.through(partial(self.volatile.keep, _name(ticket), sealed, now + LIFE, now))
        return ticket.text

    async def redeem(self, ticket: Ticket) -> bytes:
        """The header of whoever it was given to. It is not good again. Raises Problem 403; store.Unavailable."""
        sealed = await self.through(partial(self.volatile.redeem, _name(ticket), self.clock()))
        if sealed is not None:
            try:
                return AESGCM(_key(ticket)).decrypt(_NONCE, sealed, ticket.target)
            except InvalidTag:
                pass
        raise Problem(403, "this ticket is not good for this URL, or not any more; ask for another one")

    async def renew(self, ticket: Ticket, authorization: bytes) -> None:
        """It is good again, and for LASTING from now. Raises store.Unavailable."""
        # In one go: whoever leaves half way would have lost it.
        await self.through(partial(self._renew, _name(ticket), _sealed(ticket, authorization), self.clock()))

    def _renew(self, name: bytes, sealed: bytes, now: float) -> None:
        self.volatile.redeem(name, now)
        self.volatile.keep(name, sealed, now + LASTING, now)


def _sealed(ticket: Ticket, authorization: bytes) -> bytes:
    return AESGCM(_key(ticket)).encrypt(_NONCE, authorization, ticket.target)


def _name(ticket: Ticket) -> bytes:
    return b"ticket:" + hashlib.sha256(b"name:" + ticket.text.encode()).digest()


def _key(ticket: Ticket) -> bytes:
    return hashlib.sha256(b"key:" + ticket.text.encode()).digest()
