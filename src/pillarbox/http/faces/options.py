"""OPTIONS: what may be done with a resource (RFC 9110 section 9.3.7), and what pages of other sites may ask for."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.guard.cors import Cors
from pillarbox.http.path import at
from pillarbox.http.routes import ROUTES

__all__ = ["is_preflight", "options", "permitted"]

_OURS = frozenset(route.path.encode().split(b"/")[1] for route in ROUTES)
"""What the paths of all routes begin with."""


def is_preflight(exchange: Exchange) -> bool:
    """Whether a browser asks for leave to ask (WHATWG Fetch, "CORS-preflight request"), below a path of ours."""
    return (
        exchange.method == "OPTIONS"
        and exchange.header(b"origin") is not None
        and exchange.header(b"access-control-request-method") is not None
        and exchange.raw_path.lstrip(b"/").split(b"/", 1)[0] in _OURS
    )


async def permitted(cors: Cors, exchange: Exchange) -> None:
    """The answer to it; without headers of CORS, where the page may not."""
    await exchange.begin(204, cors.preflight(exchange.header(b"origin")))
    await exchange.end()


async def options(exchange: Exchange) -> None:
    """The methods that there are, of one resource, or with `*` of any. Raises Problem 404."""
    allowed = "GET, HEAD, POST, OPTIONS" if exchange.raw_path == b"*" else at(exchange).allowed
    await exchange.begin(204, ((b"allow", allowed.encode()),))
    await exchange.end()
