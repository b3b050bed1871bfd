"""Who listens on the event source hears of changes, whoever made them (RFC 8620 section 7.3)."""

import json
import socket
import time
from http.client import HTTPConnection

import pytest
from tests.journeys.program import Server, until

from pillarbox.sample import many

pytestmark = pytest.mark.slow

SOON = 0.5
"""Seconds in which the server's own changes are heard. They take milliseconds; the machine may be busy."""


def test_an_import_by_another_process_is_heard(shared: Server) -> None:
    carol = shared.account("carol@far.example")
    account = carol.account
    path = shared.folder / "mail.eml"
    path.write_bytes(next(many(1, 1)).raw)
    events = carol.listen()

    process = shared.program.start("import", "carol@far.example", path)
    heard = events.change(account, "Email", within=30)
    process.communicate(timeout=30)

    assert process.returncode == 0
    state = carol.call("Email/get", ids=[])["state"]
    assert heard.data["changed"][account]["Email"] == state
    assert len(carol.ids()) == 1


def test_a_change_of_another_process_is_heard_at_once(shared: Server) -> None:
    dave = shared.account("dave@far.example")
    account = dave.account
    path = shared.folder / "mail.eml"
    path.write_bytes(next(many(1, 1)).raw)
    events = dave.listen()

    done = shared.program.run("import", "dave@far.example", path, "--json")
    ended = time.monotonic()
    heard = events.change(account, "Email")

    assert json.loads(done.stdout)["added"] == 1
    assert heard.at - ended < SOON


def test_a_change_over_jmap_is_heard_at_once_by_every_listener(shared: Server) -> None:
    erin = shared.account("erin@far.example")
    account = erin.account
    email = erin.import_(next(many(1, 1)).raw)["id"]
    listeners = [erin.listen() for _ in range(5)]

    for keyword in ("$seen", "$flagged", "$answered"):
        sent = time.monotonic()
        answer = erin.call("Email/set", update={email: {f"keywords/{keyword}": True}})
        for listener in listeners:
            heard = listener.change(account, "Email")
            assert heard.data["changed"][account]["Email"] == answer["newState"]
            assert heard.at - sent < SOON


def test_other_accounts_are_not_heard_of(shared: Server) -> None:
    alice, bob = shared.account("alice@far.example"), shared.account("bob@far.example")
    events = alice.listen(closeafter="state")

    bob.import_(next(many(1, 1)).raw)
    alice.import_(next(many(1, 2)).raw)

    heard = events.next()
    assert heard is not None
    assert list(heard.data["changed"]) == [alice.account]
    assert events.next() is None


def test_sigterm_ends_streams_and_the_server_with_0(server: Server) -> None:
    alice = server.account("alice@far.example")
    events = [alice.listen() for _ in range(20)]
    began = time.monotonic()

    server.process.terminate()

    assert server.process.wait(20) == 0
    assert time.monotonic() - began < 5
    assert all(one.next() is None for one in events)
    assert [event["event"] for event in server.events("server.stopped")] == ["server.stopped"]


def test_sigterm_lets_a_request_finish(server: Server) -> None:
    """A body that is on its way when the signal comes is still taken, stored and answered."""
    alice = server.account("alice@far.example")
    octets = b"x" * 100_000
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", f"/jmap/upload/{alice.account}/")
    for name, value in {**alice.headers, "Content-Length": str(len(octets)), "Content-Type": "text/plain"}.items():
        connection.putheader(name, value)
    connection.endheaders(octets[:50_000])
    # The server has read what there is when it answers somebody who came later.
    alice.session()

    server.process.terminate()
    until(lambda: not _accepts(server), "no new connection is accepted")
    connection.send(octets[50_000:])

    response = connection.getresponse()
    assert response.status in (200, 201)
    assert json.loads(response.read())["size"] == len(octets)
    connection.close()
    assert server.process.wait(20) == 0


def _accepts(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
    except ConnectionRefusedError:
        return False
    return True
