"""Where to listen, and whom to trust: socket addresses and networks (the settings reference, section 2)."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import PurePosixPath

from pillarbox.settings.kind import BadValue, Kind, quoted

__all__ = ["ADDRESS", "NETWORK", "Address", "Network", "TcpAddress", "UnixAddress"]


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """An IP address and a port; port 0 is whichever the system has free."""

    host: IPv4Address | IPv6Address
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if self.host.version == 6 else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A socket of this machine's file system."""

    path: PurePosixPath

    def __str__(self) -> str:
        return f"unix:{self.path}"


Address = TcpAddress | UnixAddress
Network = IPv4Network | IPv6Network

_TCP = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[^:\[\]]*)):(?P<port>[0-9]{1,5})")

# The kernel's structure has room for 108 bytes with the final zero (unix(7)).
_LONGEST_PATH = 107


def _address(text: str) -> Address:
    return _unix(text) if text.startswith("unix:") else _tcp(text)


def _unix(text: str) -> UnixAddress:
    path = PurePosixPath(text.removeprefix("unix:"))
    if not path.is_absolute() or "\0" in text:
        raise BadValue(f"{quoted(text)} names no absolute path; write it as in unix:/run/pillarbox/http")
    if len(str(path).encode()) > _LONGEST_PATH:
        raise BadValue(f"{quoted(text)} is too long; the path of a socket has at most {_LONGEST_PATH} bytes")
    return UnixAddress(path)


def _tcp(text: str) -> TcpAddress:
    found = _TCP.fullmatch(text)
    if not found:
        raise BadValue(f"{quoted(text)} is no address with a port; write {_with_port(text)}")
    try:
        host: IPv4Address | IPv6Address = IPv6Address(found["v6"]) if found["v4"] is None else IPv4Address(found["v4"])
    except ValueError:
        raise BadValue(
            f"{quoted(text)} has no IP address before the port; write one as in 127.0.0.1:8080 or [::1]:8080"
        ) from None
    port = int(found["port"])
    if port > 65535:
        raise BadValue(f"{quoted(text)} has a port above 65535")
    return TcpAddress(host, port)


def _with_port(text: str) -> str:
    try:
        return f"the port too, as in {TcpAddress(ip_address(text), 8080)}"
    except ValueError:
        return "it as in 127.0.0.1:8080, [::1]:8080 or unix:/run/pillarbox/http"


ADDRESS: Kind[Address] = Kind("address", _address, str)
"""`ip:port`, `[v6]:port`, or `unix:` and an absolute path. The port is never left out."""

_WIDEST = 8


def _network(text: str) -> Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise BadValue(
            f"{quoted(text)} is no IP address or network; write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32"
        ) from None
    if network.prefixlen < _WIDEST:
        raise BadValue(f"{quoted(text)} is too wide a network; the mask is at least /{_WIDEST}")
    return network


NETWORK: Kind[Network] = Kind("network", _network, str)
"""An IP address, or one with a mask of at least 8; bits beyond the mask are dropped."""
