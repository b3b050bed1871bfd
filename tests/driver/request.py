"""What a client asks for, as a server hands it to the application."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote

__all__ = ["Message", "Request"]

Message: TypeAlias = MutableMapping[str, Any]
"""One of ASGI."""


@dataclass(frozen=True)
class Request:
    """What is sent; `body` in pieces, and cut off after them if it is not `whole`.

    `peer` is the address that it comes from, None for a UNIX socket; `scheme` is https where that came by TLS. `host`
    is sent unless the headers have one, or it is None. `server` is where it came in.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Sequence[bytes] = ()
    whole: bool = True
    peer: str | None = "192.0.2.1"
    scheme: str = "http"
    version: str = "1.1"
    host: str | None = "127.0.0.1:8080"
    server: tuple[str, int | None] = ("127.0.0.1", 8080)

    def scope(self) -> Message:
        path, _, query = self.target.partition("?")
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.host is not None and b"host" not in dict(headers):
            headers.insert(0, (b"host", self.host.encode("latin-1")))
        if self.whole and self.body and "content-length" not in {name.lower() for name in self.headers}:
            headers.append((b"content-length", b"%d" % sum(map(len, self.body))))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": self.version,
            "method": self.method,
            "scheme": self.scheme,
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": headers,
            "client": (self.peer, 40000) if self.peer is not None else None,
            "server": self.server,
        }
