"""DATA: the message, to its last octet."""

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal

PLAIN = b"From: bob@far.example\r\nSubject: Plans\r\n\r\nHello.\r\n"


def test_one_reply_for_each_recipient_in_their_order(
    office: Office, mta: MTA, alice: Principal, carol: Principal
) -> None:
    """RFC 2033 section 4.2, after its example."""
    mta.says(
        "MAIL FROM:<bob@far.example>",
        "RCPT TO:<alice@ours.example>",
        "RCPT TO:<x@ours.example>",
        "RCPT TO:<carol@ours.example>",
    )
    mta.hears("250", "250", "550", "250")
    mta.says("DATA")
    mta.hears("354")
    mta.sends(PLAIN + b".\r\n")
    mta.hears("250 2.0.0 <alice@ours.example>", "250 2.0.0 <carol@ours.example>")
    mta.says("NOOP")
    mta.hears("250 2.0.0 OK")

    for account in (alice, carol):
        (email,) = office.emails(account)
        assert email["subject"] == "Plans"


def test_a_recipient_accepted_twice_gets_two_replies_and_one_email(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 2033 section 4.2; that it is one Email is ours."""
    mta.offers(PLAIN, "alice@ours.example", "alice@ours.example", "alice.jones@ours.example")
    mta.hears("250", "250", "250")

    assert len(office.emails(alice)) == 1


@pytest.mark.parametrize("recipients", [[], ["nobody@ours.example"]])
def test_no_recipient_no_data(mta: MTA, recipients: list[str]) -> None:
    """RFC 2033 section 4.2: 503, and what follows are commands."""
    mta.says("MAIL FROM:<bob@far.example>", *(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA", "NOOP")
    mta.hears("250", *("550" for _ in recipients), "503 5.5.1", "250 2.0.0")


def test_data_has_no_argument(mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.1.1."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA now", "DATA")
    mta.hears("250", "250", "501 5.5.4", "354")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\r\n",
        b".\r\n",
        b"..\r\n",
        b".\r\n.\r\n..\r\n...\r\n",
        b"Subject: dots\r\n\r\n.one\r\n..two\r\n. three\r\n.\r\n",
        b"Subject: octets\r\n\r\n" + bytes(range(256)) + b"\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 100_000 + b"\r\n",
        b"\x00\x00\r\n\xff\r\n",
        b"no header at all\r\n",
        b"Subject: \xfcnzulaessig\r\n\r\n\x80\r\n",
        b"Subject: bare\r\n\r\n\n.\n.\n\r.\r\n\r\r\n\n\r\n",
    ],
)
def test_the_octets_are_kept_as_they_came(office: Office, mta: MTA, alice: Principal, message: bytes) -> None:
    """RFC 5321 section 4.5.2; 3.3: nothing is refused for how it is written."""
    mta.offers(message, "alice@ours.example")
    mta.hears("250")

    (kept,) = office.messages(alice)
    assert kept.startswith(b"Return-Path: <bob@far.example>\r\nReceived: from mx.far.example")
    assert kept.partition(b"+0000\r\n")[2] == message


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n.\r", b"\r.\r\n", b"\r\n\x00.\r\n", b"\r\r\n.\n"],
)
def test_nothing_but_crlf_dot_crlf_ends_a_message(office: Office, mta: MTA, alice: Principal, end: bytes) -> None:
    """RFC 5321 sections 2.3.8 and 4.1.1.4: else one message could carry another ("SMTP smuggling")."""
    second = b"MAIL FROM:<mallory@far.example>\r\nRCPT TO:<alice@ours.example>\r\nDATA\r\nSubject: b\r\n\r\n"
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "354")
    mta.sends(b"Subject: a\r\n\r\nx" + end + second + b"\r\n.\r\n")
    mta.hears("250")
    mta.says("NOOP")
    mta.hears("250 2.0.0 OK")

    assert [email["subject"] for email in office.emails(alice)] == ["a"]


def test_the_end_may_come_octet_by_octet(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "DATA")
    mta.hears("250", "250", "354")
    for octet in b"a: b\r\n\r\n..\r\n.c\r\n.\r\nNOOP\r\n":
        mta.sends(bytes((octet,)))
    mta.hears("250 2.0.0 <alice", "250 2.0.0 OK")

    (kept,) = office.messages(alice)
    assert kept.endswith(b"a: b\r\n\r\n.\r\nc\r\n")


def test_ten_megabytes(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours; RFC 5321 section 4.5.3.1.7 asks for 64 kB."""
    message = b"Subject: large\r\n\r\n" + (b"0123456789" * 7 + b"\r\n") * 145_000
    mta.offers(message, "alice@ours.example")
    mta.hears("250")

    (email,) = office.emails(alice)
    (kept,) = office.messages(alice)
    assert kept.endswith(message)
    assert email["size"] == len(kept)


def test_a_message_of_the_largest_size_is_taken(office: Office, alice: Principal) -> None:
    """RFC 1870 section 3: dots that are only there for transport, and the end, do not count."""
    office.obeys(max_size=1000)
    message = b"Subject: x\r\n\r\n".ljust(1000 - 30, b"x") + b".\r\n" * 10
    assert len(message) == 1000
    mta = office.greets()
    mta.offers(message, "alice@ours.example")
    mta.hears("250")


def test_one_octet_more_is_refused_for_each_recipient(office: Office, alice: Principal, carol: Principal) -> None:
    """RFC 1870 section 6.3, RFC 2033 section 4.2; the session goes on."""
    office.obeys(max_size=1000)
    mta = office.greets()
    mta.offers(b"x" * 999 + b"\r\n", "alice@ours.example", "carol@ours.example")
    mta.hears("552 5.3.4 <alice@", "552 5.3.4 <carol@")
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")

    assert len(office.emails(alice)) == 1
    assert office.emails(carol) == []


def test_the_next_message_follows_at_once(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 3.3: one connection, any number of transactions."""
    for number in range(20):
        mta.offers(b"Subject: %d\r\n\r\n" % number, "alice@ours.example")
        mta.hears("250")

    assert [email["subject"] for email in office.emails(alice)] == [str(number) for number in range(20)]


def test_after_the_message_a_new_mail_is_needed(mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.1.1.4."""
    mta.offers(PLAIN, "alice@ours.example")
    mta.hears("250")
    mta.says("RCPT TO:<alice@ours.example>")
    mta.hears("503 5.5.1")


def test_a_message_for_which_there_is_no_memory_is_put_off(office: Office, alice: Principal, carol: Principal) -> None:
    """Ours: many large messages at once must not end the server."""
    office.opens(memory=1_000_000)
    mta = office.greets()
    for _ in range(3):
        mta.offers(b"x" * 1_000_000 + b"\r\n", "alice@ours.example", "carol@ours.example")
        mta.hears("452 4.3.1 <alice@", "452 4.3.1 <carol@")
        mta.offers(b"x" * 900_000 + b"\r\n", "alice@ours.example")
        mta.hears("250")
