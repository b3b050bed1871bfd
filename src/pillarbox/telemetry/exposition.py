"""The page that Prometheus reads: what all processes have counted, added up, and what each of them takes.

The format is the library's (prometheus-client); the numbers are those of `metric`.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from pillarbox.telemetry.metric import BY_NAME, EVENTS_TOLD, METRICS, Kind, Metric, entries
from pillarbox.telemetry.sheet import Entry

__all__ = ["MEDIA_TYPE", "PROCESS_METRICS", "page"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

PROCESS_METRICS: tuple[Metric, ...] = (
    Metric(
        "pillarbox_process_cpu_seconds_total",
        Kind.COUNTER,
        ("process",),
        "Seconds of processor time that a process has taken.",
    ),
    Metric(
        "pillarbox_process_resident_memory_bytes",
        Kind.GAUGE,
        ("process",),
        "Octets of memory that a process has.",
    ),
    Metric(
        "pillarbox_process_open_fds",
        Kind.GAUGE,
        ("process",),
        "Files, sockets and the like that a process has open.",
    ),
)
"""What is read from the system when it is asked for."""

_Sums: TypeAlias = dict[str, dict[tuple[str, ...], list[float]]]


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
        found = entries()
        sums = _summed([entry for _, said in found.values() for entry in said])
        for metric in METRICS:
            yield _family(metric, sums.get(metric.name, {}), self._is_shown)
        yield from _of_processes({name: process for name, (process, _) in found.items()})


def _summed(said: list[Entry]) -> _Sums:
    sums: _Sums = defaultdict(dict)
    for name, labels, values in ((one.name, one.labels, one.values) for one in said if one.name in BY_NAME):
        before = sums[name].get(labels, [0.0] * len(values))
        plus = max if BY_NAME[name].is_common else add
        sums[name][labels] = [plus(one, more) for one, more in zip(before, values, strict=True)]
    return sums


def _family(metric: Metric, values: Mapping[tuple[str, ...], list[float]], is_shown: Callable[[str], bool]) -> Family:
    match metric.kind:
        case Kind.HISTOGRAM:
            histogram = HistogramMetricFamily(metric.name, metric.doc, labels=metric.labels)
            for labels, (*counts, total) in sorted(values.items()):
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
    for labels, (value,) in sorted(values.items()):
        if (value or not metric.is_common) and (metric is not EVENTS_TOLD or is_shown(labels[0])):
            family.add_metric(labels, value)
    return family


def _of_processes(processes: Mapping[str, int]) -> Iterator[Family]:
    values: _Sums = {metric.name: {} for metric in PROCESS_METRICS}
    for process, number in processes.items():
        # Ended, and not started again yet.
        with suppress(OSError, IndexError, ValueError):
            for metric, value in zip(PROCESS_METRICS, _taken(Path("/proc") / str(number)), strict=True):
                values[metric.name][process,] = [value]
    for metric in PROCESS_METRICS:
        yield _family(metric, values[metric.name], lambda _: True)


def _taken(folder: Path) -> tuple[float, float, float]:
    """Seconds, octets and descriptors of a process (proc(5)). Raises OSError if it is gone."""
    fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int((folder / "statm").read_text("utf-8").split()[1])
    descriptors = sum(1 for _ in (folder / "fd").iterdir())
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"), descriptors
