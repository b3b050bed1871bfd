"""WebSockets over real connections, with another's client (RFC 6455, adr/0037)."""

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
import trustme
from tests.driver import CORE, JMAP, Home, like
from tests.driver.entrance import pair, trusting
from tests.neighbour.stores import whichever
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from pillarbox.http import too_large
from pillarbox.net import Bounds, Certificates, Entrance, Protection, Rules, bound_tcp
from pillarbox.net.loop import use_fast_loop
from pillarbox.net.web import WebServer

data = whichever
"""What the server does before a store is asked is the same over each."""

RULES = Rules(size=100_000, too_large=too_large(100_000), heartbeat=0.2, silence=1.0)
ECHO = {"@type": "Request", "id": "R1", "using": [CORE], "methodCalls": [["Core/echo", {"hello": True}, "0"]]}


class Served:
    """A server on a port of its own, in a thread."""

    def __init__(self, home: Home, rules: Rules, entrance: Entrance | None = None) -> None:
        self._home = home
        self._listening = bound_tcp("127.0.0.1", 0, 16)
        assert home.web.application is not None
        self._web = WebServer(
            home.web.application,
            grace=2,
            bounds=Bounds(patience=1.0, unread=1.0),
            sockets=rules,
            entrance=entrance or Entrance(),
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.port: int = self._listening.getsockname()[1]
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self._web.serve([self._listening]))
        while not self._web.started:
            await asyncio.sleep(0.005)
        self._ready.set()
        await serving

    def stop(self) -> None:
        """It stops, as when its process is told to."""
        with suppress(RuntimeError):  # its loop is closed, so it has stopped
            self._loop.call_soon_threadsafe(self._home.stopping.set)
        self._web.stop()

    def ended(self, seconds: float) -> bool:
        """Whether it has stopped after so long at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def close(self) -> None:
        self.stop()
        assert self.ended(10)
        self._listening.close()

    def talks(self, person: JMAP, **options: Any) -> ClientConnection:
        """A client of a person's."""
        options = {"additional_headers": person.credentials, "subprotocols": ["jmap"], "proxy": None, **options}
        talk: ClientConnection = connect(f"ws://127.0.0.1:{self.port}/jmap/ws", **options)
        return talk

    def raw(self, person: JMAP, *more: str, context: ssl.SSLContext | None = None) -> socket.socket:
        """A connection on which a WebSocket has begun, or whatever the answer was, is yet to be read."""
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        if context is not None:
            connection = context.wrap_socket(connection, server_hostname="mail.example.org")
        fields = (
            "GET /jmap/ws HTTP/1.1",
            "Host: x",
            f"Authorization: {person.credentials['Authorization']}",
            "Connection: keep-alive, Upgrade",
            "Upgrade: WebSocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: other, jmap",
            *more,
        )
        connection.sendall("\r\n".join((*fields, "", "")).encode())
        return connection


@pytest.fixture
def serve(home: Home) -> Iterator[Callable[..., Served]]:
    """Starts servers."""
    started: list[Served] = []

    def start(rules: Rules = RULES, entrance: Entrance | None = None) -> Served:
        started.append(Served(home, rules, entrance))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()


def heard(talk: ClientConnection) -> Any:
    return json.loads(talk.recv(timeout=10))


def code_of_end(talk: ClientConnection) -> int | None:
    """Why the server ended it; reads what comes before."""
    with suppress(ConnectionClosed):
        while True:
            talk.recv(timeout=10)
    assert talk.protocol.close_rcvd is not None, "there was no close frame"
    return talk.protocol.close_code


def read(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    octets = b""
    while piece := connection.recv(65536):
        octets += piece
    return octets


def test_the_handshake_is_that_of_the_rfc(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 1.3, its own example; RFC 8887 section 4.2: the subprotocol. Frames are not compressed."""
    with closing(served.raw(alice, "Sec-WebSocket-Extensions: permessage-deflate")) as connection:
        answer = connection.recv(65536).decode()
    head = answer.lower().split("\r\n")

    assert answer.startswith("HTTP/1.1 101 ")
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower() in head
    assert "sec-websocket-protocol: jmap" in head
    assert "upgrade: websocket" in head
    assert "connection: upgrade" in head
    assert not [line for line in head if line.startswith("sec-websocket-extensions")]


def test_a_request_is_answered(served: Served, alice: JMAP) -> None:
    """RFC 8887 section 4.4: as in its example."""
    with served.talks(alice) as talk:
        talk.send(json.dumps(ECHO))

        assert talk.subprotocol == "jmap"
        assert heard(talk) == like(requestId="R1", methodResponses=[["Core/echo", {"hello": True}, "0"]])


def test_a_message_in_pieces_is_one(served: Served, alice: JMAP) -> None:
    """RFC 8887 section 4.3: fragments are coalesced; control frames may stand between them (RFC 6455 section 5.4)."""
    with served.talks(alice) as talk:
        text = json.dumps(ECHO)
        talk.send([text[:10], text[10:40], text[40:]])
        talk.ping().wait(10)

        assert heard(talk) == like(requestId="R1")


def test_a_change_is_told(served: Served, alice: JMAP) -> None:
    """RFC 8887 section 4.3.5: from another connection, or another thread."""
    with served.talks(alice) as talk:
        # What is told at once to who knows nothing says that it has begun.
        talk.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": None, "pushState": "none"}))
        heard(talk)
        alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})

        assert heard(talk) == like(changed={alice.account_id: {"Mailbox": alice.state("Mailbox")}})


@pytest.mark.parametrize("credentials", [{}, {"Authorization": "Basic eDp5"}])
def test_a_refusal_is_an_answer_of_http(served: Served, alice: JMAP, credentials: dict[str, str]) -> None:
    """RFC 6455 section 4.2.2: any other status, and a problem document (ours)."""
    with pytest.raises(InvalidStatus) as refused:
        served.talks(alice, additional_headers=credentials)
    response = refused.value.response

    assert response.status_code == 401
    assert json.loads(response.body or b"") == like(status=401)
    assert response.headers["content-type"] == "application/problem+json"


def test_binary_ends_it(served: Served, alice: JMAP) -> None:
    """RFC 8887 section 4.3.1: 1003."""
    with served.talks(alice) as talk:
        talk.send(b"{}")

        assert code_of_end(talk) == 1003


def test_what_is_no_utf_8_ends_it(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 8.1: 1007."""
    with served.talks(alice) as talk:
        talk.send(b"\xff\xfe", text=True)

        assert code_of_end(talk) == 1007


@pytest.mark.parametrize("pieces", [1, 7])
def test_what_is_too_large_is_told_before_it_is_read(served: Served, alice: JMAP, pieces: int) -> None:
    """RFC 8620 section 3.6.1, maxSizeRequest, and RFC 6455 section 7.4.1: 1009."""
    with served.talks(alice) as talk:
        with suppress(ConnectionClosed):
            talk.send(["x" * (1_000_000 // pieces)] * pieces)
        answer = heard(talk)

        assert answer == like(**{"@type": "RequestError", "requestId": None, "limit": "maxSizeRequest"})
        assert code_of_end(talk) == 1009


def test_a_frame_that_breaks_the_rules_ends_it(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 5.1: a client's frames are masked; 1002."""
    with closing(served.raw(alice)) as connection:
        connection.recv(65536)
        connection.sendall(Frame(Opcode.TEXT, b"{}").serialize(mask=False))

        answer = read(connection)

    assert answer[:1] == b"\x88"
    assert int.from_bytes(answer[2:4], "big") == 1002


def test_a_client_that_goes_is_let_go(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 5.5.1: a close frame is answered with one."""
    with served.talks(alice) as talk:
        talk.close(1000)

    assert talk.protocol.close_sent == talk.protocol.close_rcvd


@pytest.mark.parametrize("who", ["client", "server"])
def test_over_tls_it_is_closed_once_both_have_said_so(
    serve: Callable[..., Served], alice: JMAP, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """RFC 6455 section 7.1.1: the server closes the connection first; TLS has no other way to say that it is over."""
    monkeypatch.setattr("pillarbox.net.websocket._LINGER", 60.0)
    authority, certificates = trustme.CA(), Certificates()
    certificates.replace([pair(authority, "mail.example.org")])
    served = serve(entrance=Entrance(protection=Protection(), certificates=certificates))
    with closing(served.raw(alice, context=trusting(authority))) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")
        if who == "client":
            connection.sendall(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        else:
            served.stop()
            assert connection.recv(65536) == Frame(Opcode.CLOSE, b"\x03\xe9").serialize(mask=False)
            connection.sendall(Frame(Opcode.CLOSE, b"\x03\xe9").serialize(mask=True))

        assert read(connection) == (Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=False) if who == "client" else b"")


def test_pings_come_while_all_is_quiet_and_keep_it_open(served: Served, alice: JMAP) -> None:
    """Settings `jmap.web-socket.heartbeat` and `.timeout`: who answers pings may be silent for ever."""
    with closing(served.raw(alice)) as connection, connection.makefile("rwb", buffering=0) as talk:
        while talk.readline() != b"\r\n":
            pass
        for _ in range(2 + int(RULES.silence / RULES.heartbeat)):
            assert talk.read(2) == Frame(Opcode.PING, b"").serialize(mask=False)
            talk.write(Frame(Opcode.PONG, b"").serialize(mask=True))
        talk.write(Frame(Opcode.TEXT, json.dumps(ECHO).encode()).serialize(mask=True))

        assert b'"requestId":"R1"' in connection.recv(65536)


def test_who_answers_no_ping_is_cut_off(served: Served, alice: JMAP) -> None:
    """Setting `jmap.web-socket.timeout`: a peer that went without a word."""
    with closing(served.raw(alice)) as connection:
        began = time.monotonic()
        answer = b""
        with suppress(ConnectionResetError):
            answer = read(connection)

        assert time.monotonic() - began < 5
        assert answer == b"" or b"\x89\x00" in answer


def test_who_does_not_read_is_cut_off(serve: Callable[..., Served], alice: JMAP) -> None:
    """Ours: answers that nobody takes are not kept for ever."""
    served = serve(Rules(size=1_000_000))
    with closing(served.raw(alice)) as connection:
        connection.recv(65536)
        large = {**ECHO, "methodCalls": [["Core/echo", {"x": "x" * 500_000}, "0"]]}
        frame = Frame(Opcode.TEXT, json.dumps(large).encode()).serialize(mask=True)
        began = time.monotonic()
        with suppress(ConnectionError, TimeoutError):
            while time.monotonic() - began < 20:
                connection.sendall(frame)

        assert time.monotonic() - began < 9


def test_whoever_sends_pings_and_reads_nothing_is_not_read_from(serve: Callable[..., Served], alice: JMAP) -> None:
    """Ours: answers to pings wait for their reader, too."""
    served = serve(Rules(size=1_000_000))
    with closing(served.raw(alice)) as connection:
        connection.recv(65536)
        pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 500
        sent, began = 0, time.monotonic()
        with suppress(ConnectionError, TimeoutError):
            while time.monotonic() - began < 20:
                connection.sendall(pings)
                sent += len(pings)

        assert sent < 50_000_000


def test_when_the_server_stops_it_says_so(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 7.4.1: 1001; what was asked is answered before."""
    with served.talks(alice) as talk:
        talk.send(json.dumps(ECHO))
        heard(talk)
        served.stop()

        assert code_of_end(talk) == 1001
        assert talk.protocol.close_rcvd is not None
        assert served.ended(5)


def test_a_request_of_http_before_it_is_answered_first(served: Served, alice: JMAP) -> None:
    """RFC 9112 section 9.3.2: nothing is said in the middle of an answer; then no WebSocket begins."""
    credentials = f"Authorization: {alice.credentials['Authorization']}"
    first = f"GET /.well-known/jmap HTTP/1.1\r\nHost: x\r\n{credentials}\r\n\r\n"
    second = f"GET /jmap/ws HTTP/1.1\r\nHost: x\r\n{credentials}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", served.port), 10)) as connection:
        connection.sendall((first + second).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = read(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 101" not in answer


def test_what_is_sent_with_a_wish_to_upgrade_is_no_way_around(served: Served, alice: JMAP) -> None:
    """RFC 6455 section 4.1: a GET of HTTP/1.1; anything else is a request like others."""
    for line in ("POST /jmap/ws HTTP/1.1", "GET /jmap/ws HTTP/1.0"):
        fields = (line, "Host: x", "Connection: Upgrade", "Upgrade: websocket", "", "")
        with closing(socket.create_connection(("127.0.0.1", served.port), 10)) as connection:
            connection.sendall("\r\n".join(fields).encode())

            assert connection.recv(65536)[9:12] in (b"405", b"401")
