"""Limits of an account that hold for the server, however many processes serve (RFC 8620 section 2)."""

import json
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from tests.journeys.client import USING, Client, Refused
from tests.journeys.program import Server
from tests.journeys.test_processes import who_serves

pytestmark = pytest.mark.slow

ONE = "[server]\nworkers = 2\n[jmap.protocol]\nrequest.max-concurrent = 1\nupload.max-concurrent = 1\n"
QUIET = 0.5
"""Seconds for which an answer would have come long ago, from a process that has nothing else to do."""


@pytest.fixture
def server(served: Callable[..., Server]) -> Server:
    return served(ONE)


@pytest.fixture
def both(server: Server) -> tuple[Client, Client]:
    """Two clients of alice's, at two workers."""
    first = server.account("alice@far.example")
    first.session()
    for _ in range(50):
        second = server.client("alice@far.example")
        second.session()
        if who_serves(server, first) != who_serves(server, second):
            return first, second
    raise AssertionError("all connections went to one worker")


def asked(client: Client, call: str) -> socket.socket:
    """Where the answer to a call will be read, on the client's own connection; the call is on its way."""
    account = {} if call == "Core/echo" else {"accountId": client.account}
    body = json.dumps({"using": USING, "methodCalls": [[call, account, "0"]]}).encode()
    connection = client._connection
    connection.request("POST", "/jmap/", body, {**client.headers, "Content-Type": "application/json"})
    assert connection.sock is not None
    return connection.sock


def is_answered(*there: socket.socket) -> bool:
    return bool(select.select(there, (), (), QUIET)[0])


def status(client: Client) -> int:
    answer = client._connection.getresponse()
    answer.read()
    return answer.status


def test_a_request_waits_for_one_that_another_worker_serves(server: Server, both: tuple[Client, Client]) -> None:
    """`maxConcurrentRequests`."""
    first, second = both
    (path,) = (server.program.data / "accounts").glob("*/account.db")
    other = apsw.Connection(str(path))
    try:
        # So that the call takes its time.
        other.execute("BEGIN IMMEDIATE")
        slow = asked(first, "Mailbox/set")
        assert not is_answered(slow)

        waiting = asked(second, "Core/echo")

        assert not is_answered(slow, waiting)
    finally:
        other.close(True)
    assert status(first) == status(second) == 200


def test_an_upload_waits_for_one_that_another_worker_takes_in(server: Server, both: tuple[Client, Client]) -> None:
    """`maxConcurrentUpload`."""
    first, second = both
    path = f"/jmap/upload/{first.account}/"
    halves = []
    for client in both:
        connection = client._connection
        connection.putrequest("POST", path)
        for name, value in {**client.headers, "Content-Type": "text/plain", "Content-Length": "10"}.items():
            connection.putheader(name, value)
        connection.endheaders(b"hello" if client is first else b"hello you!")
        halves.append(connection)
        if client is first:
            # The worker has its half, and so the only turn.
            assert connection.sock is not None
            assert not is_answered(connection.sock)
    late = halves[1].sock
    assert late is not None
    assert not is_answered(late)

    halves[0].send(b" you!")

    assert status(first) == status(second) == 201


def test_a_worker_that_is_killed_takes_no_turn_with_it(server: Server, both: tuple[Client, Client]) -> None:
    """Ours: what it was serving is lost, and the account is served again."""
    first, second = both
    first.call("Mailbox/get", ids=[])

    os.kill(who_serves(server, first), signal.SIGKILL)

    assert second.call("Mailbox/get", ids=[])["list"] == []


def test_a_rate_holds_for_all_workers_together(folder: Path) -> None:
    """RFC 6585 section 4 leaves open how it is counted; ours: never more, and less by what others have left."""
    server = Server(folder / "server", "[server]\nworkers = 2\n")
    server.program.environment["PILLARBOX_JMAP__RATE_LIMIT__ACCOUNT"] = "200/1h"
    with server.running():
        server.account("alice@far.example")
        served = refused = 0
        for _ in range(120):
            # A connection each, which comes to either worker.
            client = server.client("alice@far.example")
            for _ in range(3):
                try:
                    client.http("GET", "/.well-known/jmap")
                    served += 1
                except Refused as refusal:
                    refused += refusal.status == 429
            client.close()

    assert 196 <= served <= 200
    assert served + refused == 360
