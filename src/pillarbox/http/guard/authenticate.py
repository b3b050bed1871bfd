"""Headers to an Actor (RFC 7617)."""

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

from pillarbox.access import Actor, Grant, PasswordCheck, Principal, Rights, Shared
from pillarbox.http.guard.client import Client
from pillarbox.http.guard.rates import Allowances
from pillarbox.http.guard.tally import Tally
from pillarbox.http.problem import CHALLENGE, Problem
from pillarbox.http.waiting.door import Door
from pillarbox.jmap import Session
from pillarbox.telemetry import Event, emit

__all__ = ["Entry", "Gate"]

_MAX_CREDENTIALS = 4096


@dataclass(slots=True, eq=False)
class Entry:
    """Somebody who was let in: the actor, their own account as the directory knows it, and what they were told last.

    That is their session, and the base URL that it is for.
    """

    actor: Actor
    principal: Principal
    session: tuple[str, Session] | None = None


class Gate:
    """Lets those in who prove who they are; `quota` is that of accounts without one of their own.

    Who fails is counted by `tally` and `allowances`; without them, as often as they like.
    """

    def __init__(
        self,
        check: PasswordCheck,
        door: Door,
        quota: int | None = None,
        *,
        tally: Tally | None = None,
        allowances: Allowances | None = None,
    ) -> None:
        self._check = check
        self._door = door
        self._quota = quota
        self._tally = tally
        self._allowances = allowances or Allowances()
        # As many as are in a worker's hands at once, and then some.
        self._entry = lru_cache(maxsize=1024)(self._made)

    async def entry(self, authorization: bytes | None, client: Client) -> Entry:
        """Who sent this Authorization header. Raises Problem 401, or 429; store.Unavailable."""
        try:
            return self._entry(await self._principal(authorization, client))
        except Problem as problem:
            if problem.status == 401:
                await self._allowances.for_anonymous(client.address)
            raise

    async def _principal(self, authorization: bytes | None, client: Client) -> Principal:
        name, password = _basic(authorization)
        principal = self._check.remembered(name, password)
        if principal is None and self._check.is_outdated(name, password):
            # Not in the line of those who hash: a flood of logins must not keep out who is in.
            principal = await self._door.through(self._check.confirmed, name, password)
        if principal is None:
            if self._tally is not None:
                # Nor may those who are held up stand in it.
                await self._tally.let(client, name)
            principal = await self._door.for_password(self._verified, client, name, password)
        elif self._tally is not None:
            self._tally.is_here(client)
        if principal is None:
            emit(Event.AUTH_FAILED, scheme="basic", client=client.address, reason="unknown name or wrong password")
            raise _unauthorized("the name or the password is wrong")
        return principal

    def _verified(self, client: Client, name: str, password: str) -> Principal | None:
        """Whose password this is; a wrong one is counted before the next in line is looked at."""
        if self._tally is None:
            return self._check.verified(name, password)
        self._tally.hold_up(client, name)
        principal = self._check.verified(name, password)
        if principal is None:
            self._tally.failed(client, name, password)
        else:
            self._tally.signed_in(client)
        return principal

    def _made(self, principal: Principal) -> Entry:
        accounts = {principal.id: self._grant(principal, Rights.FULL, personal=True)}
        accounts |= {group.id: self._grant(group, group.rights, personal=False) for group in principal.groups}
        return Entry(Actor(principal.address, accounts), principal)

    def _grant(self, account: Principal | Shared, rights: Rights, *, personal: bool) -> Grant:
        quota = self._quota if account.quota is None else account.quota
        addresses = (account.address, *account.aliases)
        return Grant(account.number, account.address, personal, rights, quota, addresses)


def _basic(authorization: bytes | None) -> tuple[str, str]:
    if authorization is None:
        raise _unauthorized("authenticate first")
    scheme, _, credentials = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        raise _unauthorized("only the Basic scheme is known")
    try:
        if len(credentials) > _MAX_CREDENTIALS:
            raise _unauthorized("the credentials are too long")
        name, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _unauthorized("the credentials are not base64 of UTF-8") from None
    if not colon:
        raise _unauthorized("the credentials are a name, a colon and a password")
    return name, password


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail, headers=CHALLENGE)
