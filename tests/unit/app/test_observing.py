"""Spans and metrics go to who collects them, as the settings say (ours, over OTLP/HTTP)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.driver.collector import Collector, collecting, named

from pillarbox.app.observing import BACKGROUND, Observing
from pillarbox.settings import Snapshot, snapshot
from pillarbox.telemetry import configure, measure, metric
from pillarbox.telemetry.log import reset
from pillarbox.telemetry.metric import EVENTS_TOLD, HTTP_SECONDS, QUEUE_MESSAGES
from pillarbox.telemetry.span import NO_SPAN, Side, span


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as one:
        yield one


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that has counted a little."""
    monkeypatch.setattr(metric, "_own", metric.Own())
    measure(tmp_path / "metrics", BACKGROUND)
    EVENTS_TOLD.add(("lmtp.delivered",), 3)
    EVENTS_TOLD.add(("queue.relayed",))
    HTTP_SECONDS.observe(("jmap",), 0.5)
    QUEUE_MESSAGES.add((), 2)
    yield
    for one in metric.METRICS:
        one.forget()


def settings(of: str, url: str, **others: str) -> Snapshot:
    path = "traces" if of == "tracer" else "metrics"
    mine = {"transport": "http", "endpoint": f"{url}/v1/{path}", **others}
    made, problems = snapshot({f"{of}.open-telemetry.{name}": value for name, value in mine.items()})
    assert problems == []
    return made


def work() -> None:
    """In two spans, of which one is a part of the other."""
    with span("outer", Side.SERVER), span("inner", attributes={"n": 1}) as one:
        one.call("better")
        one.tell({"m": "x"})
        raise ValueError("secret")


def test_nothing_is_sent_by_default() -> None:
    """Ours: no library of it is loaded, and a span is one that is always there."""
    observing = Observing(BACKGROUND)
    observing.use(snapshot({})[0])
    assert span("work") is NO_SPAN
    with span("work") as one:
        one.call("other")
        one.tell({"of": 1})
    assert not one.is_kept
    observing.end()


def test_spans_are_sent_with_what_they_are_part_of(collector: Collector) -> None:
    """Ours: with the header that the settings name, and of what is raised the class alone."""
    observing = Observing("0")
    observing.use(settings("tracer", collector.url, headers="Authorization: Bearer open sesame"))
    with pytest.raises(ValueError, match="secret"):
        work()
    observing.end()

    inner, outer = collector.spans
    assert (inner.name, inner.parent_span_id, inner.trace_id) == ("better", outer.span_id, outer.trace_id)
    assert named(inner.attributes) == {"n": 1, "m": "x", "error.type": "ValueError"}
    assert (outer.name, outer.parent_span_id, outer.status.code) == ("outer", b"", 2)
    assert b"secret" not in collector.octets
    assert collector.headers[0]["authorization"] == "Bearer open sesame"
    assert collector.resource["service.name"] == "pillarbox"
    assert collector.resource["service.instance.id"].endswith("/0")
    assert span("work") is NO_SPAN


def test_metrics_are_sent_as_what_they_are(collector: Collector, counted: None) -> None:
    """Ours: once in the interval, and once more at the end; without events that are left out."""
    observing = Observing(BACKGROUND)
    made, _ = snapshot(
        {
            "metrics.open-telemetry.transport": "http",
            "metrics.open-telemetry.endpoint": f"{collector.url}/v1/metrics",
            "metrics.disabled-events": "queue.*",
        }
    )
    observing.use(made)
    observing.end()

    events = collector.metrics["pillarbox_events_total"].sum
    assert [(named(one.attributes), one.as_double) for one in events.data_points] == [({"event": "lmtp.delivered"}, 3)]
    assert (events.is_monotonic, events.aggregation_temporality) == (True, 2)
    (seconds,) = collector.metrics["pillarbox_http_request_seconds"].histogram.data_points
    assert (seconds.count, seconds.sum, sum(seconds.bucket_counts)) == (1, 0.5, 1)
    assert list(seconds.explicit_bounds) == list(HTTP_SECONDS.bounds)
    assert not seconds.HasField("min")
    assert [one.as_double for one in collector.metrics["pillarbox_queue_messages"].gauge.data_points] == [2]


def test_one_process_sends_metrics(collector: Collector, counted: None) -> None:
    """Ours: for all of them, as each would add up the same."""
    observing = Observing("0")
    observing.use(settings("metrics", collector.url))
    observing.end()
    assert collector.metrics == {}


def test_settings_are_taken_over(collector: Collector) -> None:
    """Ours: without a restart; what was kept is sent all the same."""
    observing = Observing("0")
    observing.use(settings("tracer", collector.url))
    with span("first"):
        pass
    observing.use(settings("tracer", collector.url, headers="X-Mark: 1"))
    with span("second"):
        pass
    observing.use(snapshot({})[0])
    assert span("third") is NO_SPAN
    observing.end()
    assert sorted(one.name for one in collector.spans) == ["first", "second"]


def test_who_does_not_listen_stops_nobody(collector: Collector, capfd: pytest.CaptureFixture[str]) -> None:
    """Ours: what cannot be sent is dropped, and the log says so, without the header."""
    configure("warn", "json")
    collector.status = 400
    observing = Observing("0")
    observing.use(settings("tracer", collector.url, headers="Authorization: Bearer open sesame"))
    with span("work"):
        pass
    observing.end()
    reset()

    told = capfd.readouterr().err
    assert "library.spoke" in told
    assert "sesame" not in told


def test_without_the_libraries_the_settings_are_told_to_be_idle(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Ours: by one process, and the server runs."""
    monkeypatch.setitem(sys.modules, "pillarbox.telemetry.otlp", None)
    configure("warn", "json")
    for process in ("0", BACKGROUND):
        observing = Observing(process)
        observing.use(settings("tracer", "http://127.0.0.1:9"))
        assert span("work") is NO_SPAN
        observing.end()
    reset()

    (line,) = capfd.readouterr().err.splitlines()
    assert "settings.problem" in line
    assert "pillarbox[otel]" in line


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("endpoint", "collector:4318"),
        ("endpoint", "http://user:secret@collector/v1/traces"),
        ("endpoint", "http://collector:99999/"),
        ("transport", "grpc"),
        ("headers", "no colon"),
        ("headers", "X: secret\r\nY: 1"),
    ],
)
def test_what_cannot_be_is_told(key: str, text: str) -> None:
    """Ours: and no secret is quoted."""
    _, problems = snapshot({f"tracer.open-telemetry.{key}": text})
    assert [one.key for one in problems] == [f"tracer.open-telemetry.{key}"]
    assert "secret" not in problems[0].text
