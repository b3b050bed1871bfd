"""What is written down of each request: in metrics, and in the log if that is wanted."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.route import Cost
from pillarbox.http.routes import ROUTES
from pillarbox.http.site import Site
from pillarbox.telemetry import Event, is_wanted, request_id, tell
from pillarbox.telemetry.metric import HTTP_IN_FLIGHT, HTTP_RECEIVED, HTTP_REQUESTS, HTTP_SECONDS, HTTP_SENT
from pillarbox.telemetry.span import Span

__all__ = ["begun", "describe", "ended"]

_STREAMS = {route.name for route in ROUTES if route.cost is Cost.STREAM}
_METHODS = {"HEAD", "OPTIONS"}.union(*(route.methods for route in ROUTES))
_LONGEST = 100
"""Characters of what a client calls itself."""


def begun(exchange: Exchange) -> None:
    """The request is on its way to a handler."""
    exchange.is_in_flight = True
    HTTP_IN_FLIGHT.add((exchange.route,))


def ended(site: Site, exchange: Exchange, seconds: float) -> None:
    """The request was answered, or its client is gone."""
    labels = (exchange.route,)
    if exchange.is_in_flight:
        HTTP_IN_FLIGHT.add(labels, -1.0)
    method = _method(exchange)
    HTTP_REQUESTS.add((exchange.route, method, str(exchange.status or 0)))
    if exchange.route not in _STREAMS:
        HTTP_SECONDS.observe(labels, seconds)
    HTTP_SENT.add(labels, exchange.sent)
    HTTP_RECEIVED.add(labels, exchange.received)
    if site.logs_requests or is_wanted(Event.HTTP_REQUEST):
        _tell(exchange, seconds)


def describe(span: Span, exchange: Exchange) -> None:
    """A span is that of this request, which is over (OpenTelemetry's semantic conventions for HTTP)."""
    method = _method(exchange)
    span.call(f"{method} {exchange.route}")
    span.tell(
        {
            "http.request.method": method if method != "other" else "_OTHER",
            "http.route": exchange.route,
            "http.response.status_code": exchange.status or 0,
            "http.response.body.size": exchange.sent,
            "pillarbox.request": request_id() or "",
            **({"pillarbox.account": exchange.account} if exchange.account is not None else {}),
        }
    )


def _method(exchange: Exchange) -> str:
    return exchange.method if exchange.method in _METHODS else "other"


def _tell(exchange: Exchange, seconds: float) -> None:
    agent = exchange.header(b"user-agent")
    tell(
        Event.HTTP_REQUEST,
        route=exchange.route,
        method=exchange.method,
        # What follows it can be a ticket.
        path=exchange.raw_path.decode("ascii", "replace"),
        status=exchange.status,
        bytes=exchange.sent,
        milliseconds=round(seconds * 1000, 1),
        client=exchange.client.address,
        listener=exchange.listener,
        **({"account": exchange.account} if exchange.account is not None else {}),
        **({"agent": agent[:_LONGEST].decode("latin-1")} if agent is not None else {}),
    )
