"""What the log tells of each request, and what it does not (docs/reference/metrics.md)."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.driver import JMAP, Home

from pillarbox.http import HTTP, Site
from pillarbox.telemetry import configure


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log, at the level that it has by itself."""
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


def told(log: io.StringIO) -> list[dict[str, Any]]:
    """The requests that it tells of."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "http.request"]


@pytest.fixture
def telling(home: Home) -> None:
    """Requests are told (`server.log.requests`)."""
    home.web.application = HTTP(replace(home.setup, site=Site(logs_requests=True)))


@pytest.mark.usefixtures("telling")
def test_a_request_is_told_with_who_asked_for_what(alice: JMAP, log: io.StringIO) -> None:
    """Ours."""
    answer = alice.sends("GET", "/.well-known/jmap", {"User-Agent": "Letters/1.0"})

    (line,) = told(log)
    assert line["request"]
    assert line["milliseconds"] >= 0
    assert {
        name: line[name] for name in line.keys() - {"request", "milliseconds", "timestamp", "event", "listener"}
    } == {
        "level": "debug",
        "route": "session",
        "method": "GET",
        "path": "/.well-known/jmap",
        "status": 200,
        "bytes": len(answer.octets),
        "client": "192.0.2.1",
        "account": alice.number,
        "agent": "Letters/1.0",
    }


@pytest.mark.usefixtures("telling")
def test_a_refusal_has_the_id_by_which_the_log_has_it(home: Home, log: io.StringIO) -> None:
    """Ours; an id that comes from outside is not taken over."""
    reply = home.web.sends("GET", "/nothing", {"X-Request-Id": "mine"})

    (line,) = told(log)
    assert reply.headers["x-request-id"] == line["request"] != "mine"
    assert (line["route"], line["status"]) == ("none", 404)
    assert "account" not in line


@pytest.mark.usefixtures("telling")
def test_no_secret_is_told(alice: JMAP, log: io.StringIO) -> None:
    """Ours: neither credentials nor what stands in a query, which can be a ticket."""
    alice.sends("GET", "/.well-known/jmap?ticket=so-secret")

    assert "so-secret" not in log.getvalue()
    assert alice.credentials["Authorization"].split()[1] not in log.getvalue()
    assert "alice's secret" not in log.getvalue()


@pytest.mark.usefixtures("telling")
def test_what_a_client_calls_itself_is_shortened(home: Home, log: io.StringIO) -> None:
    """Ours; and it stays on its line."""
    home.web.sends("GET", "/healthz/live", {"User-Agent": "\x1b[31m\xff" + "x" * 10_000})

    (line,) = told(log)
    assert line["agent"] == "\x1b[31m\xff" + "x" * 94
    assert "\x1b" not in log.getvalue()


def test_requests_are_not_told_unless_that_is_wanted(home: Home, log: io.StringIO) -> None:
    """Ours: the default."""
    home.web.sends("GET", "/healthz/live")

    assert told(log) == []


def test_at_debug_they_are_told_in_any_case(home: Home) -> None:
    """Ours."""
    stream = io.StringIO()
    configure("debug", "json", stream)
    home.web.sends("GET", "/healthz/live")

    assert len(told(stream)) == 1


@pytest.mark.usefixtures("telling")
def test_a_log_that_is_off_stays_off(home: Home) -> None:
    """Ours: `server.log.level = "disable"` writes nothing."""
    stream = io.StringIO()
    configure("disable", "json", stream)
    home.web.sends("GET", "/healthz/live")

    assert stream.getvalue() == ""
