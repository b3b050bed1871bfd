"""What endpoints for clients have in common: forms in, JSON out, and who sends them (RFC 6749 sections 2.3, 3.2)."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote_plus

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Authority, Came, Client, OAuthError, Site
from pillarbox.telemetry import Event, emit
from pillarbox.wire.json import NotJSON, parse

__all__ = [
    "NO_STORE",
    "Credentials",
    "answers",
    "came",
    "client_of",
    "credentials",
    "form",
    "json_of",
    "put",
    "site",
]

_Handler: TypeAlias = Callable[[Setup, Exchange], Awaitable[None]]

NO_STORE = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
"""What every answer has that holds something secret (RFC 6749 section 5.1)."""
_JSON = (b"content-type", b"application/json; charset=utf-8")
_LARGEST = 16 * 1024
_MOST = 40
_BASIC = (b"www-authenticate", b'Basic realm="Pillarbox", charset="UTF-8"')


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client says it is, and proves it by; `method` is how that came (RFC 7591 section 2)."""

    client: str
    secret: str | None
    method: str | None


def answers(handler: _Handler) -> _Handler:
    """The handler, whose refusals are answered as OAuth has it: in JSON (RFC 6749 section 5.2)."""

    @wraps(handler)
    async def answered(setup: Setup, exchange: Exchange) -> None:
        try:
            await handler(setup, exchange)
        except OAuthError as error:
            # Anybody can have it happen with each request.
            if setup.policy.told.is_due("oauth", exchange.route, error.code):
                emit(
                    Event.OAUTH_REFUSED,
                    endpoint=exchange.route,
                    error=error.code,
                    known=error.description,
                    address=exchange.client.address,
                )
            # A client that sent no such header is asked for none (RFC 6749 section 5.2).
            is_asked = error.code == "invalid_token" or exchange.header(b"authorization") is not None
            is_challenged = error.status == 401 and is_asked
            await put(
                exchange,
                401 if is_challenged else 400,
                {"error": error.code, "error_description": error.description},
                *(_challenge(exchange, error) if is_challenged else ()),
            )

    return answered


def site(setup: Setup, exchange: Exchange) -> Site:
    """Where this server is, as this client is told."""
    base = base_url(setup, exchange)
    issuer = None if setup.oauth is None else setup.oauth.policy.issuer
    return Site(issuer or base, base)


def came(exchange: Exchange) -> Came:
    """From where a request came."""
    agent = exchange.header(b"user-agent") or b""
    return Came(exchange.client.address, agent[:200].decode("latin-1"))


async def form(exchange: Exchange) -> dict[str, str]:
    """The parameters of a form; those without a value are as if they were not there (RFC 6749 section 3.2).

    Raises OAuthError invalid_request.
    """
    too_large = Problem(413, f"no more than {_LARGEST} octets")
    exchange.refuse_by_length(_LARGEST, too_large)
    media_type = (exchange.header(b"content-type") or b"").split(b";")[0].strip().lower()
    if media_type != b"application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "the content type is application/x-www-form-urlencoded")
    octets = await exchange.body(_LARGEST, too_large)
    try:
        pairs = parse_qsl(octets.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError:
        raise OAuthError("invalid_request", "this is no form in percent-encoded UTF-8") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given and name != "resource":
            raise OAuthError("invalid_request", "a parameter is given twice")
        given.setdefault(name, value)
    return {name: value for name, value in given.items() if value}


def credentials(exchange: Exchange, given: Mapping[str, str]) -> Credentials | None:
    """Who says what client sent this, in one way alone (RFC 6749 section 2.3.1). Raises OAuthError."""
    authorization = exchange.header(b"authorization")
    if authorization is None:
        if "client_id" not in given:
            return None
        secret = given.get("client_secret")
        return Credentials(given["client_id"], secret, None if secret is None else "client_secret_post")
    scheme, _, text = authorization.partition(b" ")
    if scheme.lower() != b"basic" or len(text) > 4096:
        raise OAuthError("invalid_client", "clients prove who they are by Basic, or in the form", 401)
    if "client_secret" in given:
        raise OAuthError("invalid_request", "there are two proofs of who the client is")
    try:
        name, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, colon, secret = "", "", ""
    if not colon:
        raise OAuthError("invalid_client", "the credentials are not base64 of an id, a colon and a secret", 401)
    client = unquote_plus(name)
    if given.get("client_id", client) != client:
        raise OAuthError("invalid_request", "there are two ids of clients")
    return Credentials(client, unquote_plus(secret) or None, "client_secret_basic")


def client_of(authority: Authority, found: Credentials | None) -> Client:
    """The client that has proved to be it, as far as it can. Raises OAuthError invalid_client; store.StoreError."""
    if found is None:
        raise OAuthError("invalid_client", "client_id is missing", 401)
    return authority.clients.authenticated(found.client, found.secret, found.method)


async def json_of(exchange: Exchange, most: int = _LARGEST) -> dict[str, Any]:
    """The object in a body. Raises Problem 400, 413."""
    octets = await exchange.body(most, Problem(413, f"no more than {most} octets"))
    try:
        value = parse(octets)
    except NotJSON as problem:
        raise Problem(400, str(problem)) from None
    if not isinstance(value, dict):
        raise Problem(400, "the body is one object in JSON")
    return value


async def put(exchange: Exchange, status: int, value: object, *headers: tuple[bytes, bytes]) -> None:
    """Answers with this in JSON, for nobody to keep."""
    await exchange.answer(status, (_JSON, *NO_STORE, *headers), orjson.dumps(value))


def _challenge(exchange: Exchange, error: OAuthError) -> tuple[tuple[bytes, bytes], ...]:
    """What a 401 asks for (RFC 6749 section 5.2; RFC 6750 section 3)."""
    if error.code == "invalid_token":
        return ((b"www-authenticate", b'Bearer realm="Pillarbox", error="invalid_token"'),)
    # A page's script is not to have its browser ask for a password.
    by_script = exchange.header(b"sec-fetch-mode") not in (None, b"navigate")
    return ((b"www-authenticate", b'Bearer realm="Pillarbox"'),) if by_script else (_BASIC,)
