"""HTTPS exclusively: HTTP Strict Transport Security, and what happens to requests in the clear (RFC 6797).

A GET or HEAD that carries nothing secret is sent on to the same path over HTTPS. Anything else is refused: the password
of a redirected request has been told to the network already, and browsers take no redirect for a preflight.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.seldom import Seldom
from pillarbox.http.variables import variables
from pillarbox.settings import EvaluationError, HTTPVariables
from pillarbox.telemetry import Event, emit

__all__ = ["Strict", "TlsListener"]

_EXEMPT = (b"/healthz/", b"/.well-known/acme-challenge/")
_SECRETS = (b"authorization", b"cookie")
_URL = "server.http.url"
_TRUSTED = "server.http.trusted-proxies"
_WANTED = "server.http.use-x-forwarded"


@dataclass(frozen=True, slots=True)
class TlsListener:
    """A listener that speaks TLS."""

    listener: str
    port: int


class Strict:
    """Lets no request through that came in the clear.

    `url` is the setting that tells the URL of this server, `door` the first listener that speaks TLS, if there is one.
    """

    def __init__(self, url: Callable[[HTTPVariables], str], door: TlsListener | None = None) -> None:
        self._url = url
        self._door = door
        self._sent = _Sent()
        self._told = Seldom()

    def check(self, exchange: Exchange) -> None:
        """Raises Problem 308 with a Location, or 403."""
        client = exchange.client
        # Health checks and certificates are asked for by who cannot speak TLS yet; a UNIX socket leads over no network.
        if client.is_secure or exchange.raw_path.startswith(_EXEMPT) or (client.is_local and client.ip is None):
            return
        if client.is_proxy and not client.is_forwarded:
            # Whether it was TLS that ended there we are not told, or may not believe.
            raise self._refused(exchange, _WANTED)
        base = self._base(exchange)
        if base is None:
            raise self._refused(exchange, _URL)
        if not _may_be_sent_on(exchange):
            raise Problem(403, f"only HTTPS is spoken here: {base}/")
        target = base.encode() + exchange.target
        if self._sent.too_often(client.address, target):
            # It leads back here, in the clear again.
            raise self._refused(exchange, _TRUSTED)
        raise Problem(308, "only HTTPS is spoken here", headers=((b"location", target),))

    def _refused(self, exchange: Exchange, setting: str) -> Problem:
        client = exchange.client.address
        if self._told.is_due(client, setting):
            emit(Event.HTTP_INSECURE, client=client, setting=setting)
        return Problem(403, f"only HTTPS is spoken here; whoever runs this server has to look at {setting}")

    def _base(self, exchange: Exchange) -> str | None:
        """Where this server is reached by HTTPS, if that is known."""
        asked = variables(exchange)
        if self._door is not None:
            door = self._door
            asked = asked._replace(listener=door.listener, local_port=door.port, protocol="https", is_tls=True)
        elif exchange.client.is_forwarded:
            asked = asked._replace(protocol="https")
        try:
            base = self._url(asked)
            port = urlsplit(base).port
        except (EvaluationError, ValueError):
            return None
        if not base.startswith("https://") or not base.isascii():
            return None
        # A port that does not speak TLS would be asked to.
        return base if self._door is not None or port is None or port != exchange.local[1] else None


def _may_be_sent_on(exchange: Exchange) -> bool:
    is_asking = exchange.method in ("GET", "HEAD") and exchange.socket is None and exchange.raw_path.startswith(b"/")
    return is_asking and exchange.ticket is None and not any(exchange.header(name) for name in _SECRETS)


_OFTEN = 8
_WHILE = 10.0
_MOST = 1024


class _Sent:
    """Who was sent where, so that nobody is sent in a circle: browsers give up after twenty times, others never."""

    def __init__(self) -> None:
        self._since = 0.0
        self._counts: dict[tuple[str, bytes], int] = {}

    def too_often(self, address: str, target: bytes) -> bool:
        """Counts once more; whether it was too often within a while. Who is one of too many is not counted."""
        now = time.monotonic()
        if now - self._since > _WHILE:
            self._since = now
            self._counts = {}
        key = (address, target[:256])
        if key not in self._counts and len(self._counts) >= _MOST:
            return False
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key] > _OFTEN
