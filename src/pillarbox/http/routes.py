"""Every route in one table: path, methods, handler, and whether credentials are asked for.

A path is literal parts and placeholders in braces, each one segment; a slash at the end makes no difference. Parts are
compared as they were sent, then decoded.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from pillarbox.http import blob, eventsource, handshake, jmap, ticket, websocket
from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["ROUTES", "Credential", "Route", "found"]

Handler: TypeAlias = Callable[[Setup, Exchange], Awaitable[None]]


class Credential(Enum):
    """What a route asks of whoever comes."""

    NONE = "none"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Route:
    """One resource."""

    path: str
    methods: Mapping[str, Handler]
    credential: Credential
    doc: str
    takes_tickets: bool = False
    """Whether a ticket in its URL is as good as credentials."""
    socket: Handler | None = None
    """What speaks on a WebSocket that begins here."""


ROUTES: Sequence[Route] = (
    Route("/.well-known/jmap", {"GET": jmap.session}, Credential.ACCOUNT, "The JMAP session (RFC 8620 section 2)."),
    Route("/jmap", {"POST": jmap.api}, Credential.ACCOUNT, "JMAP requests (RFC 8620 section 3.1)."),
    Route("/jmap/upload/{accountId}", {"POST": blob.upload}, Credential.ACCOUNT, "Uploads (RFC 8620 section 6.1)."),
    Route(
        "/jmap/download/{accountId}/{blobId}/{name}",
        {"GET": blob.download},
        Credential.ACCOUNT,
        "Downloads (RFC 8620 section 6.2); `accept` is the media type to answer with.",
        takes_tickets=True,
    ),
    Route(
        "/jmap/eventsource",
        {"GET": eventsource.listen},
        Credential.ACCOUNT,
        "Push (RFC 8620 section 7.3), with `types`, `closeafter` and `ping`.",
        takes_tickets=True,
    ),
    Route(
        "/jmap/ws",
        {"GET": handshake.plain},
        Credential.ACCOUNT,
        "JMAP over a WebSocket (RFC 8887).",
        takes_tickets=True,
        socket=websocket.talk,
    ),
    Route("/jmap/ticket", {"POST": ticket.mint}, Credential.ACCOUNT, "Credentials for one URL, for browsers."),
)

_SPLIT = [(route, route.path.encode().strip(b"/").split(b"/")) for route in ROUTES]


def found(exchange: Exchange) -> tuple[Route, Handler]:
    """The route of a request's path and its handler; what placeholders stood for is put into the exchange.

    Raises Problem 404, or 405 with the methods that there are.
    """
    given = exchange.raw_path.strip(b"/").split(b"/")
    for route, parts in _SPLIT:
        if len(parts) == len(given) and all(
            part == one or (part.startswith(b"{") and one) for part, one in zip(parts, given, strict=True)
        ):
            exchange.parts = _decoded(parts, given)
            return route, _handler(route, exchange.method) if exchange.socket is None else _talker(route)
    raise Problem(404, "there is nothing at this path")


def _decoded(parts: Sequence[bytes], given: Sequence[bytes]) -> dict[str, str]:
    try:
        return {
            part[1:-1].decode(): unquote_to_bytes(one).decode()
            for part, one in zip(parts, given, strict=True)
            if part.startswith(b"{")
        }
    except UnicodeDecodeError:
        raise Problem(400, "the path is not percent-encoded UTF-8") from None


def _handler(route: Route, method: str) -> Handler:
    handler = route.methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = ", ".join([*route.methods, *(["HEAD"] if "GET" in route.methods else [])])
        raise Problem(405, f"allowed: {allowed}", headers=((b"allow", allowed.encode()),))
    return handler


def _talker(route: Route) -> Handler:
    if route.socket is None:
        raise Problem(404, "there is no WebSocket at this path")
    return route.socket
