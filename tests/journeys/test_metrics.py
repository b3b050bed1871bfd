"""Several processes count, and whichever is asked tells of all (docs/reference/metrics.md)."""

import base64
import os
import signal
from collections.abc import Callable
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

SETTINGS = """
[server]
workers = 2
log.requests = true
[metrics.prometheus]
enable = true
auth.username = "prometheus"
auth.secret = "open sesame"
"""


@pytest.fixture
def server(served: Callable[..., Server]) -> Server:
    return served(SETTINGS)


def read(server: Server) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples, over a connection of its own."""
    credentials = base64.b64encode(b"prometheus:open sesame").decode()
    request = Request(f"{server.url}/metrics/prometheus", headers={"Authorization": f"Basic {credentials}"})  # noqa: S310
    with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def alive(server: Server, times: int) -> None:
    """So many requests, each over a connection of its own."""
    for _ in range(times):
        with urlopen(f"{server.url}/healthz/live", timeout=20) as answer:  # noqa: S310 - our own
            assert answer.status == 200


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


LIVE = ("pillarbox_http_requests_total", labelled(route="live", method="GET", status="200"))


def test_requests_of_all_workers_are_counted_and_told(server: Server) -> None:
    """Ours: also those of a worker that has died since. The background worker counts, too."""
    alive(server, 30)
    assert [read(server)[LIVE] for _ in range(6)] == [30.0] * 6

    for number in server.processes("pillarbox.app.worker"):
        os.kill(number, signal.SIGKILL)
        until(lambda: number not in server.processes("pillarbox.app.worker"), "it has ended")  # noqa: B023
    until(lambda: len(server.processes("pillarbox.app.worker")) == 2, "they are started again")
    until(lambda: len(server.events("worker.started")) == 2, "both work")
    alive(server, 10)

    found = read(server)
    assert found[LIVE] == 40
    assert found["pillarbox_process_starts_total", labelled(process="0")] == 2
    background = ("pillarbox_process_starts_total", labelled(process="background"))
    until(lambda: read(server).get(background) == 1, "it has begun")
    assert len([line for line in server.events("http.request") if line["route"] == "live"]) == 40


def test_a_server_that_is_started_again_begins_at_nothing(server: Server) -> None:
    """Ours: as Prometheus takes it."""
    alive(server, 3)
    server.stop()
    server.start()
    alive(server, 1)

    assert read(server)[LIVE] == 1
