"""The public keys that ID tokens are checked with (RFC 7517 section 5); never a secret."""

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.guard.session import authority_of
from pillarbox.http.setup import Setup

__all__ = ["keys"]

# Less than the time for which a key is published before it is used.
_HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"public, max-age=3600"))


async def keys(setup: Setup, exchange: Exchange) -> None:
    """Those in use, those that will be, and those that were of late."""
    published = await setup.door.through(authority_of(setup).published)
    await exchange.answer(200, _HEADERS, orjson.dumps(published))
