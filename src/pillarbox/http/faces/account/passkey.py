"""Passkeys: signing in with one, and looking after them (WebAuthn Level 3)."""

from typing import Any

from pillarbox.datatypes.server import Credential
from pillarbox.datatypes.server.credential import CREDENTIAL
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.browser import admitted, attempting, known_attempt, sign_in
from pillarbox.http.faces.account.page import (
    changer,
    now,
    number_of,
    page,
    place,
    put,
    said,
    self_service,
    store_of,
    text,
    wrong,
)
from pillarbox.http.faces.account.second_factor import OVER
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.browser import (
    BadPasskey,
    NewPasskey,
    Purpose,
    RelyingParty,
    Shown,
    add_passkey,
    found_passkey,
    passkeys,
    remove_passkey,
    use_passkey,
    user,
)
from pillarbox.signin.credentials import new_recovery_codes, recovery_codes_left
from pillarbox.telemetry import Event, emit

__all__ = ["add", "add_options", "prove", "prove_options", "remove"]

_ATTEMPT = 256
_NAME = 100
_ANYBODY = "(passkey)"
"""By which passkeys that prove nothing are counted, whoever's they are meant to be."""


@page
async def prove_options(setup: Setup, exchange: Exchange) -> None:
    """`{}` in, or the `attempt` that a password began; what a browser has signed out. Raises Problem 404, 410."""
    party, attempts = _party(setup), self_service(setup).attempts
    sent = await said(exchange)
    browser, kept = attempting(exchange)
    account, known = 0, list[Credential]()
    if "attempt" in sent:
        found = await setup.door.through(attempts.whose, text(sent, "attempt", _ATTEMPT), browser)
        if found is None:
            raise Problem(410, OVER)
        account, known = found, await setup.door.through(passkeys, store_of(setup), found)
    attempt = attempts.challenge(Purpose.SIGN_IN, browser, account)
    asked = party.request(attempts.octets(attempt), [one.details for one in known])
    await put(exchange, 200, {"attempt": attempt, "publicKey": asked}, kept)


@page
async def prove(setup: Setup, exchange: Exchange) -> None:
    """`{"attempt", "credential"}` in; they are in: whoever has a passkey has shown two factors at once.

    Raises Problem 401 for what proves nothing, 404, 410, 429.
    """
    party = _party(setup)
    attempt, account, sent = await _answered(setup, exchange, Purpose.SIGN_IN)
    if setup.tally is not None:
        await setup.tally.let(exchange.client, _ANYBODY)
    try:
        one, told = await setup.door.through(_used, setup, exchange, party, attempt, account, sent)
    except BadPasskey as problem:
        if setup.tally is not None:
            await setup.door.through(setup.tally.failed, exchange.client, _ANYBODY, str(sent.get("id"))[:_ATTEMPT])
        emit(Event.AUTH_FAILED, scheme="passkey", client=exchange.client.address, reason=str(problem))
        raise wrong("this passkey is not good here") from None
    if not await setup.door.through(self_service(setup).attempts.is_first, attempt):
        raise Problem(410, OVER)
    principal = admitted(await setup.door.through(authority_of(setup).people.numbered, one.account))
    # RFC 8176: a key in software is one that its owner's devices hand on to each other.
    await sign_in(setup, exchange, principal, ("swk" if told.is_synced else "hwk", "user", "mfa"))


@page
async def add_options(setup: Setup, exchange: Exchange) -> None:
    """What a browser is to make a passkey of. Raises Problem 401, 403, 404."""
    party, attempts = _party(setup), self_service(setup).attempts
    proof = await changer(setup, exchange)
    await said(exchange)
    principal = proof.principal
    known = await setup.door.through(passkeys, store_of(setup), principal.number)
    browser, kept = attempting(exchange)
    attempt = attempts.challenge(Purpose.ADD, browser, principal.number)
    asked = party.creation(
        attempts.octets(attempt),
        _handle(setup, known, principal.number),
        principal.name,
        principal.description,
        [one.details for one in known],
    )
    await put(exchange, 200, {"attempt": attempt, "publicKey": asked}, kept)


@page
async def add(setup: Setup, exchange: Exchange) -> None:
    """`{"attempt", "name", "credential"}` in; the new one's id out, and recovery codes with the first second factor.

    Raises Problem 400, 401, 403, 409 for one that is known, 410.
    """
    party = _party(setup)
    proof = await changer(setup, exchange)
    number, store = proof.principal.number, store_of(setup)
    sent = await said(exchange)
    name = text(sent, "name", _NAME)
    attempt, account, credential = await _answered(setup, exchange, Purpose.ADD, sent)
    attempts = self_service(setup).attempts
    if account != number:
        raise Problem(410, "this was begun by somebody else; begin again")
    try:
        made: NewPasskey = await setup.door.through(party.made, credential, attempts.octets(attempt))
    except BadPasskey as problem:
        emit(Event.AUTH_FAILED, scheme="passkey", client=exchange.client.address, reason=str(problem))
        raise Problem(400, "this is no passkey that can be used here") from None
    if not await setup.door.through(attempts.is_first, attempt):
        raise Problem(410, "this passkey was added already; begin again for another one")
    known = await setup.door.through(passkeys, store, number)
    handle = _handle(setup, known, number)
    moment, where = now(setup), place(exchange)
    added = await setup.door.through(add_passkey, store, number, name, made, handle, moment, where)
    told: dict[str, Any] = {"id": CREDENTIAL.id(added)}
    if not await setup.door.through(recovery_codes_left, store, number):
        # From now on a password alone is not enough: who loses the passkey is not to lose the account.
        told["recoveryCodes"] = await setup.door.through(new_recovery_codes, store, number, moment, where)
    await put(exchange, 201, told)


@page
async def remove(setup: Setup, exchange: Exchange) -> None:
    """One goes; out is by what one can still sign in. Raises Problem 401, 403, 404, 409 if it is the last way in."""
    proof = await changer(setup, exchange)
    number = number_of(exchange, CREDENTIAL.number)
    left = await setup.door.through(
        remove_passkey, store_of(setup), proof.principal.number, number, now(setup), place(exchange)
    )
    if left is None:
        raise Problem(404, "there is no such passkey")
    await put(exchange, 200, {"remains": left})


def _party(setup: Setup) -> RelyingParty:
    party = self_service(setup).party
    if party is None:
        raise Problem(404, "there are no passkeys here: they need a server that is reached by https and a name")
    return party


def _used(
    setup: Setup, exchange: Exchange, party: RelyingParty, attempt: str, account: int, sent: dict[str, Any]
) -> tuple[Credential, Shown]:
    """Which passkey has signed this. Raises BadPasskey."""
    store, attempts = store_of(setup), self_service(setup).attempts
    one = found_passkey(store, sent)
    if one is None or (account and one.account != account):
        raise BadPasskey("nobody has this passkey, or somebody else")
    response = sent.get("response")
    if not account and not (isinstance(response, dict) and response.get("userHandle")):
        raise BadPasskey("it does not say for which account it is")
    return one, use_passkey(store, party, one, sent, attempts.octets(attempt), now(setup), place(exchange))


def _handle(setup: Setup, known: list[Credential], number: int) -> bytes:
    """By what an account is known to its passkeys: the same for all of them, so that a device has one of each."""
    return user(known) if known else authority_of(setup).key.digest(f"passkey user:{number}")


async def _answered(
    setup: Setup, exchange: Exchange, purpose: Purpose, sent: dict[str, Any] | None = None
) -> tuple[str, int, dict[str, Any]]:
    """The attempt, whose it is, and what the browser made of it. Raises Problem 400, 410."""
    given = await said(exchange) if sent is None else sent
    attempt, credential = text(given, "attempt", _ATTEMPT), given.get("credential")
    if not isinstance(credential, dict):
        raise Problem(400, "credential is what the browser made, as an object")
    account = self_service(setup).attempts.opened(attempt, purpose, known_attempt(exchange))
    if account is None:
        raise Problem(410, OVER)
    return attempt, account, credential
