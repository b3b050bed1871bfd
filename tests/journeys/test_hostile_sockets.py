"""What comes in at the HTTP port and is no request: the one who sends it is dealt with, the others are served."""

import json
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests.journeys.client import Client, Refused
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

QUICK = 1.0
"""Seconds in which somebody else is answered while it happens."""


@pytest.fixture
def server(served: Callable[..., Server]) -> Server:
    """One process that answers, whose memory and time it is."""
    return served("[server]\nworkers = 1\n")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all who see only what they are answered."""
    with Server(tmp_path_factory.mktemp("shared"), "[server]\nworkers = 1\n").running() as server:
        yield server


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_half_a_request_and_silence_keep_nobody_waiting(shared: Server, sockets: ExitStack) -> None:
    alice = shared.account("bob@far.example")
    alice.session()
    for part in (
        b"",
        b"G",
        b"POST /jmap/ HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12",
    ):
        for _ in range(25):
            sockets.enter_context(_connected(shared)).sendall(part)

    for _ in range(10):
        began = time.monotonic()
        alice.session()
        assert time.monotonic() - began < QUICK


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
        b"EHLO far.example\r\n",
        b"\xff" * 1000 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"POST /jmap/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /jmap/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        b"POST /jmap/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /jmap/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda octets: repr(octets[:24]),
)
def test_what_is_no_request_gets_a_4xx_and_the_connection_ends(shared: Server, octets: bytes) -> None:
    with _connected(shared) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        answer = _all(connection)

    assert answer == b"" or answer.split(b" ")[1].startswith(b"4"), answer[:200]
    assert shared.process.poll() is None


def test_a_header_without_end_is_refused_long_before_it_ends(server: Server) -> None:
    """A megabyte of fields, and one field of a megabyte: neither is kept in memory."""
    before = _memory(server)
    for octets in (b"x: " + b"y" * (1 << 20), b"".join(b"x%d: y\r\n" % number for number in range(120_000))):
        with _connected(server) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            answer = _sent(connection, octets * 4)
        assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), answer[:100]

    assert _memory(server) - before < 16_000_000


def test_a_body_larger_than_it_may_be_is_refused_before_it_is_read(server: Server) -> None:
    alice = server.account("alice@far.example")
    size = alice.session()["capabilities"]["urn:ietf:params:jmap:core"]["maxSizeRequest"]
    before = _memory(server)
    head = b"POST /jmap/ HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\n" % _authorization(
        alice.headers
    )

    with _connected(server) as connection:
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % (size + 1))
        assert _head(connection).startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))
    with _connected(server) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        answer = _sent(connection, (b"10000\r\n" + b" " * 65536 + b"\r\n") * (size // 65536 + 40))
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), answer[:100]

    # What one request may hold is in memory while it is read.
    assert _memory(server) - before < 3 * size + 16_000_000


def test_requests_in_one_packet_are_answered_one_after_the_other(shared: Server) -> None:
    alice = shared.account("alice@far.example")
    request = b"GET /.well-known/jmap HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % _authorization(alice.headers)
    with _connected(shared) as connection:
        connection.sendall(request * 20)
        answer = b""
        while answer.count(b"HTTP/1.1 200") < 20 and (part := connection.recv(65536)):
            answer += part

    assert answer.count(b"HTTP/1.1 200") == 20


def test_a_client_that_does_not_read_its_answers_costs_little(server: Server, sockets: ExitStack) -> None:
    """Ten of them ask for far more than a socket holds; the memory does not follow."""
    alice = server.account("alice@far.example")
    blob = alice.upload(b"x" * 10_000_000)
    path = f"/jmap/download/{alice.account}/{blob}/x".encode()
    request = b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (path, _authorization(alice.headers))
    before = _memory(server)
    for _ in range(10):
        connection = sockets.enter_context(_connected(server))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(request * 20)

    for _ in range(20):
        began = time.monotonic()
        alice.session()
        assert time.monotonic() - began < QUICK
    assert _memory(server) - before < 60_000_000


def test_a_thousand_connections_that_say_nothing_let_others_in(server: Server, sockets: ExitStack) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2500:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    alice = server.account("alice@far.example")
    before = _memory(server)
    for _ in range(1000):
        sockets.enter_context(_connected(server))

    began = time.monotonic()
    assert len(alice.mailboxes()) > 0
    assert time.monotonic() - began < 2 * QUICK
    assert _memory(server) - before < 1000 * 20_000 + 10_000_000


def test_more_connections_than_allowed_are_told_so(served: Callable[..., Server], sockets: ExitStack) -> None:
    server = served("[server]\nmax-connections = 10\n")
    alice = server.account("alice@far.example")
    for _ in range(10):
        sockets.enter_context(_connected(server))

    with _connected(server) as connection:
        connection.sendall(b"GET /.well-known/jmap HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % _authorization(alice.headers))
        answer = _head(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 503"), answer

    sockets.close()
    until(lambda: _is_let_in(alice), "it is noticed that they went")


def test_nothing_of_it_is_taken_for_a_bug(shared: Server) -> None:
    """A client that is cut off in the middle of anything leaves no traceback and no half of a change."""
    alice = shared.account("carol@far.example")
    body = json.dumps(
        {
            "using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
            "methodCalls": [["Mailbox/set", {"accountId": alice.account, "create": {"a": {"name": "Half"}}}, "0"]],
        }
    ).encode()
    head = b"POST /jmap/ HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    whole = head % (_authorization(alice.headers), len(body)) + body

    for length in range(0, len(whole), 7):
        with _connected(shared) as connection:
            connection.sendall(whole[:length])

    assert "Half" not in alice.mailboxes()
    assert shared.events("http.failed") == []


def _is_let_in(client: Client) -> bool:
    try:
        client.session()
    except Refused:
        return False
    return True


def _connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 20)


def _authorization(headers: dict[str, str]) -> bytes:
    return f"Authorization: {headers['Authorization']}".encode()


def _sent(connection: socket.socket, octets: bytes) -> bytes:
    """Sends for as long as the other side takes it; what it answers."""
    with suppress(ConnectionError, TimeoutError):
        connection.sendall(octets)
    return _head(connection)


def _head(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def _all(connection: socket.socket) -> bytes:
    octets = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            octets += part
    return octets


def _memory(server: Server) -> int:
    """Octets that the process which answers has in memory."""
    (worker,) = server.processes("pillarbox.app.worker")
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
    return pages * resource.getpagesize()
