"""A real server sends: to a mail server that DNS names, to a relay, to accounts of its own; also when it is killed."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import dkim
import pytest
from tests.journeys.client import USING, Client
from tests.journeys.program import Server, until
from tests.neighbour.mx import MX, STALL
from tests.neighbour.names import NameServer

pytestmark = pytest.mark.slow

SUBMISSION = [*USING, "urn:ietf:params:jmap:submission"]


@pytest.fixture
def mx() -> Iterator[MX]:
    with MX() as mx:
        yield mx


@pytest.fixture
def names(mx: MX) -> Iterator[NameServer]:
    with NameServer() as names:
        names.has_mx("far.example", [(10, "mx.far.example", mx.host)])
        yield names


@pytest.fixture
def server(served: Callable[..., Server], mx: MX, names: NameServer) -> Server:
    return served(
        f"""
[server]
hostname = "mail.home.example"
outbound.allow-networks = ["127.0.0.0/8"]
dns.servers = ["127.0.0.1:{names.port}"]
[queue]
port = {mx.port}
retry = ["1s"]
"""
    )


def sends(client: Client, *recipients: str, subject: str = "Plans") -> str:
    """Writes and sends a message, as a client does; the id of the submission."""
    calls = [
        ["Identity/get", {"accountId": client.account, "ids": None}, "i"],
        [
            "Email/set",
            {
                "accountId": client.account,
                "create": {
                    "d": {
                        "mailboxIds": {client.role("drafts"): True},
                        "from": [{"email": client.address}],
                        "to": [{"email": one} for one in recipients],
                        "subject": subject,
                        "bodyStructure": {"type": "text/plain", "partId": "1"},
                        "bodyValues": {"1": {"value": "Hello."}},
                    }
                },
            },
            "e",
        ],
    ]
    identity, draft = _asks(client, calls)
    create = {"s": {"identityId": identity["list"][0]["id"], "emailId": draft["created"]["d"]["id"]}}
    (made,) = _asks(client, [["EmailSubmission/set", {"accountId": client.account, "create": create}, "s"]])
    assert made["created"], made
    return str(made["created"]["s"]["id"])


def submission(client: Client, id_: str) -> Any:
    """A submission as its owner sees it."""
    ((found,),) = (
        one["list"]
        for one in _asks(client, [["EmailSubmission/get", {"accountId": client.account, "ids": [id_]}, "g"]])
    )
    return found


def _asks(client: Client, calls: list[Any]) -> list[Any]:
    body = json.dumps({"using": SUBMISSION, "methodCalls": calls}).encode()
    answered = json.loads(client.http("POST", "/jmap/", body))["methodResponses"]
    assert not any(one[0] == "error" for one in answered), answered
    return [one[1] for one in answered]


def queue(server: Server) -> list[Any]:
    """What `pillarbox queue list` shows."""
    found: list[Any] = json.loads(server.program("queue", "list", "--json"))
    return found


def test_a_message_goes_to_the_world_and_to_a_neighbour(server: Server, mx: MX) -> None:
    """Issue 4 point 4: EmailSubmission/set, then the mail server of the domain, and an account here."""
    alice, bob = server.account("alice@home.example"), server.account("bob@home.example")

    id_ = sends(alice, "carol@far.example", "bob@home.example")

    assert b"Subject: Plans\r\n" in mx.takes().octets
    until(lambda: len(bob.ids()) == 1, "it is with Bob")
    until(lambda: queue(server) == [], "nothing is on its way")
    told = submission(alice, id_)
    assert told["undoStatus"] == "final"
    assert {address: one["delivered"] for address, one in told["deliveryStatus"].items()} == {
        "carol@far.example": "unknown",
        "bob@home.example": "yes",
    }
    assert told["deliveryStatus"]["carol@far.example"]["smtpReply"] == "250 2.1.5 Recipient OK"


def test_a_refusal_comes_back_and_is_told_by_the_submission(server: Server, mx: MX) -> None:
    """RFC 8621 section 7, "deliveryStatus"; RFC 3464."""
    alice = server.account("alice@home.example")
    mx.says("RCPT", "550-5.1.1 No such\r\n550 5.1.1 user")

    id_ = sends(alice, "nobody@far.example")

    until(lambda: len(alice.ids(subject="could not be delivered")) == 1, "the notification is there")
    told = submission(alice, id_)["deliveryStatus"]["nobody@far.example"]
    assert (told["smtpReply"], told["delivered"]) == ("550 5.1.1 No such user", "no")


def test_mail_of_a_domain_with_a_key_is_signed(server: Server, mx: MX) -> None:
    """RFC 6376, verified by another implementation; both algorithms (RFC 8463)."""
    alice = server.account("alice@home.example")
    server.program("domain", "dkim", "home.example")
    records = json.loads(server.program("domain", "dkim", "home.example", "--algorithm", "ed25519", "--json"))
    published = {one["name"]: one["value"] for one in records}

    sends(alice, "carol@far.example", subject="Grüße")

    octets = mx.takes().octets
    assert octets.count(b"DKIM-Signature: ") == 2
    verifier = dkim.DKIM(octets)
    for at in range(2):
        assert verifier.verify(idx=at, dnsfunc=lambda name, **_: published[name.decode().rstrip(".")].encode())


def test_what_waits_is_shown_tried_and_given_up(server: Server, mx: MX) -> None:
    """Ours: `pillarbox queue list`, `retry` and `cancel`, while the server runs."""
    alice = server.account("alice@home.example")
    mx.says("RCPT", *["451 4.7.1 Later"] * 1000)
    sends(alice, "carol@far.example")
    until(lambda: [one["recipients"][0]["reply"] for one in queue(server)] == ["451 4.7.1 Later"], "it was put off")
    (waiting,) = queue(server)

    assert server.program("queue", "retry", waiting["message"]) == "1 to be tried now.\n"
    server.program("queue", "cancel", waiting["message"])

    until(lambda: len(alice.ids(subject="could not be delivered")) == 1, "the notification is there")
    until(lambda: queue(server) == [], "nothing is on its way")
    assert "names no message" in server.program("queue", "cancel", "nonsense", status=1)


def test_nothing_is_lost_when_everything_is_killed(server: Server, mx: MX) -> None:
    """Architecture section 3: never lost, and into an account here once, also with SIGKILL in the midst of it."""
    alice, bob = server.account("alice@home.example"), server.account("bob@home.example")
    mx.says(".", *["250 2.0.0 Taken"] * 3, *[STALL] * 20)
    subjects = {f"Plan {number}" for number in range(20)}
    for subject in subjects:
        sends(alice, "carol@far.example", "bob@home.example", subject=subject)
    given = [mx.takes() for _ in range(5)]

    server.kill()
    mx.forgets()
    server.start()

    until(lambda: queue(server) == [], "nothing is on its way", 60)
    while not mx.took_nothing():
        given.append(mx.takes())
    assert {_subject(one.octets) for one in given} == subjects
    assert sorted(one["subject"] for one in bob.emails(bob.ids(), ["subject"])) == sorted(subjects)
    assert server.program.doctor() == []


def test_what_was_being_sent_goes_on_when_the_background_worker_dies(server: Server, mx: MX) -> None:
    """Ours: the supervisor starts another one, which tells of the doubt and sends again (RFC 1047)."""
    alice = server.account("alice@home.example")
    mx.says(".", STALL)
    sends(alice, "carol@far.example")
    first = mx.takes()

    (background,) = server.processes("background")
    os.kill(background, signal.SIGKILL)

    assert mx.takes().octets == first.octets
    until(lambda: queue(server) == [], "nothing is on its way")


def test_a_server_that_is_told_to_stop_waits_for_an_answer_that_is_due(server: Server, mx: MX) -> None:
    """RFC 1047: who has the message and is about to say so is waited for, so that it does not get it twice."""
    alice = server.account("alice@home.example")
    mx.delay = 2.0
    sends(alice, "carol@far.example")
    until(lambda: "DATA" in mx.commands, "the data are on their way")

    assert server.stop() == 0
    mx.delay = 0.0
    server.start()

    until(lambda: queue(server) == [], "nothing is on its way")
    mx.takes()
    assert mx.took_nothing()


def _subject(octets: bytes) -> str:
    return octets.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode()
