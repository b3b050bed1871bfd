"""The log through the management API."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.settings import snapshot
from pillarbox.telemetry import Event, configure, emit, keep_lines


@pytest.fixture
def root(home: Home, tmp_path: Path) -> Administrator:
    """An administrator of a server whose log has three lines."""
    home.office = replace(home.office, data=tmp_path)
    home.build()
    root = Administrator(home)
    configure("info", "json", io.StringIO())
    keep_lines(tmp_path / "logs")
    emit(Event.SERVER_STARTED, workers=2)
    emit(Event.LMTP_DELIVERED, recipient="john@home.example", account=root.person.account_id)
    emit(Event.AUTH_FAILED, scheme="basic", address="192.0.2.1")
    keep_lines(None)
    return root


def test_lines_are_told_the_latest_first(root: Administrator) -> None:
    """Management API section 12."""
    found = root.does("GET", "logs")
    assert [one["event_id"] for one in found["items"]] == ["auth.failed", "lmtp.delivered", "server.started"]
    assert (found["total"], found["isPartial"]) == (3, False)
    first = found["items"][0]
    assert (first["level"], first["event"]) == ("WARN", "Credentials were refused")
    assert first["details"].startswith("scheme = basic, address = 192.0.2.1")
    assert (first["fields"]["scheme"], first["timestamp"][-1]) == ("basic", "Z")


def test_lines_are_filtered(root: Administrator) -> None:
    """Management API section 12, and ours: level, event, account, moments."""
    for query, names in (
        ({"filter": "192.0.2"}, ["auth.failed"]),
        ({"level": "warn"}, ["auth.failed"]),
        ({"event": "server.started"}, ["server.started"]),
        ({"account": "root@home.example"}, ["lmtp.delivered"]),
        ({"after": "2999-01-01T00:00:00Z"}, []),
        ({"before": "2000-01-01T00:00:00Z"}, []),
    ):
        assert [one["event_id"] for one in root.does("GET", "logs", **query)["items"]] == names


def test_the_log_is_followed_from_the_last_line(root: Administrator) -> None:
    """Ours: `after` has what was written since."""
    last = root.does("GET", "logs", limit="1")["items"][0]["timestamp"]
    assert [one["event_id"] for one in root.does("GET", "logs", after=last)["items"]] == ["auth.failed"]


def test_lines_come_in_pages(root: Administrator) -> None:
    """Management API section 12: the total is an estimate, what was seen and a page if there may be more."""
    first = root.does("GET", "logs", limit="2", page="1")
    second = root.does("GET", "logs", limit="2", page="2")
    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert (first["total"], second["total"]) == (4, 3)


def test_no_more_than_a_thousand_at_once(root: Administrator) -> None:
    """Ours: an answer is bounded."""
    root.is_refused(400, "GET", "logs?limit=1001")


def test_the_log_is_not_for_everybody(home: Home) -> None:
    """Management API section 3: `logs-view`."""
    assert (
        "logs-view" in Administrator(home, home.person("john"), "tenant-admin").is_refused(403, "GET", "logs")["detail"]
    )


def test_who_keeps_no_files_is_told(home: Home) -> None:
    """Settings: `server.log.keep`."""
    home.settings, _ = snapshot({"server.log.keep": "none"})
    Administrator(home).is_refused(422, "GET", "logs", error="unsupported")
