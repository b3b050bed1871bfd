"""Introspection: what a token is good for, told to who may know (RFC 7662)."""

from typing import Any

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import Credentials, answers, client_of, credentials, form, put, site
from pillarbox.http.guard.session import authority_of
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Authority, OAuthError

__all__ = ["look"]

_ANY = "oauth-token-introspect"
"""The permission to look at anybody's tokens."""


@answers
async def look(setup: Setup, exchange: Exchange) -> None:
    """A token in; out what it is, or that it is nothing: that too for tokens which are none of the asker's business.

    Who asks is an account, of its own tokens unless it has the permission `oauth-token-introspect`, or a client with a
    secret, of its own (section 2.1).
    """
    authority = authority_of(setup)
    given = await form(exchange)
    is_client = await setup.door.through(_is_client, authority, exchange, given)
    if is_client:
        found = credentials(exchange, given)
        client = await setup.door.through(client_of, authority, found)
        client_id, account = client.id, None
    else:
        entry = await setup.gate.entry(exchange.header(b"authorization"), exchange.client)
        exchange.entry = entry
        client_id, account = None, None if _ANY in entry.actor.permissions else entry.principal.number
    if "token" not in given:
        raise OAuthError("invalid_request", "token is missing")
    told = await setup.door.through(_told, authority, given["token"], client_id, account)
    if told["active"]:
        told["iss"] = site(setup, exchange).issuer
    await put(exchange, 200, told)


def _told(authority: Authority, text: str, client: str | None, account: int | None) -> dict[str, Any]:
    found = authority.introspected(text)
    if found is None:
        return {"active": False}
    grant, told = found
    if (client is not None and grant.client != client) or (account is not None and grant.account != account):
        return {"active": False}
    return told


def _is_client(authority: Authority, exchange: Exchange, given: dict[str, str]) -> bool:
    """Whether a client says who it is, and not an account: their names are never alike, for an address has an @."""
    try:
        found: Credentials | None = credentials(exchange, given)
    except OAuthError:
        return False
    if found is None or found.secret is None:
        return False
    client = authority.clients.found(found.client)
    return client is not None and client.method != "none"
