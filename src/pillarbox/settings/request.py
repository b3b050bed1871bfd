"""What expressions of HTTP settings may look at: the variables of one request (docs/reference/expressions.md)."""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from pillarbox.settings.expressions import Value

__all__ = ["HTTP_VARIABLES", "HTTPVariables"]


class HTTPVariables(NamedTuple):
    """One request as expressions see it; what costs something is worked out when an expression asks for it.

    `remote_ip` is the client's address after the PROXY header and those that proxies add, an IPv4 address in its own
    form. `local_ip` and `local_port` are where the connection came in: no wildcard, and no port 0 that the system
    has chosen for. On a UNIX socket the addresses are empty and the ports 0.
    `protocol` is `http` or `https`, as the client sees it; `is_tls` holds if it is this server that speaks TLS.
    `url` is the request's target as received; `raw_headers` are those of the ASGI scope.
    """

    listener: str
    remote_ip: str
    remote_port: int
    local_ip: str
    local_port: int
    protocol: str
    is_tls: bool
    url: str
    method: str
    raw_headers: Iterable[tuple[bytes, bytes]]

    @property
    def url_path(self) -> str:
        """The path, not decoded."""
        return self.url.partition("?")[0]

    @property
    def headers(self) -> tuple[str, ...]:
        """`name: value` of each header in its order, names in lower case; a value beyond visible ASCII is empty."""
        return tuple(
            [
                f"{name.decode('latin-1')}: {value.decode('ascii') if _VISIBLE.fullmatch(value) else ''}"
                for name, value in self.raw_headers
            ]
        )


_VISIBLE = re.compile(rb"[\t -~]*")

_NAMES = (
    "listener",
    "remote_ip",
    "remote_port",
    "local_ip",
    "local_port",
    "protocol",
    "url",
    "url_path",
    "headers",
    "method",
)

HTTP_VARIABLES: Mapping[str, Callable[[HTTPVariables], Value]] = MappingProxyType(
    {**{name: attrgetter(name) for name in _NAMES}, "is_tls": lambda request: int(request.is_tls)}
)
"""Each by its name."""
