"""The header with which a proxy names its client: the PROXY protocol, versions 1 and 2.

Nothing here reads: it is given the octets so far, and says whether they are a header, or its beginning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

__all__ = ["LONGEST", "BadProxyHeader", "ProxyHeader", "proxy_header"]

LONGEST: Final = 16 * 1024
"""Octets of the longest header that is taken; with a client's certificate in it, it has a few thousand."""

_V1 = b"PROXY "
_V1_LONGEST = 107
_V1_LINE = re.compile(rb"PROXY (TCP4|TCP6) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})")
_V1_UNKNOWN = re.compile(rb"PROXY UNKNOWN(?: .*)?", re.DOTALL)

_V2 = b"\r\n\r\n\x00\r\nQUIT\n"
_V2_HEAD = 16
_LOCAL, _PROXY = 0, 1
_UNSPECIFIED, _INET, _INET6, _UNIX = range(4)
_STREAM, _DATAGRAM = 1, 2
_ADDRESSES = {_UNSPECIFIED: 0, _INET: 12, _INET6: 36, _UNIX: 216}

_ALPN, _AUTHORITY, _CRC32C, _UNIQUE_ID, _SSL = 0x01, 0x02, 0x03, 0x05, 0x20
_SSL_VERSION = 0x21
_CLIENT_SSL = 0x01
_MAX_AUTHORITY = 255
_MAX_UNIQUE_ID = 128


class BadProxyHeader(ValueError):
    """What came is no header of a proxy; the message says why, without anything of it."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """A header of so many octets.

    `client` is an IP address, with a port: None where the header names none, and the connection's own is meant.
    `is_tls` says that the client speaks TLS with the proxy, `tls_version` which. `authority` is the server that it
    asked for, `alpn` the protocol that they chose, `unique_id` what the proxy calls the connection.
    """

    length: int
    client: tuple[str, int] | None = None
    is_tls: bool = False
    tls_version: str | None = None
    authority: str | None = None
    alpn: bytes | None = None
    unique_id: bytes | None = None


def proxy_header(octets: bytes) -> ProxyHeader | None:
    """The header that the octets begin with; None if all of them belong to one that has not ended yet.

    Raises BadProxyHeader (the PROXY protocol, section 2).
    """
    if octets[: len(_V2)] == _V2[: len(octets)]:
        return _version_2(octets)
    if octets[: len(_V1)] == _V1[: len(octets)]:
        return _version_1(octets)
    raise BadProxyHeader("there is no header of a proxy")


def _version_1(octets: bytes) -> ProxyHeader | None:
    """Section 2.1."""
    line, end, _ = octets[:_V1_LONGEST].partition(b"\r\n")
    if not end:
        if len(octets) >= _V1_LONGEST:
            raise BadProxyHeader("the line does not end in time")
        return None
    length = len(line) + len(end)
    if _V1_UNKNOWN.fullmatch(line):
        return ProxyHeader(length)
    found = _V1_LINE.fullmatch(line)
    if not found:
        raise BadProxyHeader("the line is not as it should be")
    version: type[IPv4Address | IPv6Address] = IPv4Address if found[1] == b"TCP4" else IPv6Address
    try:
        source, _ = version(found[2].decode()), version(found[3].decode())
    except AddressValueError:
        raise BadProxyHeader("an address is none") from None
    ports = int(found[4]), int(found[5])
    if max(ports) > 0xFFFF:
        raise BadProxyHeader("a port is none")
    return ProxyHeader(length, (_told(source), ports[0]))


def _version_2(octets: bytes) -> ProxyHeader | None:
    """Section 2.2."""
    if len(octets) < _V2_HEAD:
        return None
    version, command = octets[12] >> 4, octets[12] & 0xF
    family, transport = octets[13] >> 4, octets[13] & 0xF
    length = _V2_HEAD + int.from_bytes(octets[14:16], "big")
    if version != 2 or command > _PROXY:
        raise BadProxyHeader("the version or the command is unknown")
    if length > LONGEST:
        raise BadProxyHeader("the header is too long")
    if command == _PROXY and (family > _UNIX or transport > _DATAGRAM):
        raise BadProxyHeader("the family or the transport is unknown")
    if len(octets) < length:
        return None
    header = octets[:length]
    if command == _LOCAL:
        # The whole block is to be discarded.
        return ProxyHeader(length)
    size = _ADDRESSES[family]
    if length < _V2_HEAD + size:
        raise BadProxyHeader("the addresses are cut off")
    told = ProxyHeader(length, _client(header, family) if transport == _STREAM else None)
    if family == _UNSPECIFIED:
        # Where addresses of an unknown family would end is unknown, too.
        return told
    return _with_vectors(told, header, _V2_HEAD + size)


def _client(header: bytes, family: int) -> tuple[str, int] | None:
    if family == _INET:
        return str(IPv4Address(header[16:20])), int.from_bytes(header[24:26], "big")
    if family == _INET6:
        return _told(IPv6Address(header[16:32])), int.from_bytes(header[48:50], "big")
    return None


def _told(address: IPv4Address | IPv6Address) -> str:
    """An address as text; one of IPv4 that only came as IPv6, as that of IPv4, so that it has one name."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _with_vectors(told: ProxyHeader, header: bytes, begin: int) -> ProxyHeader:
    """The header with what its type-length-values say; those unknown are passed over."""
    for kind, start, end in _vectors(header, begin, len(header)):
        value = header[start:end]
        if kind == _ALPN:
            told = replace(told, alpn=value)
        elif kind == _AUTHORITY:
            told = replace(told, authority=_authority(value))
        elif kind == _CRC32C:
            _check(header, start, end)
        elif kind == _UNIQUE_ID:
            if len(value) > _MAX_UNIQUE_ID:
                raise BadProxyHeader("the unique id is too long")
            told = replace(told, unique_id=value)
        elif kind == _SSL:
            told = _with_tls(told, header, start, end)
    return told


def _vectors(header: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The kind of each, and where its value begins and ends."""
    while begin < end:
        start = begin + 3
        stop = start + int.from_bytes(header[begin + 1 : start], "big")
        if stop > end or start > end:
            raise BadProxyHeader("a value is cut off")
        yield header[begin], start, stop
        begin = stop


def _authority(value: bytes) -> str:
    try:
        found = value.decode()
    except UnicodeDecodeError:
        raise BadProxyHeader("the authority is no UTF-8") from None
    if len(value) > _MAX_AUTHORITY or not found.isprintable():
        raise BadProxyHeader("the authority is no name")
    return found


def _check(header: bytes, start: int, end: int) -> None:
    """Section 2.2.3."""
    blank = header[:start] + bytes(4) + header[end:]
    if end - start != 4 or int.from_bytes(header[start:end], "big") != crc32c(blank):
        raise BadProxyHeader("the checksum is wrong")


def _with_tls(told: ProxyHeader, header: bytes, start: int, end: int) -> ProxyHeader:
    """Section 2.2.6."""
    if end - start < 5:
        raise BadProxyHeader("what it says of TLS is cut off")
    version = None
    for kind, begin, stop in _vectors(header, start + 5, end):
        if kind == _SSL_VERSION:
            version = header[begin:stop].decode("ascii", "replace")[:32]
    return replace(told, is_tls=bool(header[start] & _CLIENT_SSL), tls_version=version)


def crc32c(octets: bytes) -> int:
    """The checksum of RFC 4960, appendix B."""
    sum_ = 0xFFFFFFFF
    for octet in octets:
        sum_ = (sum_ >> 8) ^ _TABLE[(sum_ ^ octet) & 0xFF]
    return sum_ ^ 0xFFFFFFFF


def _row(octet: int) -> int:
    for _ in range(8):
        octet = (octet >> 1) ^ (0x82F63B78 if octet & 1 else 0)
    return octet


_TABLE = tuple(map(_row, range(256)))
