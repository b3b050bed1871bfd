"""What the server has counted, through the management API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.settings import snapshot
from pillarbox.telemetry import measure, metric
from pillarbox.telemetry.metric import EVENTS_TOLD, HTTP_SECONDS, QUEUE_MESSAGES


@pytest.fixture
def root(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Administrator]:
    """An administrator of a server that has counted a little."""
    administrator = Administrator(home)
    monkeypatch.setattr(metric, "_own", metric.Own())
    measure(tmp_path / "metrics", "0")
    EVENTS_TOLD.add(("lmtp.delivered",), 3)
    EVENTS_TOLD.add(("queue.relayed",))
    HTTP_SECONDS.observe(("jmap",), 0.5)
    HTTP_SECONDS.observe(("jmap",), 1.0)
    QUEUE_MESSAGES.add((), 0.5)
    yield administrator
    for one in metric.METRICS:
        one.forget()


def told(root: Administrator, name: str, **query: str) -> list[Any]:
    return [one for one in root.does("GET", "telemetry/metrics", **query) if one["id"] == f"pillarbox_{name}"]


def test_each_number_is_told_as_what_it_is(root: Administrator, home: Home) -> None:
    """Management API section 16: counters and gauges have a value, histograms count and sum; ours: with labels."""
    at = home.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    common = {"timestamp": at, "labels": {"event": "lmtp.delivered"}}

    assert told(root, "events_total")[1] == {"type": "counter", "id": "pillarbox_events_total", "value": 3, **common}
    assert [(one["type"], one["value"]) for one in told(root, "queue_messages")] == [("gauge", 0.5)]
    (jmap,) = [one for one in told(root, "http_request_seconds") if one["labels"] == {"route": "jmap"}]
    assert (jmap["type"], jmap["count"], jmap["sum"]) == ("histogram", 2, 1.5)
    assert [one["labels"] for one in told(root, "process_open_fds")] == [{"process": "0"}]


def test_events_that_are_left_out_are(root: Administrator, home: Home) -> None:
    """Settings: `metrics.disabled-events`."""
    home.settings, _ = snapshot({"metrics.disabled-events": "lmtp.*"})
    assert "lmtp.delivered" not in [one["labels"]["event"] for one in told(root, "events_total")]
    assert "queue.relayed" in [one["labels"]["event"] for one in told(root, "events_total")]


def test_there_is_no_history(root: Administrator, home: Home) -> None:
    """Management API section 16: `after` and `before`; ours: what is told is of now."""
    before, after = home.now().replace(year=2000).isoformat(), home.now().replace(year=2100).isoformat()
    assert root.does("GET", "telemetry/metrics", before=before) == []
    assert root.does("GET", "telemetry/metrics", after=after) == []
    assert told(root, "events_total", after=before, before=after) != []
