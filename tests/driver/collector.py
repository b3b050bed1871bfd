"""Who collects spans and metrics over OTLP/HTTP, on the loopback interface; read with the library's own classes."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from pillarbox.telemetry.span import NO_SPAN, Attributes, Side, Span

__all__ = ["Begun", "Collector", "collecting", "named"]


class Collector:
    """What it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.headers: list[dict[str, str]] = []
        self.octets = b""
        self.resource: dict[str, Any] = {}
        self.spans: list[Any] = []
        self.metrics: dict[str, Any] = {}
        """The latest, by name."""

    def take(self, path: str, headers: dict[str, str], octets: bytes) -> None:
        """One request."""
        self.headers.append(headers)
        self.octets += octets
        if path.endswith("/traces"):
            for resource in ExportTraceServiceRequest.FromString(octets).resource_spans:
                self.resource = named(resource.resource.attributes)
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        else:
            for whole in ExportMetricsServiceRequest.FromString(octets).resource_metrics:
                self.resource = named(whole.resource.attributes)
                self.metrics |= {metric.name: metric for part in whole.scope_metrics for metric in part.metrics}


class Begun:
    """Who keeps what spans begin with, and nothing more."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Side, Attributes]] = []

    def begin(self, name: str, side: Side, attributes: Attributes) -> AbstractContextManager[Span]:
        self.spans.append((name, side, attributes))
        return NO_SPAN


def named(attributes: Any) -> dict[str, Any]:
    """Attributes by their names."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collects until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["content-length"]))
            if collector.status == 200:
                collector.take(self.path, {name.lower(): value for name, value in self.headers.items()}, octets)
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield collector
        server.shutdown()
        thread.join()
