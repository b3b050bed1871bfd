"""What becomes of a message that was taken in."""

import smtplib
from pathlib import Path

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal
from pillarbox.datatypes.mail import inbox
from pillarbox.wire.values import id_text

PLAIN = b"From: bob@far.example\r\nSubject: Plans\r\nMessage-ID: <1@far.example>\r\n\r\nHello.\r\n"


def test_a_message_is_an_email_in_the_inbox(office: Office, mta: MTA, alice: Principal) -> None:
    """The issue; RFC 8621 section 4.1.1."""
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")

    (email,) = office.emails(alice)
    with office.store.read(alice.number) as unit:
        assert email["mailboxIds"] == {id_text("m", inbox(unit)): True}
    assert email["keywords"] == {}
    assert email["receivedAt"] == "2027-01-15T08:00:00Z"
    assert email["subject"] == "Plans"
    assert email["messageId"] == ["1@far.example"]


def test_return_path_and_received_come_first(office: Office, alice: Principal) -> None:
    """RFC 5321 section 4.4."""
    mta = office.greets("tcp")
    mta.offers(PLAIN, "Alice+x@ours.example", sender="Bob@far.example")
    mta.hears("250")

    (kept,) = office.messages(alice)
    assert (
        kept
        == (
            b"Return-Path: <Bob@far.example>\r\n"
            b"Received: from mx.far.example ([127.0.0.1])\r\n"
            b"\tby mail.ours.example with LMTP id t2\r\n"
            b"\tfor <Alice+x@ours.example>;\r\n"
            b"\tFri, 15 Jan 2027 08:00:00 +0000\r\n"
        )
        + PLAIN
    )


def test_received_over_a_unix_socket_has_no_address(office: Office, alice: Principal) -> None:
    """RFC 5321 section 4.4: there is none."""
    mta = office.greets("unix")
    mta.offers(PLAIN, "alice@ours.example", sender="")
    mta.hears("250")

    (kept,) = office.messages(alice)
    assert kept.startswith(
        b"Return-Path: <>\r\nReceived: from mx.far.example\r\n\tby mail.ours.example with LMTP id t2\r\n"
    )


def test_several_recipients_do_not_learn_of_each_other(
    office: Office, mta: MTA, alice: Principal, carol: Principal
) -> None:
    """RFC 5321 sections 4.4 and 7.2."""
    mta.offers(PLAIN, "alice@ours.example", "carol@ours.example")
    mta.hears("250", "250")

    (hers,), (other,) = office.messages(alice), office.messages(carol)
    assert hers == other
    assert b"\tfor <" not in hers
    assert b"ours.example>" not in hers


def test_smtputf8_shows_in_received(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 6531 section 4.3."""
    mta.says("MAIL FROM:<bøb@far.example> SMTPUTF8", "RCPT TO:<alice@ours.example>", "DATA", "Subject: ø", "", ".")
    mta.hears("250", "250", "354", "250")

    (kept,) = office.messages(alice)
    assert kept.startswith("Return-Path: <bøb@far.example>\r\n".encode())
    assert b"with UTF8LMTP id" in kept


def test_a_return_path_that_was_there_is_replaced(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.4: there is one, and it is at the beginning."""
    mta.offers(b"Return-Path: <x@y.example>\r\nreturn-path:\r\n <z@y.example>\r\n" + PLAIN, "alice@ours.example")
    mta.hears("250")

    (kept,) = office.messages(alice)
    assert kept.lower().count(b"return-path:") == 1
    assert kept.endswith(b"+0000\r\n" + PLAIN)


def test_a_message_offered_again_is_filed_once(office: Office, mta: MTA, alice: Principal, carol: Principal) -> None:
    """The issue, RFC 1047: the first 250 was lost, the second must not make another Email."""
    mta.offers(PLAIN, "alice@ours.example")
    mta.hangs_up()
    again = office.greets()
    again.offers(PLAIN, "alice@ours.example", "carol@ours.example")
    again.hears("250 2.0.0 <alice@", "250 2.0.0 <carol@")

    assert len(office.emails(alice)) == 1
    assert len(office.emails(carol)) == 1


def test_it_is_known_for_a_week_even_when_it_was_deleted(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: longer than MTAs try (RFC 5321 section 4.5.4.1)."""
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")
    office.now += 6 * 86_400
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")
    assert len(office.emails(alice)) == 1

    office.now += 2 * 86_400
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")
    assert len(office.emails(alice)) == 2


def test_another_sender_or_another_octet_is_another_message(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours."""
    for message, sender in (
        (PLAIN, "bob@far.example"),
        (PLAIN, "list@far.example"),
        (PLAIN + b"\r\n", "bob@far.example"),
    ):
        mta.offers(message, "alice@ours.example", sender=sender)
        mta.hears("250")

    assert len(office.emails(alice)) == 3


def test_what_was_refused_is_not_taken_for_filed(office: Office, mta: MTA) -> None:
    """Ours: the memory of a message and the message are one unit."""
    dave = office.has("dave@ours.example", quota=10_000)
    mta.offers(b"Subject: 1\r\n\r\n" + b"x" * 6000, "dave@ours.example")
    mta.sends(b"\r\n.\r\n")
    mta.hears("250")
    message = b"Subject: 2\r\n\r\n" + b"x" * 6000 + b"\r\n"
    for _ in range(2):
        mta.offers(message, "dave@ours.example")
        mta.hears("452 4.2.2")

    assert len(office.emails(dave)) == 1


def test_over_quota_is_for_now_or_for_good(office: Office, mta: MTA, alice: Principal) -> None:
    """The issue; RFC 3463 section 3.3. Others get the message."""
    office.has("dave@ours.example", quota=10_000)
    office.has("erin@ours.example", quota=5_000)
    filler = b"Subject: filler\r\n\r\n" + b"x" * 4000 + b"\r\n"
    for sender in ("1@far.example", "2@far.example"):
        mta.offers(filler, "dave@ours.example", sender=sender)
        mta.hears("250")
    mta.offers(
        b"Subject: x\r\n\r\n" + b"x" * 6000 + b"\r\n", "dave@ours.example", "erin@ours.example", "alice@ours.example"
    )
    mta.hears("452 4.2.2 <dave@", "552 5.2.2 <erin@", "250 2.0.0 <alice@")


def test_the_default_quota_is_for_accounts_without_their_own(office: Office, alice: Principal) -> None:
    """The setting `account.quota`."""
    office.obeys(quota=1000)
    office.has("dave@ours.example", quota=10_000)
    mta = office.greets()
    mta.offers(b"Subject: x\r\n\r\n" + b"x" * 2000 + b"\r\n", "alice@ours.example", "dave@ours.example")
    mta.hears("552 5.2.2 <alice@", "250 2.0.0 <dave@")


def test_a_message_that_goes_in_circles_is_refused(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 6.3; RFC 3463 section 3.5."""
    received = b"Received: from a\r\n by b; Fri, 15 Jan 2027 08:00:00 +0000\r\n"
    mta.offers(received * 51 + PLAIN, "alice@ours.example")
    mta.hears("554 5.4.6")
    mta.offers(received * 50 + PLAIN + received, "alice@ours.example")
    mta.hears("250")

    assert len(office.emails(alice)) == 1


def test_what_was_answered_is_on_disk(office: Office, mta: MTA, alice: Principal, tmp_path: Path) -> None:
    """RFC 2033 section 4.2: another look at the same files finds it, large or small."""
    large = b"Subject: large\r\n\r\n" + b"x" * 200_000 + b"\r\n"
    for message in (PLAIN, large):
        mta.offers(message, "alice@ours.example")
        mta.hears("250")

    with office.store.read(alice.number) as unit:
        assert list(unit.inspect(())) == []
    assert [kept.endswith(message) for kept, message in zip(office.messages(alice), (PLAIN, large), strict=True)]


def test_the_standard_library_can_talk_to_it(office: Office, alice: Principal, carol: Principal) -> None:
    """A client that is not ours."""
    with smtplib.LMTP(*office.tcp) as client:
        refused = client.sendmail("bob@far.example", ["alice@ours.example", "nobody@ours.example"], PLAIN)
        assert refused == {"nobody@ours.example": (550, b"5.1.1 <nobody@ours.example> no such recipient here")}
        assert client.esmtp_features["size"] == "20000000"
    with smtplib.LMTP(str(office.unix)) as client:
        assert client.sendmail("bob@far.example", ["carol@ours.example"], PLAIN) == {}

    assert len(office.emails(alice)) == len(office.emails(carol)) == 1


@pytest.mark.parametrize("name", ["alice.jones@ours.example", "ALICE.JONES+x@ours.example"])
def test_an_alias_is_the_account(office: Office, mta: MTA, alice: Principal, name: str) -> None:
    """The issue."""
    mta.offers(PLAIN, name)
    mta.hears("250")

    assert len(office.emails(alice)) == 1
