"""What keeps everything goes away, or keeps others waiting, and comes back."""

import random
import signal
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import apsw
import pytest
from tests.journeys.client import Client, Failed, Refused, is_temporary
from tests.journeys.faults.load import Load
from tests.journeys.faults.places import TWO, database
from tests.journeys.faults.writers import message
from tests.journeys.program import SESAME, Server, until
from tests.neighbour.postgres import Cluster

pytestmark = pytest.mark.slow

ALICE, BOB = "alice@far.example", "bob@far.example"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A block in which another process writes to an account's file, and does not finish."""
    connection = apsw.Connection(str(path))
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close(True)


def offered(server: Server, recipient: str, octets: bytes) -> tuple[int, bytes]:
    """The reply to a message after its final dot, or to its recipient if there is none."""
    with smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=30) as lmtp:
        lmtp.ehlo("relay.far.example")
        lmtp.mail("carol@far.example")
        told = lmtp.rcpt(recipient)
        if told[0] != 250:
            return told
        lmtp.docmd("DATA")
        lmtp.send(octets + b".\r\n")
        return lmtp.getreply()


def test_a_file_that_stays_locked_puts_off_writers_of_that_account_alone(served: Callable[..., Server]) -> None:
    """RFC 8620 section 3.6.2, RFC 5321 section 4.2.1."""
    server = served(TWO)
    alice = server.account(ALICE)
    (path,) = (server.program.data / "accounts").glob("*/account.db")
    bob = server.account(BOB)
    email = alice.import_(message("first@far.example"))["id"]
    told: list[tuple[int, bytes]] = []
    with locked(path):
        waiting = threading.Thread(target=lambda: told.append(offered(server, ALICE, message("next@far.example"))))
        waiting.start()
        with pytest.raises(Failed) as refused:
            alice.call("Email/set", update={email: {"keywords/$seen": True}})
        assert refused.value.kind == "serverUnavailable"
        waiting.join(30)
        assert [(code, said.split(b" ")[0]) for code, said in told] == [(451, b"4.3.0")]
        assert alice.ids() == [email]
        bob.import_(message("other@far.example"))

    assert alice.call("Email/set", update={email: {"keywords/$seen": True}})["updated"] == {email: None}
    assert offered(server, ALICE, message("next@far.example"))[0] == 250
    assert len(alice.ids()) == 2
    assert server.program.doctor() == []


@pytest.mark.neighbour
def test_a_database_that_is_away_is_told_as_temporary(served: Callable[..., Server], own: Cluster) -> None:
    """RFC 8620 section 3.6.2, RFC 9110 section 15.6.4, RFC 5321 section 4.2.1; and nobody starts the server again."""
    server = served(TWO + database(own.database()))
    alice = server.account(ALICE)
    alice.import_(message("first@far.example"))
    events = alice.listen()

    own.stop(signal.SIGQUIT)

    # Whoever the worker knows is let in, and then told of the method call's failure.
    with pytest.raises((Failed, Refused)) as known:
        alice.call("Email/get", ids=[])
    assert is_temporary(known.value)
    # Whoever is new cannot even be let in.
    with pytest.raises(Refused) as new:
        server.client(ALICE, SESAME + "?").session()
    assert new.value.status == 503
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/.well-known/jmap", headers=server.client(ALICE, SESAME + "!").headers)
    answer = connection.getresponse()
    assert answer.getheader("Retry-After") is not None
    assert answer.getheader("Content-Type") == "application/problem+json"
    answer.read()
    connection.close()
    assert offered(server, ALICE, message("next@far.example"))[0] == 451
    told = server.program("account", "list", status=1)
    if "background worker ended" in told:
        # For want of the database: who is told so is told as well who names it.
        assert "pillarbox doctor" in told
        told = server.program("doctor", status=1)
    assert str(own.port) in told

    own.start()

    until(lambda: _is_back(alice), "it is back", 20)
    assert offered(server, ALICE, message("next@far.example"))[0] == 250
    assert len(alice.ids()) == 2
    # A stream may have ended; then it is opened again.
    event = events.next(20.0)
    if event is None:
        events = alice.listen(last_event_id="before")
        event = events.next(20.0)
    assert event is not None
    assert "Email" in event.data["changed"][alice.account]
    # The background worker may still wait before its next try.
    until(lambda: server.program.doctor() == [], "nothing is wrong", 60)


def _is_back(client: Client) -> bool:
    try:
        client.call("Email/get", ids=[])
    except (Failed, Refused) as told:
        if not is_temporary(told):
            raise
        return False
    return True


@pytest.mark.neighbour
def test_a_database_that_crashes_again_and_again_loses_and_doubles_nothing(
    served: Callable[..., Server], own: Cluster, chance: random.Random
) -> None:
    """Ours."""
    load = Load(served(TWO + database(own.database())), chance, messages=300)

    with load.running():
        for _ in range(3):
            before = load.refusals
            own.stop(signal.SIGQUIT)
            load.is_put_off(before)
            own.start()
            load.goes_on()

    load.check()
    print(load.told())
