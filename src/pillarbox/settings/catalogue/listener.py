"""Where the server listens, and for what: `server.listener.<id>.*`."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal, TypeGuard

from pillarbox.settings.address import ADDRESS, NETWORK, Address, Network, TcpAddress
from pillarbox.settings.catalogue.socket import SOCKET, SOCKETS, SocketRules, socket_rules
from pillarbox.settings.catalogue.tls import TLS, TLS_EVERYWHERE, Tls, tls
from pillarbox.settings.declare import Group, ListSetting, Required, Section, Setting
from pillarbox.settings.kind import BOOLEAN, COUNT, choice
from pillarbox.settings.source import Source

__all__ = [
    "LISTENERS",
    "LISTENING",
    "MAX_CONNECTIONS",
    "TRUSTED_NETWORKS",
    "Listener",
    "ListenerProtocol",
]

ListenerProtocol = Literal["http", "lmtp"]


@dataclass(frozen=True, slots=True)
class Listener:
    """One way in: a protocol and the addresses it is spoken at.

    `max_connections` holds for all of its addresses together; `backlog` for each. `tls` is None where none is spoken.
    Who connects from one of the trusted networks begins with a PROXY header.
    """

    id: str
    protocol: ListenerProtocol
    binds: tuple[Address, ...]
    max_connections: int
    backlog: int
    sockets: SocketRules = field(default_factory=SocketRules)
    tls: Tls | None = None
    trusted_networks: tuple[Network, ...] = ()


MAX_CONNECTIONS = Setting(
    "server.max-connections",
    COUNT,
    8192,
    "How many connections a listener has at once, unless it says otherwise; further ones are closed.",
)
TRUSTED_NETWORKS = ListSetting(
    "server.proxy.trusted-networks",
    NETWORK,
    (),
    "Proxies that begin each connection with a PROXY header, version 1 or 2, unless a listener names its own. "
    "Whoever connects from there must send one.",
    default_said="none",
)

_SPOKEN: tuple[ListenerProtocol, ...] = ("http", "lmtp")
_PROTOCOL = Required(
    "server.listener.<id>.protocol",
    # The others are known, so that a configuration made for them is told what it will have.
    choice((*_SPOKEN, "https", "smtp", "imap", "pop3", "managesieve")),
    "What is spoken: `http` (`https` means the same: TLS is `tls.implicit`) or `lmtp`; the others are not served yet.",
)
_BINDS = ListSetting(
    "server.listener.<id>.bind",
    ADDRESS,
    (),
    "Where to listen: `ip:port`, `[v6]:port` or `unix:/path`; at least one.",
    default_said="must be given",
)
_MAX_CONNECTIONS = Setting(
    "server.listener.<id>.max-connections",
    COUNT,
    MAX_CONNECTIONS.default,
    "How many connections it has at once.",
    fallback=MAX_CONNECTIONS,
)
_TRUSTED_NETWORKS = ListSetting(
    "server.listener.<id>.proxy.trusted-networks",
    NETWORK,
    (),
    "Proxies that begin each connection with a PROXY header; this list takes the place of the general one.",
    default_said=f"as `{TRUSTED_NETWORKS.key}`",
)
_MARKERS = tuple(
    Setting(
        f"server.listener.<id>.{part}.override",
        BOOLEAN,
        False,
        "Nothing follows from it: it marks, for who edits the settings, that the listener has its own.",
    )
    for part in ("socket", "tls", "proxy")
)


def _listener(identity: str, source: Source) -> Listener | None:
    """The listener, or None if it lacks what it cannot be without; every field is read in any case."""
    protocol = _protocol(identity, source)
    is_told_right, spoken = tls(identity, source)
    binds = _BINDS.of(identity).read(source)
    if not source.has(_BINDS.of(identity).key):
        source.wrong(_BINDS.of(identity).key, "missing", "a listener needs an address to listen at")
    max_connections = _MAX_CONNECTIONS.of(identity).read(source)
    rules = socket_rules(identity, source)
    own = _TRUSTED_NETWORKS.of(identity)
    trusted = own.read(source) if source.has(own.key) else TRUSTED_NETWORKS.read(source)
    for marker in _MARKERS:
        marker.of(identity).read(source)
    if protocol is None or not binds or not is_told_right:
        return None
    return Listener(identity, protocol, binds, max_connections, rules.backlog, rules, spoken, trusted)


def _protocol(identity: str, source: Source) -> ListenerProtocol | None:
    setting = _PROTOCOL.of(identity)
    named = setting.read(source)
    if named is None or _is_spoken(named):
        return named
    if named == "https":
        return "http"
    source.wrong(setting.key, "build", f"{named} is not served yet; so far: {', '.join(_SPOKEN)}")
    return None


def _is_spoken(word: str) -> TypeGuard[ListenerProtocol]:
    return word in _SPOKEN


LISTENERS: Section[Listener] = Section(
    "server.listener",
    fields=(_PROTOCOL, _BINDS, *TLS, _MAX_CONNECTIONS, *SOCKET, _TRUSTED_NETWORKS, *_MARKERS),
    build=_listener,
    doc="Where the server listens.",
    default=(
        Listener(
            "http",
            "http",
            (TcpAddress(IPv4Address("127.0.0.1"), 8080),),
            MAX_CONNECTIONS.default,
            SocketRules().backlog,
        ),
        Listener(
            "lmtp",
            "lmtp",
            (TcpAddress(IPv4Address("127.0.0.1"), 2424),),
            MAX_CONNECTIONS.default,
            SocketRules().backlog,
        ),
    ),
)

LISTENING = Group(
    "Listeners",
    "Where the server listens, and for what. `<id>` is a name of your choice. If none is written, `http` "
    "listens at `127.0.0.1:8080` and `lmtp` at `127.0.0.1:2424`. A listener that lacks its protocol or a "
    "usable address is left out, the others are served.",
    (MAX_CONNECTIONS, TRUSTED_NETWORKS, SOCKETS, TLS_EVERYWHERE, LISTENERS),
)
