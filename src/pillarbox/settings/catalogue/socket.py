"""What is asked of the system for each socket: `server.socket.*`, and the same of one listener."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pillarbox.settings.catalogue.family import Family, general_and_own
from pillarbox.settings.declare import Setting
from pillarbox.settings.kind import BOOLEAN, integer, optional
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.settings.source import Source

__all__ = ["SOCKET", "SOCKETS", "SocketRules", "socket_rules"]

# listen(2) and setsockopt(2) take a C int.
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SocketRules:
    """Options of a listener's sockets (socket(7), ip(7), tcp(7)); None leaves one to the system."""

    backlog: int = 1024
    reuses_address: bool = True
    reuses_port: bool = False
    ttl: int | None = None
    linger: Duration | None = None
    tos: int | None = None
    send_buffer: int | None = None
    receive_buffer: int | None = None
    is_undelayed: bool = True


_SIZE = optional(integer(at_least=1, at_most=_LARGEST))
_BACKLOGS, _BACKLOG = general_and_own(
    "socket.backlog",
    integer(at_least=1, at_most=_LARGEST),
    1024,
    "How many connections may wait to be accepted at each address.",
)
_REUSE_ADDRESSES, _REUSE_ADDRESS = general_and_own(
    "socket.reuse-addr",
    BOOLEAN,
    True,
    "Whether an address is taken although old connections to it are not forgotten yet.",
)
_REUSE_PORTS, _REUSE_PORT = general_and_own(
    "socket.reuse-port", BOOLEAN, False, "Whether other programs of the same user may listen at the same address."
)
_TTLS, _TTL = general_and_own(
    "socket.ttl",
    optional(integer(at_least=1, at_most=255)),
    None,
    "How many routers packets may pass, over IPv4 and IPv6.",
)
_LINGERS, _LINGER = general_and_own(
    "socket.linger",
    optional(DURATION),
    None,
    "How long closing a connection waits for what is not sent yet, in whole seconds; the system does it behind.",
)
_SERVICES, _SERVICE = general_and_own(
    "socket.tos", optional(integer(at_least=0, at_most=255)), None, "The type of service that packets are marked with."
)
_SENDING, _SEND = general_and_own(
    "socket.send-buffer-size", _SIZE, None, "Octets that the system keeps until they are sent."
)
_RECEIVING, _RECEIVE = general_and_own(
    "socket.recv-buffer-size", _SIZE, None, "Octets that the system keeps until they are read."
)
_UNDELAYED, _NODELAY = general_and_own("socket.nodelay", BOOLEAN, True, "Whether small packets are sent at once.")

SOCKETS = Family(
    "server.socket",
    (
        _BACKLOGS,
        _REUSE_ADDRESSES,
        _REUSE_PORTS,
        _TTLS,
        _LINGERS,
        _SERVICES,
        _SENDING,
        _RECEIVING,
        _UNDELAYED,
    ),
    "Options of all listeners' sockets.",
)
SOCKET: tuple[Setting[Any], ...] = (
    _BACKLOG,
    _REUSE_ADDRESS,
    _REUSE_PORT,
    _TTL,
    _LINGER,
    _SERVICE,
    _SEND,
    _RECEIVE,
    _NODELAY,
)
"""Options of one listener's."""


def socket_rules(identity: str, source: Source) -> SocketRules:
    """Those of a listener."""
    return SocketRules(*_read(identity, source))


def _read(identity: str, source: Source) -> Iterator[Any]:
    return (setting.of(identity).read(source) for setting in SOCKET)
