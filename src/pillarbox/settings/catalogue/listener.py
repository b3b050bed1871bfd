"""Where the server listens, and for what: `server.listener.<id>.*`."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal, TypeGuard

from pillarbox.settings.address import ADDRESS, Address, TcpAddress
from pillarbox.settings.declare import Group, ListSetting, Required, Section, Setting
from pillarbox.settings.kind import BOOLEAN, COUNT, choice, integer
from pillarbox.settings.source import Source

__all__ = ["BACKLOG", "LISTENERS", "LISTENING", "MAX_CONNECTIONS", "Listener", "ListenerProtocol"]

ListenerProtocol = Literal["http", "lmtp"]


@dataclass(frozen=True, slots=True)
class Listener:
    """One way in: a protocol and the addresses it is spoken at.

    `max_connections` holds for all of its addresses together; `backlog` for each.
    """

    id: str
    protocol: ListenerProtocol
    binds: tuple[Address, ...]
    max_connections: int
    backlog: int


MAX_CONNECTIONS = Setting(
    "server.max-connections",
    COUNT,
    8192,
    "How many connections a listener has at once, unless it says otherwise; further ones are closed.",
)
BACKLOG = Setting(
    "server.socket.backlog",
    # listen(2) takes a C int.
    integer(at_least=1, at_most=2**31 - 1),
    1024,
    "How many connections may wait to be accepted at each address, unless the listener says otherwise.",
)

_SPOKEN: tuple[ListenerProtocol, ...] = ("http", "lmtp")
_PROTOCOL = Required(
    "server.listener.<id>.protocol",
    # The others are known, so that a configuration made for them is told what it will have.
    choice((*_SPOKEN, "https", "smtp", "imap", "pop3", "managesieve")),
    "What is spoken: `http` (`https` means the same, without TLS) or `lmtp`; the others are not served yet.",
)
_BINDS = ListSetting(
    "server.listener.<id>.bind",
    ADDRESS,
    (),
    "Where to listen: `ip:port`, `[v6]:port` or `unix:/path`; at least one.",
    default_said="must be given",
)
_IMPLICIT_TLS = Setting(
    "server.listener.<id>.tls.implicit",
    BOOLEAN,
    False,
    "TLS from the first byte. Not served yet: such a listener is left out.",
)
_MAX_CONNECTIONS = Setting(
    "server.listener.<id>.max-connections",
    COUNT,
    MAX_CONNECTIONS.default,
    "How many connections it has at once.",
    fallback=MAX_CONNECTIONS,
)
_BACKLOG = Setting(
    "server.listener.<id>.socket.backlog",
    BACKLOG.kind,
    BACKLOG.default,
    "How many connections may wait to be accepted at each of its addresses.",
    fallback=BACKLOG,
)


def _listener(identity: str, source: Source) -> Listener | None:
    """The listener, or None if it lacks what it cannot be without; every field is read in any case."""
    protocol = _protocol(identity, source)
    in_the_clear = _in_the_clear(identity, source)
    binds = _BINDS.of(identity).read(source)
    if not source.has(_BINDS.of(identity).key):
        source.wrong(_BINDS.of(identity).key, "missing", "a listener needs an address to listen at")
    max_connections = _MAX_CONNECTIONS.of(identity).read(source)
    backlog = _BACKLOG.of(identity).read(source)
    if protocol is None or not binds or not in_the_clear:
        return None
    return Listener(identity, protocol, binds, max_connections, backlog)


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


def _in_the_clear(identity: str, source: Source) -> bool:
    setting = _IMPLICIT_TLS.of(identity)
    # Whatever stands here but a plain no: passwords must not travel in the clear where somebody thinks
    # that they do not.
    if not source.has(setting.key) or not source.value(setting.key, setting.kind, default=True):
        return True
    source.wrong(setting.key, "build", "TLS is not served yet; let a proxy in front do it, and listen for that")
    return False


LISTENERS: Section[Listener] = Section(
    "server.listener",
    fields=(_PROTOCOL, _BINDS, _IMPLICIT_TLS, _MAX_CONNECTIONS, _BACKLOG),
    build=_listener,
    doc="Where the server listens.",
    default=(
        Listener(
            "http",
            "http",
            (TcpAddress(IPv4Address("127.0.0.1"), 8080),),
            MAX_CONNECTIONS.default,
            BACKLOG.default,
        ),
        Listener(
            "lmtp",
            "lmtp",
            (TcpAddress(IPv4Address("127.0.0.1"), 2424),),
            MAX_CONNECTIONS.default,
            BACKLOG.default,
        ),
    ),
)

LISTENING = Group(
    "Listeners",
    "Where the server listens, and for what. `<id>` is a name of your choice. If none is written, `http` "
    "listens at `127.0.0.1:8080` and `lmtp` at `127.0.0.1:2424`. A listener that lacks its protocol or a "
    "usable address is left out, the others are served.",
    (MAX_CONNECTIONS, BACKLOG, LISTENERS),
)
