"""Functions of addresses: of people, and of machines."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from pillarbox.settings.expressions.value import Value, text_of

__all__ = ["email_part", "ip_reverse_name", "is_email", "is_ip_addr", "is_ipv4_addr", "is_ipv6_addr"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[ -~])*"'
_EMAIL = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_ATOM}(?:\.{_ATOM})+")

# A path has at most 256 octets with its brackets (RFC 5321 section 4.5.3.1.3).
_LONGEST = 254


def is_email(value: Value) -> int:
    """Whether the text is an address with a local part, a domain of two labels or more, and no dot out of place."""
    text = text_of(value)
    return int(len(text) <= _LONGEST and _EMAIL.fullmatch(text) is not None)


def email_part(text: str, part: Value) -> str:
    """The `local` part or the `domain` of an address, without blanks around; empty where there is none."""
    local, at, domain = text.rpartition("@")
    found = {"local": local, "domain": domain}.get(text_of(part), "")
    return found.strip() if at else ""


def is_ip_addr(value: Value) -> int:
    """Whether the text is an IP address."""
    return int(_address(value) is not None)


def is_ipv4_addr(value: Value) -> int:
    """Whether the text is an IPv4 address."""
    return int(isinstance(_address(value), IPv4Address))


def is_ipv6_addr(value: Value) -> int:
    """Whether the text is an IPv6 address."""
    return int(isinstance(_address(value), IPv6Address))


def ip_reverse_name(value: Value) -> str:
    """The numbers or nibbles of an IP address, the last one first; empty where it is none."""
    address = _address(value)
    if address is None:
        return ""
    return address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")


def _address(value: Value) -> IPv4Address | IPv6Address | None:
    text = text_of(value)
    # A zone, as in fe80::1%eth0, names an interface of one machine and is no part of the address.
    if len(text) > 45 or "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None
