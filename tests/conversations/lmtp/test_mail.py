"""MAIL: who sends, and how much."""

import pytest
from tests.conversations.lmtp.conftest import MTA, Office


@pytest.mark.parametrize(
    "path",
    [
        "<bob@far.example>",
        "<>",
        " <bob@far.example>",
        "<Bob.O'Brien+list=ours.example@far.example>",
        '<"bob smith"@far.example>',
        '<"bob\\"@\\\\"@far.example>',
        "<bob@[192.0.2.1]>",
        "<bob@[IPv6:2001:db8::1]>",
        "<@relay.example,@other.example:bob@far.example>",
        "<bob..b.@far.example>",
        f"<{'b' * 64}@{'far.' * 47}example>",
    ],
)
def test_a_sender_is_accepted(mta: MTA, path: str) -> None:
    """RFC 5321 section 4.1.2; 4.5.5 the null path, 4.1.1.3 source routes, 4.5.3.1 the lengths."""
    mta.says(f"MAIL FROM:{path}")
    mta.hears("250 2.1.0")


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "FROM",
        "FROM:",
        "TO:<bob@far.example>",
        "FROM:bob@far.example",
        "FROM:<bob@far.example",
        "FROM:<bob>",
        "FROM:<bob@>",
        "FROM:<@far.example>",
        "FROM:<bob smith@far.example>",
        "FROM:<bob@far..example>",
        "FROM:<bob@far.example>SIZE=1",
        "FROM:<bob@far.example> =1",
        "FROM:<bob@far.example> SIZE=1 SIZE=2",
        "FROM:<bob@far\x00.example>",
        "FROM:<bob@far.example>\x0bRSET",
        f"FROM:<{'b' * 500}@far.example>",
    ],
)
def test_what_is_no_sender_is_refused(mta: MTA, argument: str) -> None:
    """RFC 5321 section 4.1.4: 501, and nothing is changed."""
    mta.says(f"MAIL {argument}")
    mta.hears("501 5.1.7")
    mta.says("RCPT TO:<alice@ours.example>")
    mta.hears("503 5.5.1")


def test_octets_that_are_no_text_are_refused(mta: MTA) -> None:
    """RFC 5321 section 4.1.2."""
    mta.sends(b"MAIL FROM:<b\xff\xfeb@far.example> SMTPUTF8\r\n")
    mta.hears("501 5.1.7")


def test_a_second_mail_is_out_of_order(mta: MTA) -> None:
    """RFC 5321 section 4.1.4."""
    mta.says("MAIL FROM:<bob@far.example>")
    mta.hears("250")
    mta.says("MAIL FROM:<dave@far.example>")
    mta.hears("503 5.5.1")


@pytest.mark.parametrize(
    "parameters", ["BODY=8BITMIME", "body=7bit", "SIZE=1000 SMTPUTF8", "SMTPUTF8 BODY=8BITMIME SIZE=20000000", "SIZE=0"]
)
def test_parameters_of_what_is_offered_are_taken(mta: MTA, parameters: str) -> None:
    """RFC 1870 section 6, RFC 6152 section 2, RFC 6531 section 3.4."""
    mta.says(f"MAIL FROM:<bob@far.example> {parameters}")
    mta.hears("250 2.1.0")


@pytest.mark.parametrize("parameter", ["RET=FULL", "ENVID=1", "AUTH=<>", "MT-PRIORITY=3", "REQUIRETLS", "X"])
def test_unknown_parameters_are_refused(mta: MTA, parameter: str) -> None:
    """RFC 5321 section 4.1.1.11."""
    mta.says(f"MAIL FROM:<bob@far.example> {parameter}")
    mta.hears("555 5.5.4")
    mta.says("MAIL FROM:<bob@far.example>")
    mta.hears("250")


@pytest.mark.parametrize(
    "parameter", ["SIZE", "SIZE=abc", "SIZE=-1", "SIZE=" + "9" * 21, "BODY", "BODY=BINARYMIME", "SMTPUTF8=yes"]
)
def test_values_that_cannot_be_are_refused(mta: MTA, parameter: str) -> None:
    """RFC 1870 section 4, RFC 6152 section 2, RFC 6531 section 3.4."""
    mta.says(f"MAIL FROM:<bob@far.example> {parameter}")
    mta.hears("501 5.5.4")


def test_a_message_announced_as_too_large_is_refused_at_once(mta: MTA) -> None:
    """RFC 1870 section 6.1."""
    mta.says("MAIL FROM:<bob@far.example> SIZE=20000001")
    mta.hears("552 5.3.4")
    mta.says("MAIL FROM:<bob@far.example> SIZE=99999999999999999999")
    mta.hears("552 5.3.4")
    mta.says("RCPT TO:<alice@ours.example>")
    mta.hears("503 5.5.1")


def test_a_sender_beyond_ascii_needs_smtputf8(office: Office, mta: MTA) -> None:
    """RFC 6531 section 3.5."""
    mta.says("MAIL FROM:<bøb@far.example>")
    mta.hears("550 5.6.7")
    mta.says("MAIL FROM:<bøb@fär.example> SMTPUTF8")
    mta.hears("250 2.1.0")
