"""What is put in front of a message at delivery, and what is read of it there (RFC 5321 section 4.4); pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from ipaddress import IPv6Address, ip_address

__all__ = ["Hop", "body", "hops", "trace", "without_return_path"]

_MAX_HEADER = 1 << 20
"""Octets of a message that are looked at for fields; `wire.message` reads no more of a header."""

_HEADER_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_RETURN_PATH = re.compile(rb"(?:return-path[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hop:
    """One message's way over one connection.

    `client` is the name that LHLO gave, `address` the peer's IP address, None on a UNIX socket; `only_recipient` is the
    path of the only one: with several, none is told, since one would learn of the others (section 7.2).
    """

    client: str
    address: str | None
    host: str
    id: str
    utf8: bool
    reverse_path: str
    only_recipient: str | None
    moment: datetime
    is_ours: bool = False
    """Whether it was queued here, so that no protocol handed it over."""
    tls: str | None = None
    """The version of TLS, None for none."""


def trace(hop: Hop) -> bytes:
    """The fields Return-Path and Received."""
    peer = "" if hop.address is None else f" ({_literal(hop.address)})"
    protocol = "UTF8LMTP" if hop.utf8 else "LMTP"  # RFC 6531 section 4.3
    by = hop.host if hop.is_ours else f"{hop.host} with {protocol}"
    recipient = "" if hop.only_recipient is None else f"\r\n\tfor <{hop.only_recipient}>"
    return (
        f"Return-Path: <{hop.reverse_path}>\r\n"
        f"Received: from {hop.client}{peer}\r\n"
        f"\tby {by} id {hop.id}{recipient};\r\n"
        f"\t{format_datetime(hop.moment)}\r\n"
    ).encode()


def body(message: bytes | bytearray) -> memoryview:
    """What comes after a message's header; nothing if that is longer than is looked at."""
    found = _HEADER_END.search(message, 0, _MAX_HEADER)
    return memoryview(message)[found.end() if found else len(message) :]


def without_return_path(message: bytes | bytearray) -> memoryview:
    """The message without Return-Path fields at its very beginning: there is to be one, and it is ours.

    Nothing else is taken away, so what is left is the octets as they came.
    """
    found = _RETURN_PATH.match(message, 0, _MAX_HEADER)
    return memoryview(message)[found.end() if found else 0 :]


def hops(message: bytes | bytearray) -> int:
    """How many Received fields its header has (section 6.3)."""
    end = _HEADER_END.search(message, 0, _MAX_HEADER)
    return sum(1 for _ in _RECEIVED.finditer(message, 0, end.start() if end else _MAX_HEADER))


def _literal(text: str) -> str:
    """An address literal (section 4.1.3)."""
    # A scope, as in fe80::1%eth0, means something on this host alone.
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        return f"[{address.ipv4_mapped}]" if address.ipv4_mapped else f"[IPv6:{address}]"
    return f"[{address}]"
