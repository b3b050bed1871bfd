"""`POST /api/oauth`: a page that has somebody's password makes codes for clients (the reference, sections 5 and 6).

Only the main password does: a token must not make others, which could do more than it can itself.
"""

from typing import Any

from pillarbox import __version__
from pillarbox.access import ProofKind, redirect
from pillarbox.access.permission import AUTHENTICATE_OAUTH
from pillarbox.access.scope import SCOPES
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import json_of, put, site
from pillarbox.http.guard.permission import check_permission
from pillarbox.http.guard.session import authority_of, check_asker
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Allowed, OAuthError, TooManyTries, Waiting

__all__ = ["make"]

_LONGEST = 512
_OF_BROWSERS = ("http:", "https:", "javascript:", "data:", "blob:", "file:", "about:", "vbscript:")


async def make(setup: Setup, exchange: Exchange) -> None:
    """`{"type": "code", ...}` in, a code out; `{"type": "device", "code"}` in, whether a device waited with it out.

    Raises Problem 400, 403, 415, 429.
    """
    authority_of(setup)
    check_asker(exchange, site(setup, exchange).base)
    entry = exchange.entry
    check_permission(AUTHENTICATE_OAUTH, entry)
    if entry.proof.kind is not ProofKind.PASSWORD:
        raise Problem(403, "this needs the account's own password, and no token or app password")
    sent = await json_of(exchange)
    match sent.get("type"):
        case "code":
            await _code(setup, exchange, sent)
        case "device":
            await _device(setup, exchange, sent)
        case _:
            raise Problem(400, "type is code or device")


async def _code(setup: Setup, exchange: Exchange, sent: dict[str, Any]) -> None:
    client, uri = sent.get("client_id"), sent.get("redirect_uri")
    challenge, nonce = sent.get("code_challenge"), sent.get("nonce")
    if not isinstance(client, str) or not all(
        one is None or (isinstance(one, str) and len(one) <= _LONGEST) for one in (uri, challenge, nonce)
    ):
        raise Problem(400, "client_id, redirect_uri, nonce and code_challenge are strings")
    authority = authority_of(setup)
    found = await setup.door.through(authority.clients.found, client)
    if found is None:
        await _failed(exchange, "Client ID is invalid.")
        return
    if found.redirects is not None and (uri is None or not found.answers_at(uri)):
        await _failed(exchange, "The redirect URI is not one that the client has registered.")
        return
    is_of_browser = uri is not None and uri.lower().startswith(_OF_BROWSERS) and not redirect.is_native(uri)
    if found.redirects is None and is_of_browser:
        # A page that does what its link says would hand the code to whoever wrote that.
        await _failed(exchange, "Redirect URI must be one of a program on this device, or be registered.")
        return
    allowed = _allowed(setup, exchange, found.id, tuple(SCOPES), uri, challenge, nonce)
    try:
        code = await setup.door.through(authority.codes.give, allowed)
    except OAuthError as error:
        await _failed(exchange, error.description)
        return
    permissions = sorted(exchange.entry.actor.permissions)
    data = {"code": code, "permissions": permissions, "version": __version__, "isEnterprise": False}
    await put(exchange, 200, {"data": data})


async def _device(setup: Setup, exchange: Exchange, sent: dict[str, Any]) -> None:
    code = sent.get("code")
    if not isinstance(code, str):
        raise Problem(400, "code is what the device shows")
    authority = authority_of(setup)

    def allowed(waiting: Waiting) -> Allowed:
        return _allowed(setup, exchange, waiting.client, waiting.scopes, None, None, waiting.nonce)

    try:
        done = await setup.door.through(authority.devices.decide, code, exchange.entry.principal.number, allowed)
    except TooManyTries as problem:
        seconds = max(1, round(problem.seconds))
        raise Problem(429, str(problem), headers=((b"retry-after", b"%d" % seconds),)) from None
    await put(exchange, 200, {"data": done})


def _allowed(
    setup: Setup,
    exchange: Exchange,
    client: str,
    scopes: tuple[str, ...],
    uri: str | None,
    challenge: str | None,
    nonce: str | None,
) -> Allowed:
    entry, authority = exchange.entry, authority_of(setup)
    return Allowed(
        entry.principal.number,
        client,
        uri,
        scopes,
        authority.clock(),
        entry.proof.methods,
        challenge,
        nonce,
        password=authority.password_of(entry.principal),
    )


async def _failed(exchange: Exchange, details: str) -> None:
    # As management errors are: with 200 (the reference's management API, section 2).
    await put(exchange, 200, {"error": "other", "details": details})
