"""The other commands, and what is none."""

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal


def test_rset_gives_up_the_transaction(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.1.1.5."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "RSET", "DATA", "MAIL FROM:<>")
    mta.hears("250", "250", "250 2.0.0", "503 5.5.1", "250 2.1.0")


@pytest.mark.parametrize("line", ["RSET now", "QUIT now", "DATA 1"])
def test_commands_without_argument_refuse_one(mta: MTA, line: str) -> None:
    """RFC 5321 section 4.1.1."""
    mta.says(line)
    mta.hears("501 5.5.4")


@pytest.mark.parametrize("line", ["NOOP", "noop", "NOOP anything at all", "NOOP  "])
def test_noop_does_nothing(mta: MTA, line: str) -> None:
    """RFC 5321 section 4.1.1.9; space at the end of a line is borne (section 4.1.1)."""
    mta.says("MAIL FROM:<bob@far.example>", line, "RCPT TO:<nobody@ours.example>")
    mta.hears("250 2.1.0", "250 2.0.0", "550 5.1.1")


@pytest.mark.parametrize("name", ["alice@ours.example", "nobody@ours.example"])
def test_vrfy_tells_nothing(mta: MTA, alice: Principal, name: str) -> None:
    """RFC 5321 sections 3.5.3 and 7.3."""
    mta.says(f"VRFY {name}")
    assert mta.hears("252 2.5.0") == ["252 2.5.0 Not verified here; try RCPT"]


def test_vrfy_needs_a_name(mta: MTA) -> None:
    """RFC 5321 section 4.1.1.6."""
    mta.says("VRFY")
    mta.hears("501 5.5.4")


def test_help_names_the_commands(mta: MTA) -> None:
    """RFC 5321 section 4.1.1.8."""
    mta.says("HELP")
    mta.hears("214 2.0.0 LHLO")


def test_quit_ends_the_connection(mta: MTA) -> None:
    """RFC 5321 section 4.1.1.10."""
    mta.says("QUIT")
    mta.hears("221 2.0.0")
    mta.hears_the_end()


def test_quit_ends_a_transaction_unfinished(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 5321 section 4.1.1.10."""
    mta.says("MAIL FROM:<bob@far.example>", "RCPT TO:<alice@ours.example>", "QUIT")
    mta.hears("250", "250", "221")
    mta.hears_the_end()

    assert office.emails(alice) == []


@pytest.mark.parametrize("verb", ["EXPN list", "STARTTLS", "AUTH PLAIN AGEAYg==", "BDAT 10 LAST", "ETRN x", "TURN"])
def test_known_commands_that_are_not_offered(mta: MTA, verb: str) -> None:
    """RFC 5321 section 4.2.4."""
    mta.says(verb)
    mta.hears("502 5.5.1")


@pytest.mark.parametrize("line", ["FOO", "MAILFROM:<bob@far.example>", "LHL", "XCLIENT NAME=x"])
def test_unknown_commands(mta: MTA, line: str) -> None:
    """RFC 5321 section 4.2.4."""
    mta.says(line)
    mta.hears("500 5.5.")


@pytest.mark.parametrize(
    "line", [b"", b" ", b" NOOP", b"\x00", b"\xff\xfe", b"123", b"NOOP\x00", b"NO\xc3\x96P", b"\r"]
)
def test_what_is_no_command_line(mta: MTA, line: bytes) -> None:
    """RFC 5321 section 4.2.4."""
    mta.sends(line + b"\r\n")
    mta.hears("500 5.5.2")
    mta.says("NOOP")
    mta.hears("250")


def test_a_lone_lf_or_cr_ends_no_line(mta: MTA) -> None:
    """RFC 5321 section 2.3.8."""
    mta.sends(b"NOOP\nNOOP\rNOOP\r\n")
    mta.hears("500 5.5.2")
    mta.sends(b"NOOP x\nQUIT\r\n")
    mta.hears("501 5.5.4")
    mta.says("NOOP")
    mta.hears("250")


def test_a_line_may_have_2048_octets(mta: MTA) -> None:
    """RFC 5321 section 4.5.3.1.4 asks for 512."""
    mta.says("NOOP ".ljust(2046, "x"))
    mta.hears("250 2.0.0")
    mta.says("NOOP ".ljust(2047, "x"))
    mta.hears("500 5.5.2")
    mta.says("NOOP ".ljust(1_000_000, "x"))
    mta.hears("500 5.5.2")
    mta.says("NOOP")
    mta.hears("250 2.0.0")


def test_after_many_errors_the_connection_ends(mta: MTA) -> None:
    """Ours, against what is no MTA: twenty are borne."""
    mta.says(*["FOO"] * 30)
    mta.hears(*["500 5.5.1"] * 21, "421 4.7.0")
    mta.hears_the_end()


def test_a_message_taken_in_makes_good_for_errors(mta: MTA, alice: Principal) -> None:
    """Ours."""
    for number in range(4):
        mta.says(*["FOO"] * 15)
        mta.hears(*["500 5.5.1"] * 15)
        mta.offers(b"Subject: %d\r\n\r\n" % number, "alice@ours.example")
        mta.hears("250")


def test_unknown_recipients_are_no_errors(mta: MTA, alice: Principal) -> None:
    """Ours: a queue may well be full of them."""
    mta.says("MAIL FROM:<bob@far.example>")
    mta.hears("250")
    mta.says(*["RCPT TO:<nobody@ours.example>"] * 50)
    mta.hears(*["550 5.1.1"] * 50)


def test_commands_without_end_end_the_connection(mta: MTA) -> None:
    """Ours."""
    mta.says(*["NOOP"] * 1100)
    mta.hears(*["250"] * 999, "421 4.7.0")
    mta.hears_the_end()


def test_a_browser_is_sent_away(stranger: MTA) -> None:
    """Ours: a web page can have its reader's browser post LMTP to a port on the reader's machine."""
    stranger.hears("220")
    stranger.says("POST / HTTP/1.1", "Host: localhost:2424", "", "LHLO x", "MAIL FROM:<>", "QUIT")
    stranger.hears("421 4.7.0")
    stranger.hears_the_end()
