"""What the server has counted, for who manages it (management API section 16).

There is no history: what is told is what is counted now, of which Prometheus or OpenTelemetry can keep one.
"""

from collections.abc import Iterator

from pillarbox.management.endpoint import Answer, Endpoint, Parameter, Request
from pillarbox.management.shape import INSTANT, NUMBER, Choice, Fields, Integer, ListOf, Map, OneOf, Shape, Text
from pillarbox.settings import catalogue
from pillarbox.telemetry import Kind, Metric
from pillarbox.telemetry.total import Numbers, all_but, totals
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_MOST = 100_000


def _metrics(request: Request) -> Answer:
    now = request.now
    after, before = request.query.get("after"), request.query.get("before")
    if (after is not None and now < after) or (before is not None and now >= before):
        return Answer([])
    shows = all_but(request.office.settings()[catalogue.METRICS_DISABLED_EVENTS])
    at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Answer([one for metric, numbers in totals(shows) for one in _items(metric, numbers, at)])


def _items(metric: Metric, numbers: Numbers, at: str) -> Iterator[JSON]:
    for labels, values in numbers.items():
        item: dict[str, JSON] = {"type": metric.kind.value, "id": metric.name, "timestamp": at}
        if metric.kind is Kind.HISTOGRAM:
            *counts, total = values
            item |= {"count": int(sum(counts)), "sum": total}
        else:
            (value,) = map(float, values)
            item["value"] = int(value) if value.is_integer() else value
        yield {**item, "labels": dict(zip(metric.labels, labels, strict=True))}


_COMMON: dict[str, Shape] = {
    "id": Text(doc="The name, as docs/reference/metrics.md has it."),
    "timestamp": INSTANT,
    "labels": Map(Text(2048)),
}
_VALUE = Fields(
    {"type": Choice((Kind.COUNTER.value, Kind.GAUGE.value)), **_COMMON, "value": NUMBER},
    required=("type", "id", "timestamp", "value", "labels"),
)
_HISTOGRAM = Fields(
    {"type": Choice((Kind.HISTOGRAM.value,)), **_COMMON, "count": Integer(), "sum": NUMBER},
    required=("type", "id", "timestamp", "count", "sum", "labels"),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/telemetry/metrics",
        "metrics-list",
        _metrics,
        "What this server has counted since it was started, all its processes added up. No history is kept: of a time "
        "that is over there is nothing.",
        parameters=(
            Parameter("after", INSTANT, "Nothing, if it is not this moment yet."),
            Parameter("before", INSTANT, "Nothing, if this moment is over."),
        ),
        answer=ListOf(OneOf((_VALUE, _HISTOGRAM)), _MOST),
    ),
)
