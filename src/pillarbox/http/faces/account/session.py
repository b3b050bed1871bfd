"""Signing in with a browser, and out again."""

from pillarbox.datatypes.server import PASSKEY, RECOVERY, TOTP
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.browser import admitted, attempting, clear_attempt, sign_in
from pillarbox.http.faces.account.page import page, person, place, put, said, self_service, store_of, text, utc, wrong
from pillarbox.http.faces.account.proving import PASSWORD, is_code, whose
from pillarbox.http.guard.session import authority_of, clear_cookie, session_proof
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import factors_of

__all__ = ["begin", "confirm", "end", "tell"]

_NAME = 320
"""Characters of the longest name: more than an address may have (RFC 5321 section 4.5.3.1)."""
_CODE = 64


@page
async def tell(setup: Setup, exchange: Exchange) -> None:
    """Who has signed in, and when they last proved that it is them."""
    proof = await session_proof(setup, exchange)
    if proof is None:
        await put(exchange, 200, {"signedIn": False})
        return
    principal = proof.principal
    await put(
        exchange,
        200,
        {
            "signedIn": True,
            "name": principal.description or principal.name,
            "address": principal.name,
            "methods": list(proof.methods),
            "authTime": utc(proof.at),
        },
    )


@page
async def begin(setup: Setup, exchange: Exchange) -> None:
    """`{"name", "password"}` in; they are in, or told which second factors there are. Raises Problem 401, 403, 429."""
    sent = await said(exchange)
    name, password = text(sent, "name", _NAME), text(sent, "password", PASSWORD)
    principal = admitted(await whose(setup, exchange, name, password))
    factors = await setup.door.through(factors_of, store_of(setup), principal.number)
    if not factors:
        await sign_in(setup, exchange, principal, ("pwd",))
        return
    service = self_service(setup)
    usable = factors if service.party is not None else factors - {PASSKEY}
    if not usable:
        raise Problem(403, "this account is opened with a passkey, and the server knows none at the URL that it has")
    browser, kept = attempting(exchange)
    attempt = await setup.door.through(service.attempts.begin, principal.number, browser)
    methods = [one for one in (TOTP, PASSKEY, RECOVERY) if one in usable]
    await put(exchange, 200, {"needs": "second-factor", "methods": methods, "attempt": attempt}, kept)


@page
async def confirm(setup: Setup, exchange: Exchange) -> None:
    """`{"password"}` or `{"code"}` in: it is still them, now. Raises Problem 401, 403, 429."""
    proof = await person(setup, exchange)
    sent = await said(exchange)
    if "code" in sent:
        if not await is_code(setup, exchange, proof.principal, TOTP, text(sent, "code", _CODE)):
            raise wrong("the code is wrong, or was used before")
        method = "otp"
    else:
        found = await whose(setup, exchange, proof.principal.name, text(sent, "password", PASSWORD))
        if found.number != proof.principal.number:
            raise wrong("this is somebody else's password")
        method = "pwd"
    grants = authority_of(setup).grants
    if await setup.door.through(grants.confirm, proof.credential or 0, (method,)) is None:
        raise wrong("sign in first")
    await put(exchange, 200, {"confirmed": True})


@page
async def end(setup: Setup, exchange: Exchange) -> None:
    """The session ends, everywhere, and its cookie goes; it is no error if there is none."""
    proof = await session_proof(setup, exchange)
    if proof is not None:
        grants = authority_of(setup).grants
        await setup.door.through(grants.end, proof.principal.number, proof.credential or 0, place(exchange))
    await put(exchange, 200, {"signedIn": False}, clear_cookie(exchange), clear_attempt(exchange))
