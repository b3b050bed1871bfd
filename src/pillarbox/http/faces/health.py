"""Whether the server is alive, and whether it is ready to serve: for what watches over it, as load balancers do."""

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
    """Whether it can serve, and if it cannot, which part of it is not ready."""
    if setup.stopping.is_set():
        lacks = {"server": "it is stopping"}
    else:
        lacks = await setup.health.lacks(setup.door, setup.service.store)
    if not lacks:
        await exchange.answer(200, _HEADERS, _FINE)
        return
    detail = "; ".join(f"{part}: {said}" for part, said in lacks.items())
    document = {
        "type": "about:blank",
        "status": 503,
        "title": "Temporarily Unavailable",
        "detail": detail,
        "parts": list(lacks),
    }
    await exchange.answer(503, (*_HEADERS, (b"retry-after", b"5")), orjson.dumps(document))
