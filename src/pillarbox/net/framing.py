"""Heads that two readers might end at different places: refused, and the connection ends (RFC 9112 section 11.2).

The parser refuses most of them already: a length beside chunks, two lengths, folded lines, blanks before a colon, chunk
sizes that are none, lines that do not end in CRLF. This is what it lets through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Fault", "fault"]

_HOST = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=:%\[\]-]*")
"""uri-host and port (RFC 9112 section 3.2), give or take the order of their characters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request is not answered as it asks."""

    status: int
    title: str
    detail: str


def fault(version: str, fields: Sequence[tuple[bytes, bytes]], *, is_upgrade: bool) -> Fault | None:
    """What is wrong with a head. `is_upgrade` says that it asks for a protocol which is not spoken."""
    if version not in {"1.1", "1.0"}:
        return Fault(505, "HTTP Version Not Supported", "HTTP/1.1 is spoken here")
    hosts, has_body = 0, False
    listed: list[bytes] = []
    for name, value in fields:
        if name == b"host":
            hosts += 1
            if not _HOST.fullmatch(value):
                return _bad("the Host field names no host")
        elif name == b"transfer-encoding":
            listed.append(value.lower())
            has_body = True
        elif name == b"content-length":
            has_body = has_body or value.strip(b"0") != b""
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return _bad("a request has one Host field")
    # Of several fields it is one list (RFC 9110 section 5.3).
    codings = b", ".join(listed)
    if codings and version == "1.0":
        return _bad("HTTP/1.0 knows no Transfer-Encoding")
    if codings and codings.rpartition(b",")[2].strip() != b"chunked":
        return _bad("chunked is the last transfer coding of a request")
    if codings and codings != b"chunked":
        return Fault(501, "Not Implemented", "the only transfer coding here is chunked")
    if is_upgrade and has_body:
        # The parser takes the body for the other protocol.
        return _bad("another protocol cannot be asked for together with a body")
    return None


def _bad(detail: str) -> Fault:
    return Fault(400, "Bad Request", detail)
