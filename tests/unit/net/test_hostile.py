"""Whoever sends what is no request: one answer or none, one line in the log, and nobody else notices."""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.driver.entrance import MirrorListener

from pillarbox.net import Bounds, prelude
from pillarbox.net.web import refusal
from pillarbox.telemetry import EVENTS, Event

Listens = Callable[..., MirrorListener]
Told = list[dict[str, Any]]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the log is told, but for the level."""
    found: Told = []
    monkeypatch.setattr(refusal, "emit", lambda event, **fields: found.append({"event": event.title, **fields}))
    return found


def goes_on(listener: MirrorListener) -> bool:
    """Whether it answers the next one who comes."""
    with listener.connects() as connection:
        return bool(listener.answers(connection)["listener"] == "web")


@pytest.mark.parametrize(
    ("octets", "status", "known"),
    [
        (b"EHLO mail.example.org\r\n", 400, "no HTTP request"),
        (b"\x00\x01\x02\x03\r\n\r\n", 400, "no HTTP request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "no HTTP request"),
        (b"SSH-2.0-x\r\n", 400, "no HTTP request"),
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n" + GET + b"\r\n", 400, "no HTTP request"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400, "no HTTP request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "one Host"),
        (GET + b"X: a\x00b\r\n\r\n", 400, "no HTTP request"),
        (GET + b"X : a\r\n\r\n", 400, "no HTTP request"),
        (GET + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "no HTTP request"),
        (GET + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "no HTTP request"),
        (GET + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "chunked"),
        (GET + b"X: " + b"x" * 400_000 + b"\r\n\r\n", 431, "65536 octets"),
        (GET + b"X: " + b"x" * 400_000, 431, "65536 octets"),
        (GET + b"X" * 400_000, 431, "65536 octets"),
        (b"GET /" + b"x" * 400_000, 431, "65536 octets"),
        (GET + b"a: b\r\n" * 80_000, 431, "65536 octets"),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else None,
)
def test_one_answer_says_what_is_wrong_and_so_does_one_line_of_the_log(
    listens: Listens, told: Told, octets: bytes, status: int, known: str
) -> None:
    """Issue: a clear 4xx, a log event, nothing else."""
    listener = listens()
    answer = b""
    with suppress(ConnectionError):
        answer = listener.ends(listener.connects(octets))

    # What was not read when the connection was closed may have taken the answer with it.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert answer.count(b"HTTP/1.1 ") <= 1
    (line,) = told
    assert (line["event"], line["listener"], line["client"], line["status"]) == (
        "http.refused",
        "web",
        "127.0.0.1",
        status,
    )
    assert known in line["known"]
    assert goes_on(listener)


def test_a_head_that_is_long_but_not_too_long_is_read(listens: Listens, told: Told) -> None:
    """RFC 9112 section 3: 8000 octets of a line are supported at least."""
    listener = listens()
    answer = listener.ends(listener.connects(GET + b"X: " + b"x" * 60_000 + b"\r\nConnection: close\r\n\r\n"))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert told == []


@pytest.mark.parametrize(
    ("octets", "known"),
    [
        (b"", "nothing was said"),
        (b"G", "the rest did not come in time"),
        (b"\r", "the rest did not come in time"),
        (GET, "the rest did not come in time"),
        (GET + b"X", "the rest did not come in time"),
    ],
)
def test_one_octet_and_silence_is_not_waited_for(listens: Listens, told: Told, octets: bytes, known: str) -> None:
    """Issue: a closed connection, a log event; and nobody else waits."""
    listener = listens()
    listener.web.bounds = Bounds(patience=0.3)
    began = time.monotonic()
    silent = [listener.connects(octets) for _ in range(20)]
    assert goes_on(listener)

    assert [listener.ends(one) for one in silent] == [b""] * 20
    assert time.monotonic() - began < 5
    assert [(line["status"], line["known"]) for line in told] == [(None, known)] * 20


def test_a_head_that_drips_is_not_waited_for(listens: Listens, told: Told) -> None:
    """Ours: an octet every now and then does not keep a connection."""
    listener = listens()
    listener.web.bounds = Bounds(patience=0.3)
    began = time.monotonic()
    with listener.connects(GET + b"X: ") as connection, suppress(ConnectionError):
        connection.settimeout(0.05)
        while time.monotonic() - began < 5:
            connection.sendall(b"x")
            with suppress(TimeoutError):
                if not connection.recv(100):
                    break

    assert time.monotonic() - began < 2
    assert [line["event"] for line in told] == ["http.refused"]


def test_it_is_told_to_who_looks_for_it() -> None:
    """Ours: anybody may send as much of that as they like."""
    assert Event.HTTP_REFUSED.level == "debug"
    assert "http.refused" in EVENTS


class Stream:
    """Begins each answer, and goes on with it until its client leaves."""

    def __init__(self) -> None:
        self.left: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.append(scope["path"])


@pytest.mark.parametrize("behind", [1, 40])
@pytest.mark.parametrize("is_later", [False, True])
def test_who_leaves_with_requests_in_line_has_left(
    listens: Listens, caplog: pytest.LogCaptureFixture, behind: int, *, is_later: bool
) -> None:
    """Ours: while a request waits behind a stream nothing is read; yet the stream ends with its client, in silence."""
    stream = Stream()
    listener = listens(application=stream)
    asked, others = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", (GET + b"\r\n") * behind
    with listener.connects(asked if is_later else asked + others) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        if is_later:
            connection.sendall(others)
            time.sleep(0.1)
    began = time.monotonic()
    while not stream.left and time.monotonic() - began < 5:
        time.sleep(0.02)

    assert stream.left == ["/stream"]
    assert caplog.messages == []


def test_no_refusal_lands_within_the_answer_before_it(listens: Listens) -> None:
    """RFC 9112 section 9.3.2: answers come one after another; what cannot be answered in its turn is not."""
    listener = listens(application=Stream())
    connection = listener.connects(GET + b"\r\n")
    answer = connection.recv(1000)
    connection.sendall(GET + b"\r\nNONSENSE\r\n\r\n")
    answer += listener.ends(connection)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"400" not in answer


def test_half_a_hello_is_looked_at_ever_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: while a certificate is being had, anybody may send many of them."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            raise TimeoutError

    monkeypatch.setattr(asyncio, "sleep", pause)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.sendall(b"\x16\x03\x01\x02\x00\x01")
        with pytest.raises(TimeoutError):
            asyncio.run(prelude.hello(ours))

    assert sum(pauses) > 5
