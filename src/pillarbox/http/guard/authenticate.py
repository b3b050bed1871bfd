"""Headers to an Actor (RFC 7617, RFC 6750)."""

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pillarbox.access import Actor, Ended, Grant, Principal, Proof, ProofKind, Rights, Shared, TokenCheck, attenuated
from pillarbox.access.permission import AUTHENTICATE, AUTHENTICATE_OAUTH, SEES_THE_SERVER
from pillarbox.access.scope import MANAGE
from pillarbox.datatypes.server import ACCOUNT
from pillarbox.http.guard.client import Client
from pillarbox.http.guard.rates import Allowances
from pillarbox.http.guard.tally import Tally
from pillarbox.http.problem import CHALLENGE, Problem
from pillarbox.jmap import Session
from pillarbox.net import Door
from pillarbox.signin.credentials import PasswordCheck, SecondFactorMissing
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import Id

__all__ = ["Entry", "Gate"]

_MAX_CREDENTIALS = 4096
_KEY = b"api_"
_SERVER = ACCOUNT.id(0)
"""The server's own account, which those see who manage all of it."""
_SERVERS = Grant(0, "Server", personal=False, rights=Rights.FULL, is_server=True)
_NOBODYS = frozenset({ProofKind.API_KEY, ProofKind.FALLBACK})
"""Who has no account of their own."""
_INVALID_TOKEN = ((b"www-authenticate", b'Bearer realm="Pillarbox", error="invalid_token"'),)
"""What a 401 asks for where a token was sent (RFC 6750 section 3.1)."""
_MORE_IS_NEEDED = (
    "the password is right, and this account has a second factor: make an app password for this program on the account "
    "page of this server (/account), and use it instead; or write the code behind the password, as in password$123456"
)


@dataclass(slots=True, eq=False)
class Entry:
    """Somebody who was let in: the actor, what they proved, and what they were told last.

    That is their session, and the base URL that it is for.
    """

    actor: Actor
    proof: Proof
    session: tuple[str, Session] | None = None

    @property
    def principal(self) -> Principal:
        """Their own account as the directory knows it."""
        return self.proof.principal


class Gate:
    """Lets those in who prove who they are; `quota` is that of accounts without one of their own.

    Who fails is counted by `tally` and `allowances`; without them, as often as they like. Without `tokens` there are
    none, nor API keys without `keys`; `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        check: PasswordCheck,
        door: Door,
        quota: int | None = None,
        *,
        tally: Tally | None = None,
        allowances: Allowances | None = None,
        tokens: TokenCheck | None = None,
        keys: PasswordCheck | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._check = check
        self._door = door
        self._quota = quota
        self._tally = tally
        self._allowances = allowances or Allowances()
        self._tokens = tokens
        self._keys = keys
        self._clock = clock
        # As many as are in a worker's hands at once, and then some.
        self._entry = lru_cache(maxsize=1024)(self._made)

    async def entry(self, authorization: bytes | None, client: Client) -> Entry:
        """Who sent this Authorization header. Raises Problem 401, 402 or 429; store.Unavailable."""
        try:
            proof = await self._proof(authorization, client)
            # Looked at with each request: what is remembered of a proof says nothing of where it is used, and when.
            if proof.networks or proof.expires is not None:
                self._check_bounds(proof, client)
        except Problem as problem:
            if problem.status == 401:
                await self._allowances.for_anonymous(client.address)
            raise
        return self._entry(proof)

    async def entry_or_key(self, authorization: bytes | None, client: Client) -> Entry:
        """The same where an API key is as good: `Bearer api_` and the base64 of its name, a colon, and its secret.

        What is remembered of keys is asked here alone, so that none ever opens anything else.
        """
        scheme, _, credentials = (authorization or b"").partition(b" ")
        token = credentials[: _MAX_CREDENTIALS + 1].strip()
        is_key = scheme.lower() == b"bearer" and token.startswith(_KEY) and len(token) <= _MAX_CREDENTIALS
        if self._keys is None or not is_key:
            return await self.entry(authorization, client)
        try:
            name, secret = _basic(token[len(_KEY) :])
            return self.entry_of(await self._by_password(self._keys, name, secret, client, "api-key"), client)
        except Problem as problem:
            if problem.status == 401:
                await self._allowances.for_anonymous(client.address)
            raise

    def entry_of(self, proof: Proof, client: Client) -> Entry:
        """Whoever has proved this, at this moment and from there. Raises Problem 401."""
        if proof.networks or proof.expires is not None:
            self._check_bounds(proof, client)
        return self._entry(proof)

    def _check_bounds(self, proof: Proof, client: Client) -> None:
        if proof.is_good_from(client.ip) and (proof.expires is None or proof.expires > self._clock()):
            return
        emit(Event.AUTH_FAILED, scheme=proof.kind.value, client=client.address, reason="expired, or from elsewhere")
        raise _unauthorized("these credentials have expired, or are not good from this address")

    async def _proof(self, authorization: bytes | None, client: Client) -> Proof:
        if authorization is None:
            raise _unauthorized("authenticate first")
        scheme, _, credentials = authorization.partition(b" ")
        if len(credentials) > _MAX_CREDENTIALS:
            raise _unauthorized("the credentials are too long")
        match scheme.lower():
            case b"basic":
                name, password = _basic(credentials)
                proof = self._check.remembered(name, password)
                if proof is None:
                    return await self._by_password(self._check, name, password, client, "basic")
                if self._tally is not None:
                    self._tally.is_here(client)
                return proof
            case b"bearer" if self._tokens is not None:
                return await self._by_token(self._tokens, credentials, client)
        raise _unauthorized("this scheme is not known")

    async def _by_password(self, check: PasswordCheck, name: str, password: str, client: Client, scheme: str) -> Proof:
        proof = check.remembered(name, password)
        if proof is None and check.is_outdated(name, password):
            # Not in the line of those who hash: a flood of logins must not keep out who is in.
            proof = await self._door.through(check.confirmed, name, password)
        if proof is not None:
            if self._tally is not None:
                self._tally.is_here(client)
            return proof
        if self._tally is not None:
            # Nor may those who are held up stand in it.
            await self._tally.let(client, name)
        proof = await self._door.for_password(self._verified, check, client, name, password)
        if proof is None:
            emit(Event.AUTH_FAILED, scheme=scheme, client=client.address, reason="unknown name or wrong password")
            raise _unauthorized("the name or the password is wrong")
        return proof

    def _verified(self, check: PasswordCheck, client: Client, name: str, password: str) -> Proof | None:
        """What these prove; a wrong password is counted before the next in line is looked at. Raises Problem 402."""
        if self._tally is not None:
            self._tally.hold_up(client, name)
        try:
            proof = check.verified(name, password, client.ip)
        except SecondFactorMissing:
            raise Problem(402, _MORE_IS_NEEDED) from None
        if proof is not None:
            emit(Event.AUTH_SUCCESS, account=proof.principal.number, kind=proof.kind.value, client=client.address)
        if self._tally is None:
            return proof
        if proof is None:
            self._tally.failed(client, name, password)
        else:
            self._tally.signed_in(client)
        return proof

    async def _by_token(self, tokens: TokenCheck, credentials: bytes, client: Client) -> Proof:
        token = credentials.strip().decode("latin-1")
        proof = tokens.remembered(token)
        if proof is not None:
            return proof
        try:
            if tokens.is_outdated(token):
                proof = await self._door.through(tokens.confirmed, token)
            proof = proof or await self._door.through(tokens.verified, token)
        except Ended:
            emit(Event.AUTH_FAILED, scheme="bearer", client=client.address, reason="the token has ended")
            raise Problem(401, "this token has ended", headers=_INVALID_TOKEN) from None
        if proof is None:
            if self._tally is not None:
                await self._door.through(self._tally.forged, client, token)
            emit(Event.AUTH_FAILED, scheme="bearer", client=client.address, reason="no token of ours")
            raise Problem(401, "this is no token of this server", headers=_INVALID_TOKEN)
        return proof

    def _made(self, proof: Proof) -> Entry:
        principal = proof.principal
        for needed in (AUTHENTICATE, *((AUTHENTICATE_OAUTH,) if proof.kind is ProofKind.TOKEN else ())):
            if needed not in principal.permissions:
                raise Problem(403, f"this account may not be used so: it lacks the permission {needed}")
        may = attenuated(principal.permissions, proof.scope)
        accounts: dict[Id, Grant] = {}
        if proof.kind not in _NOBODYS:
            accounts[principal.id] = self._grant(principal, Rights.FULL, personal=True)
            accounts |= {group.id: self._grant(group, group.rights, personal=False) for group in principal.groups}
        if principal.tenant is None and not may.isdisjoint(SEES_THE_SERVER):
            accounts[_SERVER] = _SERVERS
        # Whoever may administer by it gives others what they need, as mail, though it opens no mail itself.
        power = principal.permissions if proof.scope is not None and MANAGE in proof.scope else None
        return Entry(Actor(principal.name, accounts, may, power), proof)

    def _grant(self, account: Principal | Shared, rights: Rights, *, personal: bool) -> Grant:
        quota = self._quota if account.quota is None else account.quota
        return Grant(account.number, account.name, personal, rights, quota, account.addresses)


def _basic(credentials: bytes) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _unauthorized("the credentials are not base64 of UTF-8") from None
    if not colon:
        raise _unauthorized("the credentials are a name, a colon and a password")
    return name, password


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail, headers=CHALLENGE)
