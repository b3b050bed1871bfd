"""IP addresses as limits and bans know them, and tables of networks.

An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2) is the IPv4 address. Of
IPv6 nearly everybody has a /64 (RFC 6177), any address of which they can take at will: so that is what is
counted and banned.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Generic, TypeAlias, TypeVar

__all__ = ["PRIVATE", "Network", "Networks", "folded", "is_private", "network", "site", "whole"]

Network: TypeAlias = IPv4Network | IPv6Network
T = TypeVar("T")

_MAPPED = IPv6Network("::ffff:0:0/96")
_LONGEST = 64
"""Characters of what is looked at as an address: more than any has, with its zone."""


@lru_cache(maxsize=4096)
def folded(address: str) -> IPv4Address | IPv6Address | None:
    """The address, without a zone; None for what is none, as the name of a UNIX socket."""
    try:
        found = ip_address(address[:_LONGEST].partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=4096)
def whole(address: str) -> Network | None:
    """All the addresses that whoever has this one has: itself, or the /64 of an IPv6 address; None for what is none."""
    match folded(address):
        case IPv4Address() as found:
            return IPv4Network(found)
        case IPv6Address() as found:
            return IPv6Network((int(found) >> 64 << 64, 64))
        case None:
            return None


@lru_cache(maxsize=4096)
def site(address: str) -> Network | None:
    """All that whoever has this address may be able to take: of IPv6 the /48 that a site can have; None for no address.

    It may as well be several people's, so that it bears more.
    """
    match whole(address):
        case IPv6Network() as found:
            return found.supernet(new_prefix=48)
        case found:
            return found


def network(text: str) -> Network:
    """An address, or a network with its mask; bits beyond the mask are dropped. Raises ValueError."""
    found = ip_network(text, strict=False)
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        return IPv4Network((int(found.network_address) & 0xFFFF_FFFF, found.prefixlen - 96))
    return found


class Networks(Generic[T]):
    """A table from networks to values, asked by address; one look-up for each length of mask that is in it."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[tuple[Network, T]] = ()) -> None:
        # The narrowest first.
        self._values: list[tuple[int, int, dict[int, T]]] = []
        for one, value in values:
            self.put(one, value)

    def put(self, one: Network, value: T) -> None:
        """The network has this value. Who asks meanwhile, on another thread, is told what was or what is."""
        shift, bits = _place(one)
        for of, free, values in self._values:
            if (of, free) == (one.version, shift):
                values[bits] = value
                return
        made = [*self._values, (one.version, shift, {bits: value})]
        self._values = sorted(made, key=lambda row: row[1])

    def drop(self, one: Network) -> None:
        """The network has no value any more, if it had one."""
        shift, bits = _place(one)
        for of, free, values in self._values:
            if (of, free) == (one.version, shift):
                values.pop(bits, None)
        self._values = [row for row in self._values if row[2]]

    def __bool__(self) -> bool:
        return bool(self._values)

    def find(self, address: str) -> tuple[int, T] | None:
        """The narrowest network with this address: how many of its bits are free, and the value."""
        return next(self.all(address), None) if self._values else None

    def all(self, address: str) -> Iterator[tuple[int, T]]:
        """All networks with this address, the narrowest first."""
        found = folded(address) if self._values else None
        if found is None:
            return
        version, bits = found.version, int(found)
        for of, shift, values in self._values:
            if of == version and (value := values.get(bits >> shift)) is not None:
                yield shift, value


def _place(one: Network) -> tuple[int, int]:
    """How many bits are free in a network, and the others."""
    shift = one.max_prefixlen - one.prefixlen
    return shift, int(one.network_address) >> shift


# Loopback; RFC 1918 and RFC 4193; link-local.
PRIVATE = tuple(
    network(one)
    for one in (
        "127.0.0.0/8",
        "::1",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "169.254.0.0/16",
        "fe80::/10",
    )
)
_PRIVATE = Networks((one, True) for one in PRIVATE)


def is_private(address: str) -> bool:
    """Whether it is an address that is no one's on the Internet, so that a proxy of ours may have it."""
    return _PRIVATE.find(address) is not None
