"""What asks for a WebSocket: whether it asks rightly, and from where (RFC 6455 sections 4.2.1 and 10.2)."""

import base64
import binascii
from urllib.parse import SplitResult, urlsplit

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["check_handshake", "plain"]

_VERSION = b"13"
_UPGRADE = ((b"connection", b"upgrade"), (b"upgrade", b"websocket"), (b"sec-websocket-version", _VERSION))
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


async def plain(_setup: Setup, _exchange: Exchange) -> None:
    """A request that does not ask for a WebSocket where there is nothing else."""
    raise Problem(426, "here a WebSocket begins (RFC 8887)", headers=_UPGRADE)


def check_handshake(exchange: Exchange, base: str) -> None:
    """Raises Problem 400 or 426 if it is not as RFC 6455 section 4.2.1 asks, 403 if it comes from another site."""
    if exchange.header(b"sec-websocket-version") != _VERSION:
        raise Problem(426, "version 13 of the WebSocket protocol is spoken here (RFC 6455)", headers=_UPGRADE)
    try:
        key = base64.b64decode(exchange.header(b"sec-websocket-key") or b"", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 16:
        raise Problem(400, "Sec-WebSocket-Key is 16 octets in base64")
    origin = exchange.header(b"origin")
    # A browser sends what it remembers of Basic to whoever asks it to; a ticket it does not have by itself.
    if origin is not None and not exchange.is_by_ticket and not _is_ours(origin, exchange.header(b"host"), base):
        raise Problem(403, "pages of other sites need a ticket")


def _is_ours(origin: bytes, host: bytes | None, base: str) -> bool:
    """Whether a page came from where this request goes to, as its browser sees it or as our URLs say."""
    try:
        asking = urlsplit(origin.decode("ascii"))
        if asking.scheme not in ("http", "https"):
            return False
        ours = urlsplit(base)
        # Of TLS that ended in front of us we know nothing, but that browsers send Host as the user sees it.
        seen = urlsplit(f"{asking.scheme}://{(host or b'').decode('ascii')}")
        return _place(asking) in (_place(seen), _place(ours))
    except ValueError:
        return False


def _place(url: SplitResult) -> tuple[str, str, int | None]:
    """Raises ValueError."""
    return url.scheme, url.hostname or "", url.port or _PORTS.get(url.scheme)
