"""What expressions may ask of a request (docs/reference/expressions.md)."""

from pillarbox.http.exchange import Exchange
from pillarbox.settings import HTTPVariables

__all__ = ["variables"]


def variables(exchange: Exchange) -> HTTPVariables:
    """The variables of a request."""
    client = exchange.client
    host, port = exchange.local
    # By place: it is made for most requests.
    return HTTPVariables(
        exchange.listener,
        "" if client.ip is None else client.address,
        exchange.port,
        host if port is not None else "",
        port or 0,
        client.scheme,
        exchange.scheme == "https",
        exchange.target.decode("latin-1"),
        exchange.method,
        exchange.headers,
    )
