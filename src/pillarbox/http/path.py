"""Which route the path of a request leads to.

A path is literal parts and placeholders in braces, each one segment; a slash at the end makes no difference. Parts are
compared as they were sent, then decoded. No other spelling leads to a route, or what access control says of the usual
one could be got around.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.route import Handler, Route
from pillarbox.http.routes import ROUTES

__all__ = ["at", "found"]

_LITERAL = {route.path.encode().strip(b"/"): route for route in ROUTES if "{" not in route.path}
_SPLIT = [(route, route.path.encode().strip(b"/").split(b"/")) for route in ROUTES if "{" in route.path]
_NO_PARTS: Mapping[str, str] = {}


def found(exchange: Exchange) -> tuple[Route, Handler]:
    """The route of a request's path and its handler; what placeholders stood for is put into the exchange.

    Raises Problem 404, or 405 with the methods that there are.
    """
    route = at(exchange)
    return route, _handler(route, exchange.method) if exchange.socket is None else _talker(route)


def at(exchange: Exchange) -> Route:
    """The route of a request's path, whatever its method; its name and what placeholders mean go into the exchange.

    Raises Problem 404.
    """
    sent = exchange.raw_path
    if not sent.startswith(b"/"):
        raise _nothing()
    path = sent[1:-1] if len(sent) > 2 and sent.endswith(b"/") else sent[1:]
    route = _LITERAL.get(path)
    if route is not None:
        exchange.route, exchange.parts = route.name, _NO_PARTS
        return route
    given = path.split(b"/")
    for route, parts in _SPLIT:
        if len(parts) == len(given) and all(
            part == one or (part.startswith(b"{") and one) for part, one in zip(parts, given, strict=True)
        ):
            exchange.route, exchange.parts = route.name, _decoded(parts, given)
            return route
    raise _nothing()


def _nothing() -> Problem:
    return Problem(404, "there is nothing at this path")


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
        raise Problem(405, f"allowed: {route.allowed}", headers=((b"allow", route.allowed.encode()),))
    return handler


def _talker(route: Route) -> Handler:
    if route.socket is None:
        raise Problem(404, "there is no WebSocket at this path")
    return route.socket
