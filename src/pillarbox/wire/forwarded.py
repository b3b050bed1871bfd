"""What proxies say of whom they speak for: Forwarded (RFC 7239), and X-Forwarded-For before it.

A list is read from its end. What stands there was added last, by whoever is nearest; what stands before it may have
been written by anybody, and must not change how the rest is understood. So nothing is raised: the reading ends where
something stands that is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

__all__ = ["MOST", "Hop", "IPAddress", "address", "forwarded", "forwarded_for", "protocols"]

IPAddress = IPv4Address | IPv6Address

MOST = 32
"""Hops that are looked at; no chain of proxies is longer."""
_LONGEST = 512
"""Octets that one element of a list may have."""
_COMMAS = 8
"""Commas that one element may have within quotes."""


@dataclass(frozen=True, slots=True)
class Hop:
    """Whom one proxy had its request from: None if it does not want to tell; and by which scheme, if it says so."""

    address: IPAddress | None
    scheme: str | None = None


# Tokens and quoted strings are those of RFC 9110 section 5.6.
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
# Proxies forget the quotes that a port and brackets need.
_VALUE = rb"[!#$%&'*+.^_`|~0-9A-Za-z:\[\]-]+"
_PAIR = rb"(" + _TOKEN + rb")=(" + _VALUE + rb"|" + _QUOTED + rb")"
_PAIRS = re.compile(_PAIR)
# No space is tried at two places, or a hostile list would be tried in all ways.
_ELEMENT = re.compile(_PAIR + rb"(?:[ \t]*+;[ \t]*+(?:" + _PAIR + rb")?)*+")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_PORT = rb"(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?"
_NODE = re.compile(rb"(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15})|(?i:unknown)|_[A-Za-z0-9._-]+)" + _PORT)
_SCHEMES = {b"http": "http", b"https": "https"}


def forwarded(lines: Sequence[bytes]) -> Iterator[Hop]:
    """The hops of Forwarded header fields, the nearest first, until something is none (section 4)."""
    rest = b",".join(lines).rstrip(b" \t,")
    for _ in range(MOST):
        if not rest:
            return
        at = _begin(rest)
        if at is None:
            return
        hop = _hop(rest[at:].strip(b" \t"))
        if hop is None:
            return
        yield hop
        rest = rest[:at].rstrip(b" \t,")


def forwarded_for(lines: Sequence[bytes]) -> Iterator[Hop]:
    """The hops of X-Forwarded-For header fields, the nearest first, until something is none.

    An address may have a port and brackets.
    """
    rest = b",".join(lines).rstrip(b" \t,")
    for _ in range(MOST):
        rest, _comma, last = rest.rpartition(b",")
        last = last.strip(b" \t")
        if not last:
            return
        found = _NODE.fullmatch(last)
        one = address(found[1] or found[2] or b"") if found else address(last)
        if one is None and (found is None or found[1] or found[2]):
            return
        yield Hop(one)
        rest = rest.rstrip(b" \t,")


def protocols(lines: Sequence[bytes]) -> list[str | None]:
    """The schemes of X-Forwarded-Proto header fields, the nearest first; None for what is none of ours."""
    parts = b",".join(lines).lower().rsplit(b",", MOST)[-MOST:]
    return [_SCHEMES.get(part.strip(b" \t")) for part in reversed(parts) if part.strip(b" \t")]


def address(text: bytes | str) -> IPAddress | None:
    """The IP address, None if it is none; a mapped IPv4 address as itself (RFC 4291 section 2.5.5.2).

    One with a zone is none: it has a meaning on one machine alone.
    """
    if len(text) > 45:
        return None
    return _address(text if isinstance(text, str) else text.decode("latin-1"))


@lru_cache(maxsize=4096)
def _address(text: str) -> IPAddress | None:
    if "%" in text:
        return None
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _begin(rest: bytes) -> int | None:
    """Where the last element begins: after a comma that what follows is an element of; commas may be within quotes."""
    end = len(rest)
    least = max(0, end - _LONGEST)
    for _ in range(_COMMAS + 1):
        comma = rest.rfind(b",", least, end)
        if _ELEMENT.fullmatch(rest[comma + 1 :].strip(b" \t")):
            return comma + 1 if comma >= 0 or least == 0 else None
        if comma < 0:
            return None
        end = comma
    return None


def _hop(element: bytes) -> Hop | None:
    """One element, None if it says something twice (section 4), or of whom it speaks in a form there is not."""
    pairs: dict[bytes, bytes] = {}
    for pair in _PAIRS.finditer(element):
        name = pair[1].lower()
        if name in pairs:
            return None
        value = pair[2]
        pairs[name] = _ESCAPED.sub(rb"\1", value[1:-1]) if value.startswith(b'"') else value
    node = pairs.get(b"for")
    scheme = _SCHEMES.get(pairs.get(b"proto", b"").lower())
    if node is None:
        return Hop(None, scheme)
    found = _NODE.fullmatch(node)
    if found is None:
        return None
    literal = found[1] or found[2]
    if literal is None:
        return Hop(None, scheme)
    one = address(literal)
    if one is None or (found[1] and b":" not in literal):
        return None
    return Hop(one, scheme)
