"""OpenTelemetry: spans and numbers are sent to who receives them, over OTLP/HTTP, by threads of their own.

Loaded where the settings want it: the libraries are an extra, `pillarbox[otel]`. What cannot be sent is dropped, and
the libraries tell the log so.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import cast

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import export
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Span as Opened
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from pillarbox.telemetry.metric import Kind, Metric
from pillarbox.telemetry.secret import Secret
from pillarbox.telemetry.span import Attributes, Side
from pillarbox.telemetry.total import Numbers

__all__ = ["Pushing", "Receiver", "Spans"]

_SCOPE = "pillarbox"
_KINDS = {Side.SERVER: SpanKind.SERVER, Side.CLIENT: SpanKind.CLIENT, Side.INTERNAL: SpanKind.INTERNAL}
_SINCE = 0
"""When counting began is not told (0 is "unknown" in OTLP): counters outlive the process that sends them."""

_UNKNOWN = cast("float", None)
"""Of a histogram, its least and its largest: optional in OTLP, and left out by the library, which does not say so."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is sent something: the whole URL, fields of each request, and how many seconds one may take."""

    endpoint: str
    headers: tuple[tuple[str, Secret], ...] = ()
    seconds: float = 10.0

    @property
    def fields(self) -> dict[str, str]:
        """The fields as they are sent."""
        return {name: value.reveal() for name, value in self.headers}


class Spans:
    """Keeps spans until they are sent, some thousand at most; `about` says whose they are."""

    def __init__(self, to: Receiver, about: Mapping[str, str]) -> None:
        exporter = OTLPSpanExporter(endpoint=to.endpoint, headers=to.fields, timeout=to.seconds)
        self._processor = BatchSpanProcessor(exporter)
        self._provider = TracerProvider(resource=Resource.create(dict(about)), shutdown_on_exit=False)
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer(_SCOPE)

    def begin(self, name: str, side: Side, attributes: Attributes) -> "_Open":
        """As telemetry.span.Tracing has it."""
        return _Open(self._tracer, name, side, attributes)

    def end(self) -> None:
        """What is kept is sent, which may take as long as one request; then nothing is kept any more."""
        self._provider.shutdown()


class _Open:
    """A span that is kept."""

    is_kept = True

    def __init__(self, tracer: Tracer, name: str, side: Side, attributes: Attributes) -> None:
        # Of what is raised nothing but its class is told: a message may say more than the log would.
        self._entered: AbstractContextManager[Opened] = tracer.start_as_current_span(
            name, kind=_KINDS[side], attributes=attributes, record_exception=False, set_status_on_exception=False
        )

    def call(self, name: str, /) -> None:
        self._span.update_name(name)

    def tell(self, attributes: Attributes, /) -> None:
        self._span.set_attributes(attributes)

    def __enter__(self) -> "_Open":
        self._span = self._entered.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._span.set_attribute("error.type", kind.__name__)
            self._span.set_status(Status(StatusCode.ERROR))
        self._entered.__exit__(kind, error, traceback)


class Pushing:
    """Sends what `read` gives, once in so many seconds, and once more at the end."""

    def __init__(
        self,
        to: Receiver,
        about: Mapping[str, str],
        read: Callable[[], Iterable[tuple[Metric, Numbers]]],
        seconds: float,
    ) -> None:
        self._exporter = OTLPMetricExporter(endpoint=to.endpoint, headers=to.fields, timeout=to.seconds)
        self._resource = Resource.create(dict(about))
        self._read = read
        self._seconds = seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="open-telemetry", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """What was counted is sent, which may take as long as one request; then nothing more is."""
        self._ending.set()
        self._thread.join()
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._ending.wait(self._seconds):
            self._push()
        self._push()

    def _push(self) -> None:
        now = time.time_ns()
        metrics = [_metric(metric, numbers, now) for metric, numbers in self._read() if numbers]
        scope = export.ScopeMetrics(InstrumentationScope(_SCOPE), metrics, "")
        self._exporter.export(export.MetricsData([export.ResourceMetrics(self._resource, [scope], "")]))


def _metric(metric: Metric, numbers: Numbers, now: int) -> export.Metric:
    named = [(dict(zip(metric.labels, labels, strict=True)), values) for labels, values in numbers.items()]
    whole = export.AggregationTemporality.CUMULATIVE
    data: export.Sum | export.Gauge | export.Histogram
    if metric.kind is Kind.HISTOGRAM:
        histograms = [_histogram(metric, labels, values, now) for labels, values in named]
        data = export.Histogram(histograms, whole)
    else:
        points = [export.NumberDataPoint(labels, _SINCE, now, values[0]) for labels, values in named]
        data = export.Sum(points, whole, is_monotonic=True) if metric.kind is Kind.COUNTER else export.Gauge(points)
    return export.Metric(metric.name, metric.doc, "", data)


def _histogram(metric: Metric, labels: Mapping[str, str], values: list[float], now: int) -> export.HistogramDataPoint:
    *counts, total = values
    whole = [int(count) for count in counts]
    return export.HistogramDataPoint(
        labels, _SINCE, now, sum(whole), total, whole, metric.bounds, min=_UNKNOWN, max=_UNKNOWN
    )
