"""What the server has counted, for Prometheus (docs/reference/metrics.md)."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.driver import JMAP, Home

from pillarbox.http import HTTP, Scraping, Site
from pillarbox.telemetry import Secret, measure, metric

PATH = "/metrics/prometheus"


@pytest.fixture(autouse=True)
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test counts from nothing."""
    monkeypatch.setattr(metric, "_own", metric.Own())
    measure(tmp_path / "metrics", "0")
    yield
    for one in metric.METRICS:
        one.forget()


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def enabled(home: Home, scraping: Scraping | None = None) -> None:
    """From now on metrics are there, for who has the secret."""
    scraping = scraping or Scraping(("prometheus", Secret("open sesame")))
    home.web.application = HTTP(replace(home.setup, site=Site(scraping=scraping)))


def numbers(home: Home) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples there are, read by the library of those who read them."""
    reply = home.web.sends("GET", PATH, basic("prometheus", "open sesame"))
    assert reply.status == 200, reply
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(reply.octets.decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def test_requests_are_counted_by_route_method_and_status(alice: JMAP, home: Home) -> None:
    """Ours: the route, not the path, and no method that a client made up."""
    enabled(home)
    for _ in range(3):
        alice.sends("GET", "/.well-known/jmap")
    home.web.sends("GET", "/.well-known/jmap")
    home.web.sends("X-OTHER", "/.well-known/jmap")
    home.web.sends("GET", "/no/such/path")

    found = numbers(home)

    name = "pillarbox_http_requests_total"
    assert found[name, labelled(route="session", method="GET", status="200")] == 3
    assert found[name, labelled(route="session", method="GET", status="401")] == 1
    assert found[name, labelled(route="session", method="other", status="405")] == 1
    assert found[name, labelled(route="none", method="GET", status="404")] == 1


def test_how_long_they_took_and_how_large_they_were_is_counted(alice: JMAP, home: Home) -> None:
    """Ours."""
    enabled(home)
    body = b'{"using": [], "methodCalls": []}'
    answer = alice.sends("POST", "/jmap/", {"Content-Type": "application/json"}, body)

    found = numbers(home)

    assert found["pillarbox_http_request_seconds_count", labelled(route="jmap")] == 1
    assert found["pillarbox_http_request_seconds_bucket", labelled(route="jmap", le="+Inf")] == 1
    assert 0 < found["pillarbox_http_request_seconds_sum", labelled(route="jmap")] < 10
    assert found["pillarbox_http_received_bytes_total", labelled(route="jmap")] == len(body)
    assert found["pillarbox_http_sent_bytes_total", labelled(route="jmap")] == len(answer.octets)


def test_event_sources_that_are_open_are_counted(alice: JMAP, home: Home) -> None:
    """Ours; how long one was open is no measure of anything."""
    enabled(home)
    stream = alice.listens()

    assert numbers(home)["pillarbox_http_requests_in_flight", labelled(route="eventsource")] == 1
    stream.leave()
    found = numbers(home)
    assert found["pillarbox_http_requests_in_flight", labelled(route="eventsource")] == 0
    assert ("pillarbox_http_request_seconds_count", labelled(route="eventsource")) not in found


def test_websockets_that_are_open_are_counted(alice: JMAP, home: Home) -> None:
    """Ours."""
    enabled(home)
    talk = alice.talks()

    assert numbers(home)["pillarbox_http_requests_in_flight", labelled(route="websocket")] == 1
    talk.leave()
    assert numbers(home)["pillarbox_http_requests_in_flight", labelled(route="websocket")] == 0


def test_what_is_told_in_the_log_is_counted(home: Home) -> None:
    """Ours: refused credentials, for one."""
    enabled(home)
    home.web.sends("GET", "/.well-known/jmap", basic("nobody@home.example", "guess"))

    assert numbers(home)["pillarbox_events_total", labelled(event="auth.failed")] == 1


def test_events_can_be_left_out(home: Home) -> None:
    """Ours: `metrics.disabled-events`, by name or pattern."""
    enabled(home, Scraping(("prometheus", Secret("open sesame")), ("auth.*",)))
    home.web.sends("GET", "/.well-known/jmap", basic("nobody@home.example", "guess"))

    assert ("pillarbox_events_total", labelled(event="auth.failed")) not in numbers(home)


def test_what_processes_take_is_told(home: Home) -> None:
    """Ours."""
    enabled(home)

    found = numbers(home)

    assert found["pillarbox_process_resident_memory_bytes", labelled(process="0")] > 1_000_000
    assert found["pillarbox_process_open_fds", labelled(process="0")] > 0


def test_other_processes_are_added(alice: JMAP, home: Home, tmp_path: Path) -> None:
    """Ours: whichever process is asked."""
    enabled(home)
    alice.sends("GET", "/.well-known/jmap")
    measure(tmp_path / "metrics", "1")
    alice.sends("GET", "/.well-known/jmap")

    found = numbers(home)

    assert found["pillarbox_http_requests_total", labelled(route="session", method="GET", status="200")] == 2
    assert found["pillarbox_process_starts_total", labelled(process="1")] == 1


def test_they_are_not_there_unless_they_are_wanted(home: Home) -> None:
    """Ours: off by default, like any path at which nothing is."""
    assert home.web.sends("GET", PATH).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("prometheus", "open sesam"),
        basic("prometheus", "open sesame!"),
        basic("Prometheus", "open sesame"),
        basic("prometheus", ""),
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"},
        {"Authorization": "Bearer open sesame"},
    ],
)
def test_who_does_not_know_the_secret_is_not_let_in(home: Home, headers: dict[str, str]) -> None:
    """RFC 9110 section 15.5.2: 401 with WWW-Authenticate."""
    enabled(home)

    reply = home.web.sends("GET", PATH, headers)

    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Basic realm=")
    assert b"pillarbox_" not in reply.octets


def test_an_account_is_not_let_in(alice: JMAP, home: Home) -> None:
    """Ours: the secret is no account's."""
    enabled(home)

    assert alice.sends("GET", PATH).status == 401


def test_without_a_secret_they_are_for_this_machine_alone(home: Home) -> None:
    """Ours: who comes by way of a proxy is not on it."""
    enabled(home, Scraping())

    assert home.web.sends("GET", PATH).status == 403
    assert home.web.sends("GET", PATH, peer="127.0.0.1").status == 200
    assert home.web.sends("GET", PATH, {"X-Forwarded-For": "127.0.0.1"}, peer="127.0.0.1").status == 403


@pytest.mark.parametrize(
    ("peer", "host", "status"),
    [
        ("127.0.0.1", "localhost:8080", 200),
        ("127.0.0.1", "127.0.1.1", 200),
        ("::1", "[::1]:8080", 200),
        (None, "mail.home.example", 200),
        ("127.0.0.1", "mail.home.example", 403),
        ("127.0.0.1", "127.0.0.1.evil.example", 403),
        ("127.0.0.1", "192.0.2.1:8080", 403),
        ("127.0.0.1", "", 403),
    ],
)
def test_without_a_secret_they_are_asked_for_at_this_machine(
    home: Home, peer: str | None, host: str, status: int
) -> None:
    """Ours: a proxy here that says nothing of its clients hands on the host that they meant.

    And a page whose name was made to lead to this machine sends its own (DNS rebinding).
    """
    enabled(home, Scraping())

    assert home.web.sends("GET", PATH, {"Host": host}, peer=peer).status == status
