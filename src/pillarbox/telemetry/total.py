"""What all processes have counted, added up, and what each of them takes of the machine."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from operator import add
from pathlib import Path
from typing import TypeAlias

from pillarbox.telemetry.metric import BY_NAME, EVENTS_TOLD, METRICS, Kind, Metric, entries
from pillarbox.telemetry.sheet import Entry

__all__ = ["PROCESS_METRICS", "Numbers", "all_but", "totals"]

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

Numbers: TypeAlias = Mapping[tuple[str, ...], list[float]]
"""Those of a metric, by its labels: one; or of a histogram, how many in each of its bounds and above, and their sum."""
_Sums: TypeAlias = dict[str, dict[tuple[str, ...], list[float]]]


def totals(is_shown: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[Metric, Numbers]]:
    """Each metric, whether it has counted anything or not, in the order of the table; of events, those that are shown.

    Reads files of /proc and the data folder.
    """
    found = entries()
    sums = _summed([entry for _, said in found.values() for entry in said])
    for metric in METRICS:
        numbers = sums.get(metric.name, {})
        yield metric, {one: numbers[one] for one in sorted(numbers) if _is_there(metric, one, numbers[one], is_shown)}
    yield from _of_processes({name: process for name, (process, _) in found.items()})


def all_but(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Says of the name of an event whether its count is shown, which it is not where a pattern fits (`lmtp.*`)."""
    return lambda event: not any(fnmatchcase(event, pattern) for pattern in patterns)


def _summed(said: list[Entry]) -> _Sums:
    sums: _Sums = defaultdict(dict)
    for name, labels, values in ((one.name, one.labels, one.values) for one in said if one.name in BY_NAME):
        before = sums[name].get(labels, [0.0] * len(values))
        plus = max if BY_NAME[name].is_common else add
        sums[name][labels] = [plus(one, more) for one, more in zip(before, values, strict=True)]
    return sums


def _is_there(metric: Metric, labels: tuple[str, ...], values: list[float], is_shown: Callable[[str], bool]) -> bool:
    if metric is EVENTS_TOLD:
        return is_shown(labels[0])
    return not metric.is_common or any(values)


def _of_processes(processes: Mapping[str, int]) -> Iterator[tuple[Metric, Numbers]]:
    values: _Sums = {metric.name: {} for metric in PROCESS_METRICS}
    for process, number in processes.items():
        # Ended, and not started again yet.
        with suppress(OSError, IndexError, ValueError):
            for metric, value in zip(PROCESS_METRICS, _taken(Path("/proc") / str(number)), strict=True):
                values[metric.name][process,] = [value]
    for metric in PROCESS_METRICS:
        yield metric, dict(sorted(values[metric.name].items()))


def _taken(folder: Path) -> tuple[float, float, float]:
    """Seconds, octets and descriptors of a process (proc(5)). Raises OSError if it is gone."""
    fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int((folder / "statm").read_text("utf-8").split()[1])
    descriptors = sum(1 for _ in (folder / "fd").iterdir())
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"), descriptors
