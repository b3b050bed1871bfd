"""A ticket of one worker lets in at every other, and once (architecture section 4)."""

import json
import socket
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection

import pytest
from tests.journeys.client import Client
from tests.journeys.program import Server

pytestmark = pytest.mark.slow

FOUR = "[server]\nworkers = 4\n"
HANDSHAKE = (
    "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: jmap\r\n\r\n"
)


def ticketed(client: Client, url: str) -> str:
    """The URL with a ticket."""
    return str(json.loads(client.http("POST", "/jmap/ticket", json.dumps({"url": url}).encode()))["url"])


def status(server: Server, target: str) -> int:
    """That of the answer to a GET without credentials, on a connection of its own."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request("GET", target)
        return connection.getresponse().status


def shaken(server: Server, target: str) -> bytes:
    """What the answer to a handshake begins with."""
    with closing(socket.create_connection(("127.0.0.1", server.port), 20)) as connection:
        connection.sendall(HANDSHAKE.format(target=target).encode())
        return connection.recv(65536)[:12]


def test_tickets_are_good_at_all_workers_and_once(served: Callable[..., Server]) -> None:
    server = served(FOUR)
    alice = server.account("alice@far.example")
    place = f"/jmap/download/{alice.account}/{alice.upload(b'hello')}/name"
    downloads = [ticketed(alice, place) for _ in range(8)]
    sockets = [ticketed(alice, "/jmap/ws") for _ in range(8)]

    assert [status(server, one) for one in downloads] == [200] * 8
    assert [status(server, one) for one in downloads] == [403] * 8
    assert [shaken(server, one) for one in sockets] == [b"HTTP/1.1 101"] * 8
    assert [shaken(server, one) for one in sockets] == [b"HTTP/1.1 403"] * 8
