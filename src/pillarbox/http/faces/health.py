"""Whether the server is alive, and whether it is ready to serve: for what watches over it, as load balancers do."""

from collections.abc import Mapping

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.setup import Setup

__all__ = ["live", "ready"]

_HEADERS = ((b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"))
_FINE = orjson.dumps({"type": "about:blank", "status": 200, "detail": "OK"})


async def live(_: Setup, exchange: Exchange) -> None:
    """That the process answers; it should be started again only if it does not."""
    await exchange.answer(200, _HEADERS, _FINE)


async def ready(setup: Setup, exchange: Exchange) -> None:
    """Whether it can serve, and if it cannot, which part of it is not ready.

    404 is what HAProxy takes for a server to whom nobody new is to be sent, while what it does is left to it to finish
    (`http-check disable-on-404`); to others it is as good as 503.
    """
    if setup.health.is_draining:
        await _lacking(exchange, 404, "Not Found", {"server": "it is about to stop"})
        return
    if setup.stopping.is_set():
        lacks = {"server": "it is stopping"}
    else:
        lacks = await setup.health.lacks(setup.door, setup.service.store)
    if not lacks:
        await exchange.answer(200, _HEADERS, _FINE)
        return
    await _lacking(exchange, 503, "Temporarily Unavailable", lacks)


async def _lacking(exchange: Exchange, status: int, title: str, lacks: Mapping[str, str]) -> None:
    document = {
        "type": "about:blank",
        "status": status,
        "title": title,
        "detail": "; ".join(f"{part}: {said}" for part, said in lacks.items()),
        "parts": list(lacks),
    }
    await exchange.answer(status, (*_HEADERS, (b"retry-after", b"5")), orjson.dumps(document))
