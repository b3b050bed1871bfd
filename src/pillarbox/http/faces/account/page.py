"""What is the same for all that the pages ask: who they are, what they say, and how they are answered."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeAlias

import orjson

from pillarbox.access import Proof
from pillarbox.access.permission import AUTHENTICATE, MANAGE_PASSWORDS
from pillarbox.datatypes.server import Credential
from pillarbox.datatypes.server.credential import CREDENTIAL
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.guard.session import authority_of, check_origin, required_proof
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.browser import KnownPasskey, LastWay, SelfService
from pillarbox.signin.credentials import CredentialError
from pillarbox.store import Store
from pillarbox.wire.json import NotJSON, parse
from pillarbox.wire.values import utc_date, utc_datetime

__all__ = [
    "CONFIRM",
    "changer",
    "now",
    "number_of",
    "page",
    "person",
    "place",
    "put",
    "said",
    "self_service",
    "shown",
    "store_of",
    "text",
    "utc",
    "wrong",
]

_Handler: TypeAlias = Callable[[Setup, Exchange], Awaitable[None]]

CONFIRM = "urn:pillarbox:error:confirm"
"""The type of the problem that who signed in too long ago is told."""
_RECENT = 900.0
"""Seconds after signing in for which things may be changed."""
_MOST = 64 * 1024
_JSON = (b"content-type", b"application/json; charset=utf-8")
_CHALLENGE = ((b"www-authenticate", b'Bearer realm="Pillarbox"'),)
"""A 401 must have one (RFC 9110 section 15.5.2); to this, no browser opens a dialog of its own."""


def page(handler: _Handler) -> _Handler:
    """The handler, for pages of this server alone; nothing of it is ever readable by others, whatever is set.

    Raises Problem 403, 415 for who is none.
    """

    @wraps(handler)
    async def answered(setup: Setup, exchange: Exchange) -> None:
        try:
            _check_page(setup, exchange)
            await handler(setup, exchange)
        except CredentialError as problem:
            status = 409 if isinstance(problem, KnownPasskey | LastWay) else 400
            raise Problem(status, str(problem)) from None

    return answered


def self_service(setup: Setup) -> SelfService:
    """What this needs. Raises Problem 404 where it is not there."""
    if setup.self_service is None:
        raise Problem(404, "nobody signs in with a browser here")
    return setup.self_service


def store_of(setup: Setup) -> Store:
    """Where all of it is kept."""
    return setup.service.store


def now(setup: Setup) -> datetime:
    """The time by which everything here is judged."""
    return datetime.fromtimestamp(authority_of(setup).clock(), UTC)


def place(exchange: Exchange) -> str:
    """From where a request came, as it is written down."""
    return exchange.client.address


async def person(setup: Setup, exchange: Exchange) -> Proof:
    """Whoever has signed in with this browser, and may still. Raises Problem 401, 403."""
    proof = await required_proof(setup, exchange)
    if AUTHENTICATE not in proof.principal.permissions:
        raise Problem(403, f"this account may not be used so: it lacks the permission {AUTHENTICATE}")
    return proof


async def changer(setup: Setup, exchange: Exchange) -> Proof:
    """Whoever may change how they sign in: they have done so in this browser a short while ago.

    Raises Problem 401; 403, of the type CONFIRM where they are to prove once more who they are.
    """
    proof = await person(setup, exchange)
    if MANAGE_PASSWORDS not in proof.principal.permissions:
        raise Problem(403, f"this needs the permission {MANAGE_PASSWORDS}")
    if not _is_recent(setup, proof.at):
        # What is remembered here may be older than what was confirmed in another process.
        grant = await setup.door.through(authority_of(setup).browser, proof.credential or 0)
        if grant is None or not _is_recent(setup, utc_datetime(grant.auth_time).timestamp()):
            minutes = round(_RECENT / 60)
            raise Problem(403, f"it is more than {minutes} minutes since you signed in; confirm who you are", CONFIRM)
    return proof


async def said(exchange: Exchange) -> dict[str, Any]:
    """The object in a body, empty where there is none. Raises Problem 400, 413."""
    octets = await exchange.body(_MOST, Problem(413, f"no more than {_MOST} octets"))
    if not octets:
        return {}
    try:
        value = parse(octets)
    except NotJSON as problem:
        raise Problem(400, str(problem)) from None
    if not isinstance(value, dict):
        raise Problem(400, "the body is one object in JSON")
    return value


def text(sent: dict[str, Any], name: str, most: int) -> str:
    """A member that is a string with something in it. Raises Problem 400."""
    value = sent.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Problem(400, f"{name} is a string of one to {most} characters")
    return value


async def put(exchange: Exchange, status: int, value: object, *headers: tuple[bytes, bytes]) -> None:
    """Answers with this in JSON, for this page alone and for nobody to keep."""
    sent = (_JSON, (b"cache-control", b"no-store"), *headers)
    await exchange.answer(status, sent, orjson.dumps(value))


def wrong(detail: str) -> Problem:
    """What was shown proves nothing."""
    return Problem(401, detail, headers=_CHALLENGE)


def number_of(exchange: Exchange, kind: Callable[[str], int | None]) -> int:
    """The number behind the id in the path. Raises Problem 404."""
    number = kind(exchange.parts["id"])
    if number is None:
        raise Problem(404, "there is nothing with this id")
    return number


def shown(one: Credential) -> dict[str, Any]:
    """What its owner is told of every kind of credential."""
    return {"id": CREDENTIAL.id(one.number), "name": one.name, "created": one.created, "lastUsed": one.used}


def utc(seconds: float) -> str:
    """A time since 1970, as it is written."""
    return utc_date(datetime.fromtimestamp(seconds, UTC))


def _is_recent(setup: Setup, at: float) -> bool:
    return authority_of(setup).clock() - at <= _RECENT


def _check_page(setup: Setup, exchange: Exchange) -> None:
    is_told = exchange.header(b"sec-fetch-site") is not None or exchange.header(b"origin") is not None
    if exchange.method in ("GET", "HEAD") and not is_told:
        # A browser that asks in the clear says neither. The header that our pages add, those of others cannot, unless
        # they are let (WHATWG Fetch); and a browser sends the cookie to none that another site has begun.
        if exchange.header(b"x-requested-with") is None:
            raise Problem(403, "this is for pages of this server alone")
        return
    check_origin(exchange, base_url(setup, exchange))
