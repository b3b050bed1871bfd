"""Where a connection comes from, as far as the connection itself says it; what its requests say is looked at above."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["EXTENSION", "Origin", "origin"]

EXTENSION: Final = "pillarbox.origin"
"""Where an ASGI scope has the origin, among its extensions."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The listener that a connection came to, and by which way.

    `peer` is the IP address that the socket itself is connected with: None on a UNIX socket. `is_proxied` says that the
    connection began with a PROXY header; `client` and `client_port` are those whom it named, or the socket's where
    there is none or it named nobody (None and 0 on a UNIX socket). `is_tls` holds for TLS that ends here, and for TLS
    that a PROXY header says ended before. `bind` and `bind_port` are the address that is listened on, as it was
    configured, with the system's choice in place of port 0; for a UNIX socket they are its path and 0.
    """

    listener: str
    peer: str | None
    client: str | None
    client_port: int
    bind: str
    bind_port: int
    is_proxied: bool = False
    is_tls: bool = False

    @property
    def scheme(self) -> Literal["http", "https"]:
        """`https` or `http`."""
        return "https" if self.is_tls else "http"


NOWHERE = Origin("", None, None, 0, "", 0)
"""Of a connection of which nothing is known, as that of a test that makes its own scope."""


def origin(scope: Mapping[str, Any]) -> Origin:
    """The origin of the connection that an ASGI scope is of."""
    found = (scope.get("extensions") or {}).get(EXTENSION)
    return found if isinstance(found, Origin) else NOWHERE
