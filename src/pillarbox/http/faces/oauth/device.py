"""The device flow: a device asks, shows a code, and somebody enters that in a browser (RFC 8628)."""

from typing import Any

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.authorization import check_person, shown_client, shown_scopes
from pillarbox.http.faces.oauth.form import answers, client_of, credentials, form, json_of, put, site
from pillarbox.http.guard.session import authority_of, check_origin, required_proof
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import DEVICE_CODE, INTERVAL, Allowed, OAuthError, TooManyTries, Waiting, scopes_of
from pillarbox.wire.network import whole
from pillarbox.wire.values import utc_datetime

__all__ = ["begin", "decide", "look"]


@answers
async def begin(setup: Setup, exchange: Exchange) -> None:
    """A device's question in, its codes out (sections 3.1 and 3.2). Raises Problem 429."""
    authority = authority_of(setup)
    given = await form(exchange)
    found = credentials(exchange, given)
    client = await setup.door.through(client_of, authority, found)
    if DEVICE_CODE not in client.grants:
        raise OAuthError("unauthorized_client", "this client has not registered for the device flow")
    scopes = scopes_of(given.get("scope"), client)
    nonce = given.get("nonce", "")[:512] or None
    place = whole(exchange.client.address)
    try:
        device, user = await setup.door.through(
            authority.devices.begin, client.id, scopes, nonce, "" if place is None else str(place)
        )
    except TooManyTries as problem:
        raise _too_many(problem) from None
    base = site(setup, exchange).base
    await put(
        exchange,
        200,
        {
            "device_code": device,
            "user_code": user,
            "verification_uri": f"{base}/authorize",
            "verification_uri_complete": f"{base}/authorize?code={user}",
            "expires_in": authority.policy.user_code,
            "interval": INTERVAL,
        },
    )


async def look(setup: Setup, exchange: Exchange) -> None:
    """`{"code"}` in, which client it is and what it wants out. Raises Problem 401, 403, 404, 429."""
    authority = authority_of(setup)
    check_origin(exchange, site(setup, exchange).base)
    code = _code(await json_of(exchange))
    proof = await required_proof(setup, exchange)
    check_person(proof)
    try:
        waiting = await setup.door.through(authority.devices.waiting, code, proof.principal.number)
    except TooManyTries as problem:
        raise _too_many(problem) from None
    client = None if waiting is None else await setup.door.through(authority.clients.found, waiting.client)
    if waiting is None or client is None:
        raise Problem(404, "no device waits with this code")
    told = {
        "client": shown_client(client, None),
        "scopes": shown_scopes(frozenset(waiting.scopes)),
        "account": proof.principal.name,
    }
    await put(exchange, 200, told)


async def decide(setup: Setup, exchange: Exchange) -> None:
    """`{"code", "allow"}` in: the device is let in, or not. Raises Problem 400, 401, 403, 404, 429."""
    authority = authority_of(setup)
    check_origin(exchange, site(setup, exchange).base)
    sent = await json_of(exchange)
    code, is_allowed = _code(sent), sent.get("allow")
    if not isinstance(is_allowed, bool):
        raise Problem(400, "allow is true or false")
    proof = await required_proof(setup, exchange)
    check_person(proof)
    by = await setup.door.through(authority.browser, proof.credential or 0)
    if by is None:
        raise Problem(401, "sign in first")
    session = by

    def allowed(waiting: Waiting) -> Allowed | None:
        if not is_allowed:
            return None
        at = utc_datetime(session.auth_time).timestamp()
        return Allowed(
            session.account,
            waiting.client,
            None,
            waiting.scopes,
            at,
            tuple(session.methods),
            nonce=waiting.nonce,
            session=session.number,
            password=authority.password_of(proof.principal),
        )

    try:
        done = await setup.door.through(authority.devices.decide, code, proof.principal.number, allowed)
    except TooManyTries as problem:
        raise _too_many(problem) from None
    if not done:
        raise Problem(404, "no device waits with this code")
    await put(exchange, 200, {"done": True})


def _code(sent: dict[str, Any]) -> str:
    code = sent.get("code")
    if not isinstance(code, str):
        raise Problem(400, "code is what the device shows")
    return code


def _too_many(problem: TooManyTries) -> Problem:
    seconds = max(1, round(problem.seconds))
    return Problem(429, str(problem), headers=((b"retry-after", b"%d" % seconds),))
