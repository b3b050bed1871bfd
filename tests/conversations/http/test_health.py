"""Whether the server is alive, and ready to serve."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.driver import Home

from pillarbox.http import HTTP, Health
from pillarbox.store import Unavailable


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
def test_a_server_that_serves_says_so(home: Home, path: str) -> None:
    """Ours; anybody may ask, and no cache answers."""
    reply = home.web.sends("GET", path)

    assert reply.status == 200
    assert reply.json() == {"type": "about:blank", "status": 200, "detail": "OK"}
    assert reply.headers["cache-control"] == "no-store"
    assert home.web.sends("HEAD", path).status == 200


def test_a_store_that_does_not_answer_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: 503 with the part that is not ready, and without why, which may be nobody's business; alive it is."""

    def fails(account: int) -> int:
        raise Unavailable("the secret path: permission denied")

    monkeypatch.setattr(home.store, "version", fails, raising=True)

    reply = home.web.sends("GET", "/healthz/ready")

    assert reply.status == 503
    assert reply.json()["parts"] == ["store"]
    assert b"secret" not in reply.octets
    assert reply.headers["retry-after"] == "5"
    assert home.web.sends("GET", "/healthz/live").status == 200


def test_a_store_that_answers_again_is_ready_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: what it said is told again for a second only."""
    with monkeypatch.context() as broken:
        broken.setattr(home.store, "version", lambda _: (_ for _ in ()).throw(Unavailable("busy")))
        assert home.web.sends("GET", "/healthz/ready").status == 503
    home.web.passes(1.1)

    assert home.web.sends("GET", "/healthz/ready").status == 200


def test_a_store_is_not_kept_busy_by_who_asks(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: it is asked once a second at most."""
    asked: list[int] = []
    version = home.store.version

    def counts(account: int) -> int:
        asked.append(account)
        return version(account)

    monkeypatch.setattr(home.store, "version", counts)

    for _ in range(20):
        assert home.web.sends("GET", "/healthz/ready").status == 200

    assert len(asked) == 1


def test_a_store_that_hangs_is_not_waited_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: for some seconds, here less than one, and it is asked no second time meanwhile."""
    monkeypatch.setattr("pillarbox.http.readiness._PATIENCE", 0.2)
    with hanging(home, monkeypatch) as asked:
        began = time.monotonic()
        replies = [home.web.sends("GET", "/healthz/ready") for _ in range(2)]

        assert [reply.status for reply in replies] == [503, 503]
        assert time.monotonic() - began < 3.0
        assert len(asked) == 1


@contextmanager
def hanging(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A block in which the store says nothing; how often it was asked."""
    ending, asked = threading.Event(), list[int]()

    def hangs(account: int) -> int:
        asked.append(account)
        ending.wait(20)
        return 0

    monkeypatch.setattr(home.store, "version", hangs)
    try:
        yield asked
    finally:
        ending.set()


def test_another_part_that_is_not_ready_is_told(home: Home) -> None:
    """Ours."""
    health = Health({"hub": lambda: "the line to it is cut", "other": lambda: None})
    home.web.application = HTTP(replace(home.setup, health=health))

    reply = home.web.sends("GET", "/healthz/ready")

    assert reply.status == 503
    assert reply.json()["parts"] == ["hub"]


def test_a_server_that_stops_is_not_ready(home: Home) -> None:
    """Ours: load balancers send nobody here any more."""
    home.stopping.set()

    assert home.web.sends("GET", "/healthz/ready").json()["parts"] == ["server"]


def test_a_server_that_is_about_to_stop_is_told_apart_from_one_that_fails(home: Home) -> None:
    """Ours: 404, by which HAProxy sends nobody new, and leaves it what it has (`http-check disable-on-404`)."""
    health = Health({"hub": lambda: "the line to it is cut"})
    health.is_draining = True
    home.web.application = HTTP(replace(home.setup, health=health))

    reply = home.web.sends("GET", "/healthz/ready")

    assert (reply.status, reply.json()["parts"]) == (404, ["server"])
    assert home.web.sends("GET", "/healthz/live").status == 200
