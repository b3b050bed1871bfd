"""What an authority comes to see over HTTP before it believes that a name is ours (RFC 8555 section 8.3)."""

import re

from pillarbox.datatypes.server import http_challenge
from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["challenge"]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,512}", re.ASCII)


async def challenge(setup: Setup, exchange: Exchange) -> None:
    """The key authorization of a token that we were given; 404 for any other. Raises store.StoreError."""
    token = exchange.parts["token"]
    answer = None
    if _TOKEN.fullmatch(token):
        answer = await setup.door.through(http_challenge, setup.service.store, token, setup.service.clock())
    if answer is None:
        raise Problem(404, "no authority was told to look here")
    headers = ((b"content-type", b"application/octet-stream"), (b"cache-control", b"no-store"))
    await exchange.answer(200, headers, answer.encode())
