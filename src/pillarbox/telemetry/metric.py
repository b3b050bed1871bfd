"""The table of metrics: what is counted, and how; and the counting itself.

To add one, declare it here and name it in `METRICS`; docs/reference/metrics.md has a row for each. Labels are words of
tables of ours, never what a client sent, so that there are only so many.
"""

import os
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from pillarbox.telemetry.sheet import Entry, Sheet, read

__all__ = [
    "BY_NAME",
    "EVENTS_TOLD",
    "HTTP_IN_FLIGHT",
    "HTTP_RECEIVED",
    "HTTP_REQUESTS",
    "HTTP_SECONDS",
    "HTTP_SENT",
    "LOG_DROPPED",
    "METRICS",
    "QUEUE_MESSAGES",
    "QUEUE_TRYING",
    "TLS_ENDS",
    "WORKER_STARTS",
    "Kind",
    "Metric",
    "Own",
    "entries",
    "measure",
]


class Kind(Enum):
    """What becomes of a number in time."""

    COUNTER = "counter"
    """It grows."""
    GAUGE = "gauge"
    """It comes and goes, and nothing is left of it when its process ends."""
    HISTOGRAM = "histogram"
    """How many were no larger than each bound, and what all came to."""


@dataclass(eq=False)
class Metric:
    """Numbers of one name, each with its labels."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    doc: str
    bounds: tuple[float, ...] = ()
    """Of a histogram, ascending."""
    is_common: bool = False
    """Of a gauge: whether processes speak of the same thing, so that the largest number holds and not the sum."""
    _slots: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, labels: tuple[str, ...] = (), amount: float = 1.0) -> None:
        """So many more, or fewer. A number is changed between two switches of threads, so none is lost."""
        slot = self._slots.get(labels)
        if slot is None:
            slot = self._slots[labels] = _own.sheet.slot(self.name, labels)
        _own.sheet.values[slot] += amount

    def tell(self, values: Mapping[tuple[str, ...], float]) -> None:
        """These are all the numbers that there are now; what is not among them, or is 0, is not there any more."""
        for labels in {*self._slots, *values}:
            self.add(labels, 0.0)
            _own.sheet.values[self._slots[labels]] = values.get(labels, 0.0)

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        """One more in a histogram."""
        slot = self._slots.get(labels)
        if slot is None:
            slot = self._slots[labels] = _own.sheet.slot(self.name, labels, len(self.bounds) + 2)
        values = _own.sheet.values
        values[slot + bisect_left(self.bounds, value)] += 1.0
        values[slot + len(self.bounds) + 1] += value

    def forget(self) -> None:
        """Where its numbers are is looked up anew."""
        self._slots.clear()


HTTP_REQUESTS = Metric(
    "pillarbox_http_requests_total",
    Kind.COUNTER,
    ("route", "method", "status"),
    "Requests that were answered. `none` is the route of what has none, `other` a method that no route has, "
    "and status 0 a client that went away before.",
)
HTTP_SECONDS = Metric(
    "pillarbox_http_request_seconds",
    Kind.HISTOGRAM,
    ("route",),
    "How long requests took until their answer was handed over, but for those that stay open.",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
HTTP_RECEIVED = Metric(
    "pillarbox_http_received_bytes_total", Kind.COUNTER, ("route",), "Octets of the bodies of requests."
)
HTTP_SENT = Metric("pillarbox_http_sent_bytes_total", Kind.COUNTER, ("route",), "Octets of the bodies of answers.")
HTTP_IN_FLIGHT = Metric(
    "pillarbox_http_requests_in_flight",
    Kind.GAUGE,
    ("route",),
    "Requests that are being answered: at `eventsource` and `websocket`, how many of these are open.",
)
EVENTS_TOLD = Metric(
    "pillarbox_events_total",
    Kind.COUNTER,
    ("event",),
    "Log events by their name, those too that are below the level of the log, but for `http.request`. So deliveries, "
    "what becomes of queued messages, refused credentials and errors of the store are counted.",
)
QUEUE_MESSAGES = Metric(
    "pillarbox_queue_messages",
    Kind.GAUGE,
    (),
    "Messages on their way; of an account with more than a hundred, a hundred and those that are being tried.",
)
QUEUE_TRYING = Metric("pillarbox_queue_trying", Kind.GAUGE, (), "Messages that are being tried just now.")
TLS_ENDS = Metric(
    "pillarbox_tls_certificate_end_seconds",
    Kind.GAUGE,
    ("name",),
    "When a certificate ends, in seconds since 1970, by the first of its names.",
    is_common=True,
)
WORKER_STARTS = Metric(
    "pillarbox_process_starts_total", Kind.COUNTER, ("process",), "How often a process of the server was started."
)
LOG_DROPPED = Metric(
    "pillarbox_log_dropped_lines_total",
    Kind.COUNTER,
    (),
    "Lines that are not in the files of the log, for want of room or since these cannot be written.",
)

METRICS: tuple[Metric, ...] = (
    HTTP_REQUESTS,
    HTTP_SECONDS,
    HTTP_RECEIVED,
    HTTP_SENT,
    HTTP_IN_FLIGHT,
    QUEUE_MESSAGES,
    QUEUE_TRYING,
    TLS_ENDS,
    EVENTS_TOLD,
    LOG_DROPPED,
    WORKER_STARTS,
)
"""Every metric that is counted."""

BY_NAME: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in METRICS})
"""The same by name."""


class Own:
    """Where this process counts."""

    sheet = Sheet.alone()
    folder: Path | None = None
    owner = ""


_own = Own()


def measure(folder: Path, process: str) -> None:
    """From now on this process counts in a file of its name in the folder, for all processes of its parent to read.

    Counters go on where one of the same name and parent left off. Without room for a file it counts for itself.
    """
    _own.owner = _parent()
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        _own.sheet = Sheet.kept(folder / process, _own.owner, _lasts)
        _own.folder = folder
        for metric in METRICS:
            metric.forget()
    WORKER_STARTS.add((process,))


def entries() -> dict[str, tuple[int, list[Entry]]]:
    """What all processes have counted, and their ids, by their names; where there is no folder, what this one has."""
    if _own.folder is None:
        return {"0": (os.getpid(), _own.sheet.entries())}
    found: dict[str, tuple[int, list[Entry]]] = {}
    for path in sorted(_own.folder.iterdir()):
        # What cannot be read is left out.
        with suppress(OSError):
            if (said := read(path, _own.owner)) is not None:
                found[path.name] = said
    return found


def _lasts(name: str) -> bool:
    return name in BY_NAME and BY_NAME[name].kind is not Kind.GAUGE


def _parent() -> str:
    """Who started this process: its id, and when it was started itself, since ids are given again."""
    parent = os.getppid()
    with suppress(OSError, IndexError):
        status = Path(f"/proc/{parent}/stat").read_text("utf-8")
        # proc(5): the 22nd field; the second is a name in parentheses, which may have blanks.
        return f"{parent} {status.rpartition(')')[2].split()[19]}"
    return str(parent)
