"""Asking for a ticket (architecture section 4)."""

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.guard.admission import LIFE
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.wire.json import NotJSON, parse

__all__ = ["mint"]

_MOST = 8192
_HEADERS = ((b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"))


async def mint(setup: Setup, exchange: Exchange) -> None:
    """`{"url": URL}` in; the URL with a ticket at its end out, and how many seconds it has until its first use."""
    octets = await exchange.body(_MOST, Problem(413, f"no more than {_MOST} octets"))
    try:
        asked = parse(octets)
    except NotJSON as problem:
        raise Problem(400, str(problem)) from None
    match asked:
        case {"url": str(url)} if url.isascii() and url.isprintable() and " " not in url and "#" not in url:
            pass
        case _:
            raise Problem(400, 'a ticket is asked for with {"url": URL}, and what is no ASCII is percent-encoded')
    target = _target(base_url(setup, exchange), url)
    # On a route that takes no tickets it is the header's.
    authorization = exchange.authorization or b""
    ticket = await setup.tickets.give(exchange.entry.principal.number, target, authorization)
    mark = "&" if "?" in url else "?"
    answer = {"url": f"{url}{mark}ticket={ticket}", "seconds": int(LIFE)}
    await exchange.answer(201, _HEADERS, orjson.dumps(answer))


def _target(base: str, url: str) -> bytes:
    """What a request for a URL of ours asks for. Raises Problem 400 if it is not ours."""
    for ours in (base, f"ws{base.removeprefix('http')}"):
        if url.startswith(f"{ours}/"):
            return url.removeprefix(ours).encode()
    if url.startswith("/") and not url.startswith("//"):
        return url.encode()
    raise Problem(400, f"tickets are for URLs that begin with {base}/")
