"""The disk is full, and then it is not: nothing is half done, and nobody has to start anything again."""

import random
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.client import Client, Failed, Refused
from tests.journeys.faults.disk import Disk, disk
from tests.journeys.faults.load import Load
from tests.journeys.faults.places import TWO
from tests.journeys.faults.writers import message
from tests.journeys.program import Server

pytestmark = pytest.mark.slow

ALICE = "alice@far.example"
LARGE = 200_000


@pytest.fixture
def small(folder: Path) -> Iterator[Disk]:
    with disk(folder / "server" / "var", 60) as made:
        yield made


@pytest.fixture
def server(folder: Path, small: Disk) -> Iterator[Server]:
    """One that keeps everything on the small disk."""
    server = Server(folder / "server", TWO)
    small.used_by(server.program)
    with server.running():
        yield server


@pytest.fixture
def alice(server: Server) -> Client:
    """With a message in the Inbox, and a state that is known."""
    alice = server.account(ALICE)
    alice.import_(message("first@far.example"))
    return alice


def write_drafts(client: Client, made: list[str]) -> None:
    """Writes drafts, and their subjects into the list, until one is refused: raises Failed."""
    drafts = client.role("drafts")
    body = {"bodyStructure": {"type": "text/plain", "partId": "1"}, "bodyValues": {"1": {"value": "Hello. " * 2000}}}
    while True:
        subject = f"draft {len(made)}"
        draft = {"mailboxIds": {drafts: True}, "subject": subject, "keywords": {"$draft": True}}
        client.call("Email/set", create={"d": {**draft, **body}})
        made.append(subject)


def test_a_full_disk_is_told_as_temporary_and_is_over_when_there_is_room(
    server: Server, small: Disk, alice: Client
) -> None:
    """RFC 8620 section 3.6.2, RFC 3463 section 3.4 (X.3.1), RFC 4918 section 11.5."""
    (first,) = alice.call("Email/get", ids=alice.ids(), properties=["blobId"])["list"]
    events = alice.listen()
    small.fill()

    # What has room in files that are there may still be kept.
    made: list[str] = []
    with pytest.raises(Failed) as draft:
        write_drafts(alice, made)
    assert draft.value.kind == "serverUnavailable"
    assert "full" in server.events("store.failed")[-1]["known"]
    with pytest.raises(Refused) as upload:
        alice.upload(b"x" * LARGE)
    assert upload.value.status == 507
    with smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=20) as lmtp:
        lmtp.ehlo("relay.far.example")
        told = []
        for number in range(3):
            lmtp.mail("bob@far.example")
            lmtp.rcpt(ALICE)
            lmtp.docmd("DATA")
            lmtp.send(message(f"{number}@far.example", large=True) + b".\r\n")
            told.append(lmtp.getreply())
    assert [(code, said.split(b" ")[0]) for code, said in told] == [(452, b"4.3.1")] * 3
    # Who reads notices nothing, nor who comes only now.
    later = server.client(ALICE)
    assert b"first@far.example" in later.download(first["blobId"])
    assert len(later.ids()) == 1 + len(made)
    state = later.call("Email/get", ids=[])["state"]

    small.free()

    assert later.call("Email/changes", sinceState=state)["newState"] == state
    alice.import_(message("last@far.example", large=True))
    with smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=20) as lmtp:
        assert lmtp.sendmail("bob@far.example", [ALICE], message("0@far.example", large=True)) == {}
    subjects = [email["subject"] for email in alice.emails(alice.ids(), ["subject"])]
    assert sorted(subjects) == sorted(["first@far.example", *made, "last@far.example", "0@far.example"])
    state = alice.call("Email/get", ids=[])["state"]
    while events.change(alice.account, "Email").data["changed"][alice.account]["Email"] != state:
        pass
    assert server.program.doctor() == []


def test_a_disk_that_is_full_now_and_then_loses_and_doubles_nothing(
    server: Server, small: Disk, chance: random.Random
) -> None:
    """Ours."""
    load = Load(server, chance, messages=200)

    with load.running():
        for _ in range(4):
            before = load.refusals
            small.fill()
            load.is_put_off(before)
            small.free()
            load.goes_on()

    load.check()
    print(load.told())
