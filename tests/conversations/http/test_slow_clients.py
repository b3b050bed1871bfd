"""Clients that send slowly, or not at all (ours: they keep nobody waiting)."""

import asyncio
import logging
from dataclasses import replace

import pytest
from tests.driver import JMAP, Home

from pillarbox.http import HTTP

JSON = {"Content-Type": "application/json", "Content-Length": "1000"}


def test_bodies_that_do_not_come_lock_nobody_out(home: Home, alice: JMAP) -> None:
    """Ours: a request takes its turn once it is there."""
    for _ in range(home.traffic.concurrent_requests):
        home.web.sends_slowly(alice.asking("POST", "/jmap/", JSON, b"{"))

    assert alice.asks("Core/echo", a=1) == {"a": 1}


@pytest.mark.parametrize("path", ["/jmap/", "/jmap/upload/{}/"])
def test_a_body_that_stands_still_is_not_waited_for(home: Home, alice: JMAP, path: str) -> None:
    """RFC 9110 section 15.5.9: 408, and the connection is closed."""
    home.web.application = HTTP(replace(home.setup, patience=0.01))
    stream = Unfinished(home, alice, path.format(alice.account_id))

    assert stream.status == 408
    assert stream.headers[b"connection"] == b"close"
    assert stream.headers[b"content-type"] == b"application/problem+json"


def test_a_body_that_drips_is_not_waited_for(home: Home, alice: JMAP) -> None:
    """Ours: an octet every now and then is no progress."""
    home.web.application = HTTP(replace(home.setup, patience=0.05))

    assert Unfinished(home, alice, "/jmap/", drip=0.01).status == 408


def test_a_request_that_is_cut_when_the_server_stops_is_no_bug(
    home: Home, alice: JMAP, caplog: pytest.LogCaptureFixture
) -> None:
    """Ours: it is told to try again, and no traceback is logged."""
    stream = Unfinished(home, alice, "/jmap/", cancelled=True)

    assert stream.status == 503
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


class Unfinished:
    """The answer to a request whose body does not come to its end."""

    def __init__(self, home: Home, alice: JMAP, path: str, *, drip: float = 0.0, cancelled: bool = False) -> None:
        self._drip = drip
        self._first = True
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        request = alice.asking("POST", path, JSON, b"{")

        async def run() -> None:
            asked = asyncio.ensure_future(home.web.call(request.scope(), self._receive, self._send))
            if cancelled:
                await asyncio.sleep(0.01)
                asked.cancel()
            await asked

        home.web.run(run())

    async def _receive(self) -> dict[str, object]:
        if self._first or self._drip:
            await asyncio.sleep(self._drip)
            self._first = False
            return {"type": "http.request", "body": b"{", "more_body": True}
        return await asyncio.Future()

    async def _send(self, message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            assert isinstance(message["status"], int)
            self.status = message["status"]
            self.headers = dict(message["headers"])  # type: ignore[call-overload]
