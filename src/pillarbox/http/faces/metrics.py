"""What the server has counted, for Prometheus."""

import base64
import binascii
from hmac import compare_digest
from urllib.parse import urlsplit

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.telemetry import Secret
from pillarbox.wire.forwarded import address

__all__ = ["prometheus"]

_CHALLENGE = ((b"www-authenticate", b'Basic realm="Pillarbox metrics", charset="UTF-8"'),)
_LONGEST = 4096
_NO_STORE = (b"cache-control", b"no-store")


async def prometheus(setup: Setup, exchange: Exchange) -> None:
    """All metrics, in the text format; docs/reference/metrics.md says what they are."""
    scraping = setup.site.scraping
    if scraping is None:
        raise Problem(404, "there is nothing at this path")
    if scraping.credentials is not None:
        if not _is_let_in(exchange.header(b"authorization"), *scraping.credentials):
            raise Problem(401, "authenticate first, as the settings of metrics say", headers=_CHALLENGE)
    elif not _is_from_here(exchange):
        raise Problem(403, "without credentials of their own, metrics are for this machine alone")
    # Half of a tenth of a second, which who does not want metrics need not wait for at each start.
    from pillarbox.telemetry.exposition import MEDIA_TYPE, page  # noqa: PLC0415

    octets = await setup.door.through(page, scraping.shows)
    await exchange.answer(200, ((b"content-type", MEDIA_TYPE.encode()), _NO_STORE), octets)


def _is_from_here(exchange: Exchange) -> bool:
    """Whether somebody on this machine asks, and means it.

    A proxy here that says nothing of its clients hands on whom they meant, and a browser here says where it believes to
    be (DNS rebinding).
    """
    client = exchange.client
    if not client.is_local or client.ip is None:
        return client.is_local
    try:
        host = urlsplit(f"//{(exchange.header(b'host') or b'').decode('ascii')}").hostname or ""
    except ValueError:
        return False
    named = address(host)
    return host == "localhost" or (named is not None and named.is_loopback)


def _is_let_in(authorization: bytes | None, name: str, secret: Secret) -> bool:
    """Whether this is the header; it takes no less time for a guess that begins well."""
    scheme, _, given = (authorization or b"")[:_LONGEST].partition(b" ")
    try:
        credentials = base64.b64decode(given.strip(), validate=True)
    except binascii.Error:
        return False
    wanted = f"{name}:{secret.reveal()}".encode()
    return scheme.lower() == b"basic" and compare_digest(credentials, wanted)
