"""Who a request is from: computed once, before anything else (architecture section 4).

The address is the connection's, or that of a PROXY header. Headers of proxies count only if they are wanted, and only
from peers that are trusted; whoever else sends them is taken for who they are. The log, limits, bans, expressions and
access control all go by what is found here.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from pillarbox.net import origin
from pillarbox.telemetry import Event, emit
from pillarbox.wire.forwarded import Hop, IPAddress, address, forwarded, forwarded_for, protocols
from pillarbox.wire.network import PRIVATE, Network

__all__ = ["NOBODY", "Client", "Forwarding", "Trust"]

_NAMELESS = "local"
_OTHERS = frozenset({b"forwarded", b"x-real-ip", b"via"})
_PREFIX = b"x-forwarded-"


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever sent a request, as far as it is believed.

    `address` is theirs in its usual spelling, `local` where there is none, as on a UNIX socket; `ip` is the same as a
    value. `scheme` is the one that they use, `https` or `http`: that of the connection, or of the one that a trusted
    proxy took. `is_local`: a UNIX socket or loopback, and nothing says that somebody else is behind it. `is_forwarded`:
    somebody who is trusted named the address. `is_proxy`: the address is that of a proxy, with many behind it, so that
    it must not be banned. `is_unclear`: the headers contradict each other, so that no request is to be answered.
    """

    address: str
    ip: IPAddress | None
    scheme: str = "http"
    is_local: bool = False
    is_forwarded: bool = False
    is_proxy: bool = False
    is_unclear: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether TLS stands between them and whoever they speak to first."""
        return self.scheme == "https"


NOBODY = Client(_NAMELESS, None)
"""Before anybody is known."""


class Forwarding(Enum):
    """Which header of a proxy names the client."""

    OFF = "off"
    ANY = "any"
    """Forwarded, or X-Forwarded-For if that is not there; no request may have two that say different things."""
    FORWARDED = "forwarded"
    X_FORWARDED_FOR = "x-forwarded-for"


class Trust:
    """Whose word is taken for whom a request is from.

    `proxies` are the networks of proxies; if there are none, every private address may be one, and the client is the
    nearest that is not private. `ignored` is called with a peer and the setting by which its word would count, when
    the log is told of it.
    """

    def __init__(
        self,
        forwarding: Forwarding = Forwarding.OFF,
        proxies: Sequence[Network] = (),
        ignored: Callable[[str, str], None] = lambda _, __: None,
    ) -> None:
        self._ignored = ignored
        self._forwarding = forwarding
        self._is_listed = bool(proxies)
        self._proxies = tuple(proxies) or PRIVATE
        # Most connections have more than one request, and few proxies have most of them.
        self._direct = lru_cache(maxsize=4096)(self._made)
        self._peer = lru_cache(maxsize=4096)(self._seen)
        self._trusts = lru_cache(maxsize=4096)(self._looked)
        self._warned: dict[tuple[str, str], float] = {}

    def client(self, scope: Mapping[str, Any]) -> Client:
        """Whoever sent the request of this ASGI scope."""
        known = origin(scope)
        scheme = "https" if scope.get("scheme") in ("https", "wss") else "http"
        if known.listener:
            host, is_proxied = known.client, known.is_proxied
            scheme = known.scheme
        else:
            peer = scope.get("client")
            host, is_proxied = (str(peer[0]) if peer else None), False
        # Names are in lower case here.
        headers = scope["headers"]
        names = [field[0] for field in headers]
        if is_proxied or (_OTHERS.isdisjoint(names) and _PREFIX not in b" ".join(names)):
            return self._direct(host, scheme, is_proxied)
        said = [field for field in headers if field[0] in _OTHERS or field[0].startswith(_PREFIX)]
        return self._through(host, scheme, said) if said else self._direct(host, scheme, is_proxied)

    def is_proxy(self, ip: IPAddress) -> bool:
        """Whether the address is one of those that are written down as proxies."""
        return self._is_listed and self._trusts(ip)

    def _made(self, host: str | None, scheme: str, is_proxied: bool) -> Client:  # noqa: FBT001 - a key of the cache
        ip = address(host) if host is not None else None
        is_local = not is_proxied and (host is None or (ip is not None and ip.is_loopback))
        is_proxy = ip is not None and self.is_proxy(ip)
        return Client(_shown(host, ip), ip, scheme, is_local, is_forwarded=is_proxied, is_proxy=is_proxy)

    def _through(self, host: str | None, scheme: str, said: Sequence[tuple[bytes, bytes]]) -> Client:
        """Whoever the headers name, if the peer is trusted; in any case the peer is not local."""
        ip, shown, is_private, is_trusted = self._peer(host)
        if self._forwarding is Forwarding.OFF:
            if is_private:
                self._warn(shown, "server.http.use-x-forwarded")
            return Client(shown, ip, scheme, is_proxy=is_private or (ip is not None and self.is_proxy(ip)))
        if not is_trusted:
            self._warn(shown, "server.http.trusted-proxies")
            return Client(shown, ip, scheme, is_proxy=is_private)
        named = self._named(said)
        if named is None:
            self._warn(shown, "server.http.forwarded-header")
            return Client(shown, ip, scheme, is_proxy=True, is_unclear=True)
        who, told = named
        if who is None:
            return Client(shown, ip, told or scheme, is_proxy=True)
        return Client(str(who), who, told or scheme, is_forwarded=True, is_proxy=self.is_proxy(who))

    def _named(self, said: Sequence[tuple[bytes, bytes]]) -> tuple[IPAddress | None, str | None] | None:
        """The client's address and scheme, as far as they are told; None for a contradiction."""
        new = [value for name, value in said if name == b"forwarded"]
        old = [value for name, value in said if name == b"x-forwarded-for"]
        schemes = protocols([value for name, value in said if name == b"x-forwarded-proto"])
        match self._forwarding:
            case Forwarding.FORWARDED:
                return self._walked(forwarded(new), [])
            case Forwarding.X_FORWARDED_FOR:
                return self._walked(forwarded_for(old), schemes)
        by_old = self._walked(forwarded_for(old), schemes)
        if not new:
            return by_old
        by_new = self._walked(forwarded(new), [])
        # A proxy that writes the one hands on the other, which its client may have written.
        return None if old and by_old[0] != by_new[0] else by_new

    def _walked(self, hops: Iterator[Hop], schemes: Sequence[str | None]) -> tuple[IPAddress | None, str | None]:
        """From hop to hop, for as long as the one who tells of the next is trusted."""
        who, scheme, at = None, None, 0
        for at, hop in enumerate(hops):  # noqa: B007 - where it ended counts
            scheme = hop.scheme or scheme
            if hop.address is None:
                break
            who = hop.address
            if not self._trusts(who):
                break
        if schemes:
            scheme = schemes[min(at, len(schemes) - 1)]
        return who, scheme

    def _seen(self, host: str | None) -> tuple[IPAddress | None, str, bool, bool]:
        """A peer's address, how it is shown, whether it is a private one, and whether it is trusted."""
        ip = address(host) if host is not None else None
        if ip is None:
            # Who may open a UNIX socket, the file system says.
            return None, _shown(host, ip), host is None, host is None
        return ip, str(ip), any(ip in network for network in PRIVATE), self._trusts(ip)

    def _looked(self, ip: IPAddress) -> bool:
        return any(ip in network for network in self._proxies)

    def _warn(self, peer: str, setting: str) -> None:
        """Once a minute for each."""
        now = time.monotonic()
        if now - self._warned.get((peer, setting), -_MINUTE) < _MINUTE:
            return
        if len(self._warned) >= _MOST_WARNED:
            self._warned = {key: at for key, at in self._warned.items() if now - at < _MINUTE}
            if len(self._warned) >= _MOST_WARNED:
                return
        self._warned[(peer, setting)] = now
        emit(Event.HTTP_FORWARDED_IGNORED, client=peer, setting=setting)
        self._ignored(peer, setting)


_MINUTE = 60.0
_MOST_WARNED = 1024


def _shown(host: str | None, ip: IPAddress | None) -> str:
    if ip is not None:
        return str(ip)
    return _NAMELESS if host is None else host
