"""OpenTelemetry as the settings have it, in a process of the server: spans of each, and the metrics of all by one."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from pillarbox import __version__
from pillarbox.settings import Problem, Setting, Snapshot, catalogue, report
from pillarbox.telemetry import Secret
from pillarbox.telemetry.span import trace
from pillarbox.telemetry.total import all_but, totals

if TYPE_CHECKING:
    # An extra: loaded where it is wanted.
    from pillarbox.telemetry.otlp import Receiver

__all__ = ["BACKGROUND", "Observing", "end_observing", "observe_by", "observed"]

BACKGROUND = "background"
"""The process that sends metrics, and tells what is wrong with these settings."""
_LEAST = 1.0
"""Seconds between two times that metrics are sent."""
_END = 2.0
"""Seconds that the end of a process may take for this."""
_MISSING = "it takes the extra libraries; install pillarbox[otel]"
_SPANS = (
    catalogue.TRACER_TRANSPORT,
    catalogue.TRACER_ENDPOINT,
    catalogue.TRACER_TIMEOUT,
    catalogue.TRACER_HEADERS,
)
_NUMBERS = (
    catalogue.METRICS_TRANSPORT,
    catalogue.METRICS_ENDPOINT,
    catalogue.METRICS_INTERVAL,
    catalogue.METRICS_TIMEOUT,
    catalogue.METRICS_HEADERS,
    catalogue.METRICS_DISABLED_EVENTS,
)


class Observing:
    """What one process sends. Used by one thread at a time."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._spans: tuple[object, ...] = ()
        self._numbers: tuple[object, ...] = ()
        self._end_spans: Callable[[], None] | None = None
        self._end_numbers: Callable[[], None] | None = None
        self._ending: list[threading.Thread] = []

    def use(self, settings: Snapshot) -> None:
        """From now on by these settings. What was begun under others is ended by a thread: who receives may be slow."""
        spans = tuple(settings[one] for one in _SPANS)
        if spans != self._spans:
            self._spans = spans
            self._apart(self._end_spans)
            self._end_spans = self._begun(settings, catalogue.TRACER_TRANSPORT, self._tracing)
            if self._end_spans is None:
                trace(None)
        numbers = tuple(settings[one] for one in _NUMBERS)
        if self._process == BACKGROUND and numbers != self._numbers:
            self._numbers = numbers
            self._apart(self._end_numbers)
            self._end_numbers = self._begun(settings, catalogue.METRICS_TRANSPORT, self._pushing)

    def end(self) -> None:
        """What is kept is sent, if that is done in a moment."""
        trace(None)
        self._apart(self._end_spans)
        self._apart(self._end_numbers)
        until = time.monotonic() + _END
        for thread in self._ending:
            thread.join(max(0.0, until - time.monotonic()))

    def _apart(self, work: Callable[[], None] | None) -> None:
        self._ending = [one for one in self._ending if one.is_alive()]
        if work is not None:
            thread = threading.Thread(target=work, name="open-telemetry-end", daemon=True)
            thread.start()
            self._ending.append(thread)

    def _begun(
        self,
        settings: Snapshot,
        transport: Setting[catalogue.OtlpTransport],
        begin: Callable[[Snapshot], Callable[[], None]],
    ) -> Callable[[], None] | None:
        """Ends it. None if it is not wanted, or cannot be."""
        if settings[transport] == "disable":
            return None
        try:
            return begin(settings)
        except ImportError:
            if self._process == BACKGROUND:
                report([Problem(transport.key, "build", _MISSING)])
            return None

    def _tracing(self, settings: Snapshot) -> Callable[[], None]:
        from pillarbox.telemetry.otlp import Spans  # noqa: PLC0415

        to = _receiver(
            settings[catalogue.TRACER_ENDPOINT],
            settings[catalogue.TRACER_HEADERS],
            settings[catalogue.TRACER_TIMEOUT].seconds,
        )
        spans = Spans(to, self._about())
        trace(spans)
        return spans.end

    def _pushing(self, settings: Snapshot) -> Callable[[], None]:
        from pillarbox.telemetry.otlp import Pushing  # noqa: PLC0415

        to = _receiver(
            settings[catalogue.METRICS_ENDPOINT],
            settings[catalogue.METRICS_HEADERS],
            settings[catalogue.METRICS_TIMEOUT].seconds,
        )
        read = partial(totals, all_but(settings[catalogue.METRICS_DISABLED_EVENTS]))
        return Pushing(to, self._about(), read, max(_LEAST, settings[catalogue.METRICS_INTERVAL].seconds)).end

    def _about(self) -> dict[str, str]:
        """OpenTelemetry's semantic conventions for resources."""
        return {
            "service.name": "pillarbox",
            "service.version": __version__,
            "service.instance.id": f"{socket.gethostname()}/{self._process}",
        }


class _Here:
    observing: Observing | None = None


@contextmanager
def observed(process: str, settings: Snapshot) -> Iterator[None]:
    """Until the block is left this process, of that name, sends what the settings in force say."""
    _Here.observing = Observing(process)
    _Here.observing.use(settings)
    try:
        yield
    finally:
        end_observing()


def end_observing() -> None:
    """What this process has not sent is sent, if that is done in a moment."""
    if _Here.observing is not None:
        _Here.observing.end()
    _Here.observing = None


def observe_by(settings: Snapshot) -> None:
    """These are in force from now on."""
    if _Here.observing is not None:
        _Here.observing.use(settings)


def _receiver(endpoint: str, headers: tuple[Secret, ...], seconds: float) -> "Receiver":
    from pillarbox.telemetry.otlp import Receiver  # noqa: PLC0415

    pairs = (header.reveal().partition(":") for header in headers)
    return Receiver(endpoint, tuple((name, Secret(value.strip())) for name, _, value in pairs), seconds)
