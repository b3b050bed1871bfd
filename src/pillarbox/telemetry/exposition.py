"""The page that Prometheus reads: what all processes have counted, added up, and what each of them takes.

The format is the library's (prometheus-client); the numbers are those of `total`.
"""

from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from pillarbox.telemetry.metric import Kind, Metric
from pillarbox.telemetry.total import PROCESS_METRICS, Numbers, totals

__all__ = ["MEDIA_TYPE", "PROCESS_METRICS", "page"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def page(is_shown: Callable[[str], bool] = lambda _: True) -> bytes:
    """The page; of the counts of events, those that are shown. Reads files of /proc and the data folder."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Read(is_shown))
    return generate_latest(registry)


class _Read(Collector):
    def __init__(self, is_shown: Callable[[str], bool]) -> None:
        self._is_shown = is_shown

    def collect(self) -> Iterator[Family]:
        """Each metric, whether it has counted anything or not."""
        for metric, numbers in totals(self._is_shown):
            yield _family(metric, numbers)


def _family(metric: Metric, numbers: Numbers) -> Family:
    match metric.kind:
        case Kind.HISTOGRAM:
            histogram = HistogramMetricFamily(metric.name, metric.doc, labels=metric.labels)
            for labels, (*counts, total) in numbers.items():
                bounds = [*map(str, metric.bounds), "+Inf"]
                buckets = list(zip(bounds, accumulate(counts), strict=True))
                histogram.add_metric(labels, buckets, total)
            return histogram
        case Kind.COUNTER:
            family: CounterMetricFamily | GaugeMetricFamily = CounterMetricFamily(
                metric.name, metric.doc, labels=metric.labels
            )
        case Kind.GAUGE:
            family = GaugeMetricFamily(metric.name, metric.doc, labels=metric.labels)
    for labels, (value,) in numbers.items():
        family.add_metric(labels, value)
    return family
