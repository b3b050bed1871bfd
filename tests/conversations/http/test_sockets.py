"""The same over real connections: what only a server library can get wrong (adr/0002)."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from tests.driver import JMAP, Home
from tests.neighbour.stores import whichever

from pillarbox.http import HTTP
from pillarbox.net import Bounds, bound_tcp
from pillarbox.net.web import WebServer

data = whichever
"""What the server does before a store is asked is the same over each."""


@pytest.fixture
def loops() -> list[asyncio.AbstractEventLoop]:
    """The server's event loop, once it runs."""
    return []


@pytest.fixture
def port(home: Home, loops: list[asyncio.AbstractEventLoop]) -> Iterator[int]:
    """A server on a port of its own, in a thread."""
    with served(home, loops, Bounds(patience=1.0, unread=1.0)) as port:
        yield port


@contextmanager
def served(home: Home, loops: list[asyncio.AbstractEventLoop], bounds: Bounds) -> Iterator[int]:
    """The same, with other bounds."""
    listening = bound_tcp("127.0.0.1", 0, 16)
    http = HTTP(home.setup)
    web = WebServer(http, grace=1, bounds=bounds, finish=http.finished)
    ready = threading.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        serving = asyncio.create_task(web.serve([listening]))
        while not web.started:
            await asyncio.sleep(0.005)
        ready.set()
        await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield listening.getsockname()[1]
    loops[0].call_soon_threadsafe(home.stopping.set)
    web.stop()
    thread.join()
    listening.close()


def exchanged(port: int, octets: bytes) -> bytes:
    """What a server answers to these octets until it closes the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(octets)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def until(true: Callable[[], bool]) -> None:
    """Returns once it is; fails if that takes too long."""
    latest = time.monotonic() + 10
    while not true():
        assert time.monotonic() < latest
        time.sleep(0.01)


def head(alice: JMAP, method: str, path: str, *more: str) -> bytes:
    credentials = f"Authorization: {alice.credentials['Authorization']}"
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", credentials, *more, "", ""]).encode()


def test_a_request_is_answered(port: int, alice: JMAP) -> None:
    """RFC 9112: over a connection as it is."""
    body = b'{"using": [], "methodCalls": []}'
    fields = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close")
    answer = exchanged(port, head(alice, "POST", "/jmap/", *fields) + body)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"methodResponses":[]' in answer


def test_the_session_leads_back_here(port: int, alice: JMAP) -> None:
    """RFC 8620 section 2: URLs that work from where the client is."""
    answer = exchanged(port, head(alice, "GET", "/.well-known/jmap", "Connection: close"))

    assert f"http://127.0.0.1:{port}/jmap/".encode() in answer


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, b"431"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_what_is_answered_without_being_understood_has_the_headers_of_all_answers(
    home: Home, loops: list[asyncio.AbstractEventLoop], octets: bytes, status: bytes
) -> None:
    """http-server.md section 1.2: every answer has them."""
    home.abides_by(headers=["X-House: home", "Cache-Control: max-age=5"], permissive_cors="true")
    with served(home, loops, Bounds(patience=1.0)) as port:
        answer = b""
        while not answer:
            # What of a long head was not read when the connection was closed may cost the answer.
            with suppress(ConnectionResetError):
                answer, _, _ = exchanged(port, octets).lower().partition(b"\r\n\r\n")
        lines = answer.split(b"\r\n")

    assert lines[0].startswith(b"http/1.1 " + status)
    for line in (b"x-house: home", b"cache-control: max-age=5", b"access-control-allow-origin: *",
                 b"x-content-type-options: nosniff", b"content-type: application/problem+json"):  # fmt: skip
        assert lines.count(line) == 1


def test_a_head_has_as_many_octets_as_the_settings_say(
    home: Home, loops: list[asyncio.AbstractEventLoop], alice: JMAP
) -> None:
    """RFC 6585 section 5: `server.http.max-header-size`."""
    asked = head(alice, "GET", "/.well-known/jmap", "Connection: close", "X: " + "x" * 100_000)
    home.abides_by(max_header_size="200000")
    with served(home, loops, Bounds(head=200_000)) as port:
        assert exchanged(port, asked).startswith(b"HTTP/1.1 200 ")


def test_a_connection_is_kept_for_as_long_as_the_settings_say(
    home: Home, loops: list[asyncio.AbstractEventLoop], alice: JMAP
) -> None:
    """RFC 9112 section 9.5: `server.http.timeout.idle`."""
    began = time.monotonic()
    with served(home, loops, Bounds(idle=0.3)) as port:
        assert exchanged(port, head(alice, "GET", "/nothing")).startswith(b"HTTP/1.1 404 ")

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://evil.example/.well-known/jmap", b"200"),
        ("http://evil.example", b"200"),
        ("http://evil.example?x=y", b"200"),
        ("evil.example:80", b"400"),
    ],
)
def test_a_target_may_be_a_whole_url(port: int, alice: JMAP, target: str, status: bytes) -> None:
    """RFC 9112 section 3.2.2: the absolute form must be accepted; whose it is does not matter (ours)."""
    answer = exchanged(port, head(alice, "GET", target, "Connection: close"))

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"evil.example" not in answer


def test_a_body_in_chunks_is_a_body(port: int, alice: JMAP) -> None:
    """RFC 9112 section 7.1."""
    fields = ("Transfer-Encoding: chunked", "Connection: close")
    chunks = b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    answer = exchanged(port, head(alice, "POST", f"/jmap/upload/{alice.account_id}/", *fields) + chunks)

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b'"size":7' in answer


def test_two_requests_on_one_connection_are_answered_in_order(port: int, alice: JMAP) -> None:
    """RFC 9112 section 9.3.2: pipelining."""
    first = head(alice, "GET", "/.well-known/jmap")
    answer = exchanged(port, first + head(alice, "GET", "/nothing", "Connection: close"))

    assert answer.index(b"HTTP/1.1 200 ") < answer.index(b"HTTP/1.1 404 ")


def test_what_is_no_http_is_refused(port: int) -> None:
    """RFC 9112 section 2.2."""
    answer = exchanged(port, b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\ncontent-type: application/problem+json\r\n" in answer
    assert b'"status":400' in answer


@pytest.mark.parametrize(
    "octets", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"]
)
def test_what_strangers_send_fills_no_log(port: int, octets: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Ours: no line at level warn that anybody may have as often as they like."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(octets)
        assert connection.recv(65536)

    assert [one for one in caplog.records if one.name.startswith("uvicorn")] == []


def test_a_body_that_is_announced_too_large_is_not_waited_for(port: int, alice: JMAP) -> None:
    """RFC 9110 section 15.5.14: 413; what does not come in time closes the connection."""
    fields = ("Content-Length: 999999999999",)
    answer = exchanged(port, head(alice, "POST", f"/jmap/upload/{alice.account_id}/", *fields) + b"x")

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/jmap/", "/jmap/upload/a/"])
def test_who_sends_all_of_a_body_that_is_too_large_hears_so(port: int, alice: JMAP, path: str) -> None:
    """RFC 9112 section 9.6: the answer is not lost in a reset because its client was still sending."""
    size = 60_000_000
    path = path.replace("/a/", f"/{alice.account_id}/")
    request = head(alice, "POST", path, "Content-Type: application/json", f"Content-Length: {size}")
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(request + bytes(size))
        answer = connection.recv(65536)
        connection.sendall(head(alice, "GET", "/nothing", "Connection: close"))
        while piece := connection.recv(65536):
            answer += piece

    assert answer.index(b"HTTP/1.1 413 ") < answer.index(b"HTTP/1.1 404 ")


def test_who_asks_before_sending_a_body_that_is_too_large_is_told_that_it_is_not_read(port: int, alice: JMAP) -> None:
    """RFC 9110 section 10.1.1: instead of 100, the answer, which says that the connection is closed."""
    fields = ("Content-Length: 60000000", "Expect: 100-continue")
    answer = exchanged(port, head(alice, "POST", f"/jmap/upload/{alice.account_id}/", *fields))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in answer


def test_headers_without_end_are_refused(port: int) -> None:
    """RFC 6585 section 5: 431; ours: long before memory is full."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        answer = b""
        with suppress(ConnectionError):
            while not answer and sent < 10_000_000:
                connection.sendall(b"X-Field: " + b"x" * 8000 + b"\r\n")
                sent += 8011
                connection.settimeout(0.001)
                with suppress(TimeoutError):
                    answer = connection.recv(65536)
                connection.settimeout(10)

    # A reset may have overtaken the answer.
    assert sent < 5_000_000
    assert not answer or answer.startswith(b"HTTP/1.1 431 ")


CHUNKED = b"POST /jmap/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"


@pytest.mark.parametrize("piece", [b"X-Field: " + b"x" * 8000 + b"\r\n", b"a:\r\n" * 2000])
def test_trailers_without_end_are_not_taken(port: int, piece: bytes) -> None:
    """RFC 9110 section 6.5.1; ours: whoever sends no end to them is cut off."""
    sent = 0
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(CHUNKED)
        with suppress(ConnectionError):
            while sent < 20_000_000:
                connection.sendall(piece)
                sent += len(piece)

    assert sent < 10_000_000


def test_trailers_are_no_headers(port: int, alice: JMAP) -> None:
    """RFC 9110 section 6.5.1: they are not merged into the head, and what comes after them is read."""
    fields = ("Transfer-Encoding: chunked",)
    chunks = b"3\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Type: text/x-late\r\n\r\n"
    upload = head(alice, "POST", f"/jmap/upload/{alice.account_id}/", *fields) + chunks
    answer = exchanged(port, upload + head(alice, "GET", "/nothing", "Connection: close"))

    assert answer.index(b"HTTP/1.1 201 ") < answer.index(b"HTTP/1.1 404 ")
    assert b"text/x-late" not in answer


@pytest.mark.parametrize("begun", [CHUNKED, CHUNKED + b"X-Field: ", CHUNKED + b"\r\n" + b"\r\n"])
def test_a_connection_that_was_answered_is_not_kept_for_the_rest_of_its_body(port: int, begun: bytes) -> None:
    """Ours: nor for trailers, nor for blank lines."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(begun)
        answer = connection.recv(65536)
        connection.sendall(b"\r\n" if begun.endswith(b"\r\n\r\n") else b"X")
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert answer.count(b"HTTP/1.1 401 ") == 1


def test_who_does_not_read_their_answer_is_cut_off(
    port: int, alice: JMAP, loops: list[asyncio.AbstractEventLoop]
) -> None:
    """Ours: an answer that lies there costs memory and a connection."""
    size = 12_000_000
    upload = head(alice, "POST", f"/jmap/upload/{alice.account_id}/", f"Content-Length: {size}", "Connection: close")
    stored = exchanged(port, upload + b"x" * size)
    blob = stored.partition(b'"blobId":"')[2].partition(b'"')[0].decode()
    before = len(asyncio.all_tasks(loops[0]))
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(head(alice, "GET", f"/jmap/download/{alice.account_id}/{blob}/name"))
        answer = connection.recv(100)
        until(lambda: len(asyncio.all_tasks(loops[0])) <= before)
        with suppress(ConnectionError):
            while piece := connection.recv(1 << 20):
                answer += piece

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert len(answer) < size


@pytest.mark.parametrize("begun", [b"", b"GET /nothing HTTP/1.1\r\nHost: x\r\n"])
def test_who_never_ends_their_headers_is_not_waited_for(port: int, begun: bytes) -> None:
    """Ours: a connection that asks nothing costs nothing for long."""
    assert exchanged(port, begun) == b""


def test_a_long_body_before_another_request_is_no_head(port: int, alice: JMAP) -> None:
    """RFC 9112 section 9.3.2: what is read together need not belong together."""
    body = b"x" * 200_000
    upload = head(alice, "POST", f"/jmap/upload/{alice.account_id}/", f"Content-Length: {len(body)}")
    answer = exchanged(port, upload + body + head(alice, "GET", "/nothing", "Connection: close"))

    assert answer.index(b"HTTP/1.1 201 ") < answer.index(b"HTTP/1.1 404 ")


def test_an_event_source_of_http_1_0_has_no_chunks(port: int, alice: JMAP) -> None:
    """RFC 9112 section 6.1: no Transfer-Encoding; the answer ends with the connection (6.3)."""
    path = "/jmap/eventsource/?types=*&closeafter=state&ping=0"
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(head(alice, "GET", path).replace(b"HTTP/1.1", b"HTTP/1.0"))
        answer = connection.recv(65536)
        alice.asks("Mailbox/set", create={"a": {"name": "News"}})
        while piece := connection.recv(65536):
            answer += piece

    fields, _, body = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in fields.lower()
    assert b"\r\nconnection: close" in fields.lower()
    assert body.startswith(b":")
    assert body.endswith(b"}\n\n")


def test_an_event_source_ends_with_the_server(
    port: int, home: Home, alice: JMAP, loops: list[asyncio.AbstractEventLoop]
) -> None:
    """Ours: a clean end, so that the client comes back."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(head(alice, "GET", "/jmap/eventsource/"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        loops[0].call_soon_threadsafe(home.stopping.set)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
            if answer.endswith(b"0\r\n\r\n"):
                break

    assert answer.endswith(b"0\r\n\r\n")
