"""Where this server may be sent by what others wrote: the world, and not our own networks.

A URL that a user or a stranger chose is a way to have this server speak to what only it can reach. So an address is
judged after its name was resolved, and that very address is then connected to (`net.outbound`): nothing is resolved
twice. What is no address of the open Internet is refused by IANA's registries of special-purpose addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

__all__ = ["ANYWHERE", "BadURL", "Destination", "Guard", "destination"]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MAX_URL = 2048
"""Octets of a URL; browsers' push services give out some 200 to 500."""

_PORTS = {"https": 443, "http": 80}

_OURS_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_WORLD_6 = IPv6Network("2000::/3")
"""All of IPv6 that was ever given to the world; loopback, local, multicast and the rest lie outside."""
_OURS_6 = tuple(
    IPv6Network(text)
    for text in (
        # Teredo, benchmarks, ORCHID and other protocols' own.
        "2001::/23",
        "2001:db8::/32",
        # 6to4: an IPv4 address of anybody's choice inside, by way of a relay that nobody runs any more.
        "2002::/16",
        "3fff::/20",
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")


class BadURL(ValueError):
    """Nothing can be sent to such a URL; the message says what is wrong with it, and may be told to whoever gave it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL, taken apart: the host in ASCII and without brackets, the path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """The origin's ASCII serialisation (RFC 6454 section 6.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses addresses that are not the world's, but for those in the networks allowed nevertheless."""

    allowed: Sequence[Network] = ()

    def lets(self, address: str) -> bool:
        """Whether an IP address may be connected to; what is none may not."""
        try:
            there = ip_address(address)
        except ValueError:
            return False
        inside = _inside(there)
        # Of another version than the network is not in it.
        return _is_worlds(inside) or any(one in network for network in self.allowed for one in (there, inside))

    def refuses_host(self, host: str) -> bool:
        """Whether a URL's host is refused as it is written: an address, or a name that stands for this machine.

        Other names are judged once they are resolved.
        """
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return not (self.lets("127.0.0.1") or self.lets("::1"))
        return _is_numeric(name) and not self.lets(_spelt_out(name))


ANYWHERE = Guard((ip_network("0.0.0.0/0"), ip_network("::/0")))
"""Refuses nothing: for destinations that the operator named."""


def destination(url: str, schemes: Sequence[str] = ("https",)) -> Destination:
    """The parts of an absolute URL of one of these schemes. Raises BadURL."""
    if len(url.encode("utf-8", "surrogatepass")) > MAX_URL:
        raise BadURL(f"must have no more than {MAX_URL} octets")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise BadURL("must be a URL, in ASCII and without blanks")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadURL("must be an absolute URL") from None
    if parts.scheme not in schemes:
        raise BadURL(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if not host or port == 0 or len(host) > 253 or "%" in host:
        raise BadURL("must have the name of a host")
    if parts.username is not None or parts.password is not None:
        raise BadURL("must not have a user's name or password")
    if parts.fragment:
        raise BadURL("must not have a fragment")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host.lower(), port or _PORTS[parts.scheme], target)


def _inside(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only stands for, or the address itself."""
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_worlds(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _OURS_4)
    # An interface in it (fe80::1%eth0) is nothing that a stranger may choose.
    return address.scope_id is None and address in _WORLD_6 and not any(address in network for network in _OURS_6)


def _is_numeric(host: str) -> bool:
    """Whether resolvers take the name for an address, in one of inet_aton's spellings too (127.1, 0x7f000001)."""
    last = host.rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _spelt_out(host: str) -> str:
    """An IPv4 address as four decimal numbers; what is no spelling of one, unchanged."""
    pieces = host.split(".")
    try:
        numbers = [int(piece, 16 if piece.startswith("0x") else 8 if piece.startswith("0") else 10) for piece in pieces]
        if not 1 <= len(numbers) <= 4 or any(number > 255 for number in numbers[:-1]):
            return host
        whole = numbers[-1] + sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1]))
        return str(IPv4Address(whole)) if numbers[-1] < 256 ** (5 - len(numbers)) else host
    except ValueError:
        return host
