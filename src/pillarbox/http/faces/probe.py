"""Where the server asks itself whether its URL leads here; for everybody else there is nothing."""

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.net import PROBE
from pillarbox.wire.forwarded import forwarded, protocols

__all__ = ["asks_itself", "probe"]

_BEFORE = PROBE.partition("{")[0].encode()
_HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))
_SAID = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-real-ip"})


async def probe(setup: Setup, exchange: Exchange) -> None:
    """That it is this server, and what came of the request on its way: what a proxy said, and whether it is heeded."""
    question = exchange.parts["question"]
    if not setup.recognition.knows(question):
        raise Problem(404, "there is nothing at this path")
    client = exchange.client
    is_said = any(name in _SAID for name, _ in exchange.headers)
    document = {
        "proof": setup.recognition.answer(question),
        "scheme": "https" if client.is_secure else _scheme(exchange),
        "isUnheeded": is_said and not client.is_forwarded,
        # Of a proxy that is heeded, it is somebody else's address.
        "peer": None if client.is_forwarded or client.ip is None else client.address,
    }
    await exchange.answer(200, _HEADERS, orjson.dumps(document))


def asks_itself(setup: Setup, exchange: Exchange) -> bool:
    """Whether it is this server's own question, which is answered whoever else would not be: so it knows that it is."""
    path = exchange.raw_path
    return path.startswith(_BEFORE) and setup.recognition.knows(path.removeprefix(_BEFORE).decode("latin-1"))


def _scheme(exchange: Exchange) -> str | None:
    """What the nearest proxy says that its client speaks, whether it is trusted or not."""
    said = protocols([value for name, value in exchange.headers if name == b"x-forwarded-proto"])
    hops = forwarded([value for name, value in exchange.headers if name == b"forwarded"])
    return next((one for one in (*said[:1], *(hop.scheme for hop in hops)) if one is not None), None)
