"""The request that asks for a WebSocket, and the two answers to it (RFC 6455 section 4.2), as octets."""

import http
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import httptools
from websockets.utils import accept_key

__all__ = ["accepted", "denied", "socket_scope"]


def socket_scope(scope: Mapping[str, Any], url: bytes) -> dict[str, Any]:
    """The ASGI scope of a request to become a WebSocket. Raises ValueError if the URL is none."""
    try:
        parsed = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:
        raise ValueError("no URL") from None
    path: bytes = parsed.path or b"/"
    offered = b",".join(value for name, value in scope["headers"] if name == b"sec-websocket-protocol")
    return {
        **scope,
        "type": "websocket",
        "scheme": "wss" if scope["scheme"] == "https" else "ws",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": parsed.query or b"",
        "subprotocols": [name for one in offered.split(b",") if (name := one.strip().decode("latin-1"))],
        "extensions": {**scope.get("extensions", {}), "websocket.http.response": {}},
    }


def accepted(scope: Mapping[str, Any], subprotocol: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """The head of the answer after which both speak frames (section 4.2.2), with these headers besides."""
    key = next(value for name, value in scope["headers"] if name == b"sec-websocket-key")
    fields = (
        "HTTP/1.1 101 Switching Protocols",
        "upgrade: websocket",
        "connection: upgrade",
        f"sec-websocket-accept: {accept_key(key.decode('latin-1'))}",
        f"sec-websocket-protocol: {subprotocol}",
    )
    own = "\r\n".join(fields).encode("latin-1")
    return b"\r\n".join((own, *(b"%s: %s" % field for field in headers), b"", b""))


def denied(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The head of any other answer; the connection ends with it."""
    lines = [b"HTTP/1.1 %d %s" % (status, http.HTTPStatus(status).phrase.encode())]
    lines += [b"%s: %s" % field for field in headers if field[0] != b"connection"]
    return b"\r\n".join((*lines, b"connection: close", b"", b""))
