"""Trouble in the store, in the directory, on the wire: nothing is lost, nothing is told twice, nothing leaks."""

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal
from pillarbox.store import StoreError, Unavailable, Undone
from pillarbox.telemetry import configure

PLAIN = b"Subject: Plans\r\n\r\nHello.\r\n"


@pytest.fixture
def log(office: Office) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("disable")


def events(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("moment", ["begin", "end"])
@pytest.mark.parametrize(
    "trouble",
    [Unavailable("/secret/path: disk I/O error"), OSError(28, "No space left"), StoreError("damaged"), ValueError("x")],
)
def test_trouble_in_the_store_puts_off(
    office: Office, mta: MTA, alice: Principal, carol: Principal, moment: str, trouble: Exception
) -> None:
    """The issue, RFC 3463 section 3.4: for that recipient alone, and until it is over."""

    def fails(account: int, when: str) -> None:
        if account == alice.number and when == moment:
            raise trouble

    office.store.trouble = fails
    mta.offers(PLAIN, "alice@ours.example", "carol@ours.example")
    assert mta.hears("451 4.3.0", "250") == [
        "451 4.3.0 <alice@ours.example> not stored, try again later",
        "250 2.0.0 <carol@ours.example> stored",
    ]
    assert office.emails(alice) == []

    office.store.trouble = None
    mta.offers(PLAIN, "alice@ours.example", "carol@ours.example")
    mta.hears("250", "250")
    assert len(office.emails(alice)) == len(office.emails(carol)) == 1


def test_what_was_undone_is_filed_at_once(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: others were in the way, or the database was another one in between; the client need not know."""
    undone = [Undone("somebody was in the way")] * 2

    def fails(account: int, when: str) -> None:
        if account == alice.number and when == "end" and undone:
            raise undone.pop()

    office.store.trouble = fails
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250 2.0.0")
    assert len(office.emails(alice)) == 1


def test_what_may_have_been_filed_is_put_off_and_is_there_once(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 1047: nobody could say what had become of the commit; offered again, it is told as stored."""

    def fails(account: int, when: str) -> None:
        if account == alice.number and when == "committed":
            raise Unavailable("whether it was changed cannot be known")

    office.store.trouble = fails
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("451 4.3.0")
    office.store.trouble = None
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250 2.0.0")
    assert len(office.emails(alice)) == 1


@pytest.mark.parametrize("trouble", [Unavailable("server.db is busy"), RuntimeError("a bug")])
def test_trouble_in_the_directory_puts_off(office: Office, mta: MTA, alice: Principal, trouble: Exception) -> None:
    """RFC 5321 section 3.3: a recipient that cannot be looked up is not unknown."""
    office.directory.trouble = trouble
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "451 4.3.0", "503 5.5.1")
    office.directory.trouble = None
    mta.says("RCPT TO:<alice@ours.example>")
    mta.hears("250")


def test_an_account_that_is_gone_by_then_is_put_off(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: offered again, RCPT says what has become of it."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "354")
    office.directory.internal.remove("alice@ours.example")
    mta.sends(PLAIN + b".\r\n")
    mta.hears("451 4.3.0")


def test_replies_come_as_soon_as_they_are_known(office: Office, mta: MTA, alice: Principal, carol: Principal) -> None:
    """RFC 2033 section 5: not when the last recipient has the message."""
    heard = threading.Event()

    def waits(account: int, when: str) -> None:
        if account == carol.number:
            assert heard.wait(5)

    office.store.trouble = waits
    mta.offers(PLAIN, "alice@ours.example", "carol@ours.example")
    mta.hears("250 2.0.0 <alice@")
    heard.set()
    mta.hears("250 2.0.0 <carol@")


def test_a_bug_is_told_in_the_log_once(office: Office, alice: Principal, log: io.StringIO) -> None:
    """House style 3.5."""

    def fails(account: int, when: str) -> None:
        raise ZeroDivisionError

    mta = office.greets()
    office.store.trouble = fails
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("451")
    (event,) = events(log)
    assert event["event"] == "lmtp.failed"
    assert event["recipient"] == "alice@ours.example"
    assert "ZeroDivisionError" in event["exception"]


def test_the_log_tells_what_became_of_each_recipient(office: Office, alice: Principal, log: io.StringIO) -> None:
    """docs/events.md; nothing of what a message says is in it."""
    dave = office.has("dave@ours.example", quota=100)
    mta = office.greets()
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<nobody@ours.example>", "RSET")
    mta.hears("250", "550", "250")
    for _ in range(2):
        mta.offers(PLAIN, "alice@ours.example", "dave@ours.example")
        mta.hears("250", "552")

    lines = [event for event in events(log) if event["event"].startswith("lmtp.")]
    told = [{name: line.get(name) for name in ("event", "recipient", "account", "reply", "id")} for line in lines]
    (email,) = office.emails(alice)
    assert [tuple(event.values()) for event in told] == [
        ("lmtp.refused", "nobody@ours.example", None, "550 5.1.1", None),
        ("lmtp.delivered", "alice@ours.example", alice.id, "250 2.0.0", "t2"),
        (
            "lmtp.refused",
            "dave@ours.example",
            dave.id,
            "552 5.2.2",
            "t2",
        ),
        ("lmtp.repeated", "alice@ours.example", alice.id, "250 2.0.0", "t3"),
        (
            "lmtp.refused",
            "dave@ours.example",
            dave.id,
            "552 5.2.2",
            "t3",
        ),
    ]
    assert lines[1]["bytes"] == email["size"]
    assert {line["request"] for line in lines} == {"t1"}
    assert "Hello" not in log.getvalue()


@pytest.mark.parametrize("half", [b"", b"Subject: x", PLAIN, PLAIN + b".", PLAIN + b".\r", PLAIN + b".\n"])
def test_half_a_message_files_nothing(office: Office, mta: MTA, alice: Principal, half: bytes) -> None:
    """RFC 5321 section 4.1.1.10: a connection lost during a transaction cancels it."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "354")
    mta.sends(half)
    mta.socket.shutdown(1)
    mta.hears_the_end()

    assert office.emails(alice) == []


def test_a_client_that_does_not_wait_for_the_reply(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 6.1: what came to its end is filed, whoever is still there; and nobody is kept from the next."""
    mta.offers(PLAIN, "alice@ours.example")
    mta.hangs_up()
    office.closes()

    assert len(office.emails(alice)) == 1
