"""Registration of clients, by themselves or by somebody (RFC 7591), and what becomes of it (RFC 7592)."""

from typing import Any

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import NO_STORE, answers, json_of, put, site
from pillarbox.http.guard.permission import check_permission
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import CHALLENGE, Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import OAuthError, Registered
from pillarbox.telemetry import Event, emit

__all__ = ["change", "register", "remove", "tell"]

_LARGEST = 20 * 1024
_PERMISSION = "oauth-client-registration"


@answers
async def register(setup: Setup, exchange: Exchange) -> None:
    """Metadata in, the client's id and what is in force of it out (RFC 7591 section 3).

    Whoever has the permission `oauth-client-registration` may register sites, and clients with a secret; anybody a
    program for people's own devices, if the settings let them. Raises Problem 401, 403.
    """
    authority = authority_of(setup)
    authorization = exchange.header(b"authorization")
    account = ""
    if authorization is not None:
        entry = await setup.gate.entry_or_key(authorization, exchange.client)
        exchange.entry = entry
        check_permission(_PERMISSION, entry)
        account = entry.principal.name
    elif not authority.policy.allows_anonymous:
        raise Problem(401, "clients are registered here by those with the right to do so", headers=CHALLENGE)
    said = await _metadata(exchange)
    make = authority.clients.register if account else authority.clients.register_open
    registered = await setup.door.through(make, said)
    if account:
        name = str(registered.metadata.get("client_name", ""))
        emit(Event.OAUTH_REGISTERED, client=registered.id, name=name, account=account)
    await put(exchange, 201, _told(registered, site(setup, exchange).base))


@answers
async def tell(setup: Setup, exchange: Exchange) -> None:
    """What is in force of a client (RFC 7592 section 2.1)."""
    clients = authority_of(setup).clients
    kept = await setup.door.through(clients.managed, exchange.parts["clientId"], _token(exchange))
    await put(exchange, 200, _told(clients.told(kept), site(setup, exchange).base))


@answers
async def change(setup: Setup, exchange: Exchange) -> None:
    """Other metadata in place of what there was (RFC 7592 section 2.2)."""
    clients = authority_of(setup).clients
    kept = await setup.door.through(clients.managed, exchange.parts["clientId"], _token(exchange))
    said = await _metadata(exchange)
    registered = await setup.door.through(clients.replace, kept, said)
    await put(exchange, 200, _told(registered, site(setup, exchange).base))


@answers
async def remove(setup: Setup, exchange: Exchange) -> None:
    """The client is gone, and all its tokens (RFC 7592 section 2.3)."""
    clients = authority_of(setup).clients
    kept = await setup.door.through(clients.managed, exchange.parts["clientId"], _token(exchange))
    await setup.door.through(clients.remove, kept)
    emit(Event.OAUTH_ENDED, client=kept.client, reason="its registration was removed")
    await exchange.begin(204, NO_STORE)
    await exchange.end()


async def _metadata(exchange: Exchange) -> dict[str, Any]:
    """Raises OAuthError invalid_client_metadata; Problem 413."""
    media_type = (exchange.header(b"content-type") or b"").split(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise OAuthError("invalid_client_metadata", "the content type is application/json")
    try:
        return await json_of(exchange, _LARGEST)
    except Problem as problem:
        if problem.status != 400:
            raise
        raise OAuthError("invalid_client_metadata", problem.detail) from None


def _token(exchange: Exchange) -> str:
    scheme, _, text = (exchange.header(b"authorization") or b"").partition(b" ")
    return text.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _told(registered: Registered, base: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "client_id": registered.id,
        "client_id_issued_at": registered.issued,
        **registered.metadata,
    }
    if registered.secret is not None:
        told |= {"client_secret": registered.secret, "client_secret_expires_at": 0}
    if registered.token is not None:
        told["registration_access_token"] = registered.token
        told["registration_client_uri"] = f"{base}/auth/register/{registered.id}"
    return told
