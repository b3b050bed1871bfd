"""The first lines of a connection."""

import pytest
from tests.conversations.lmtp.conftest import MTA, Office


def test_the_server_speaks_first(stranger: MTA) -> None:
    """RFC 5321 section 3.1."""
    assert stranger.hears("220 ") == ["220 mail.ours.example LMTP ready"]


def test_lhlo_tells_what_is_offered(office: Office, stranger: MTA) -> None:
    """RFC 2033 section 5, RFC 1870, RFC 6152, RFC 6531; nothing that is not there (RFC 5321 section 4.2.4)."""
    stranger.hears("220")
    stranger.says("LHLO mx.far.example")

    assert stranger.hears("250 ") == [
        "250-mail.ours.example",
        "250-PIPELINING",
        "250-ENHANCEDSTATUSCODES",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250 SIZE 20000000",
    ]


@pytest.mark.parametrize("verb", ["HELO", "EHLO", "ehlo"])
def test_helo_and_ehlo_are_not_known(stranger: MTA, verb: str) -> None:
    """RFC 2033 section 4.1: a peer that takes us for something else is to find out."""
    stranger.hears("220")
    stranger.says(f"{verb} mx.far.example")
    stranger.hears("500 5.5.1")
    stranger.says("MAIL FROM:<bob@far.example>")
    stranger.hears("503 5.5.1")


def test_verbs_match_in_any_case(stranger: MTA) -> None:
    """RFC 5321 section 2.4."""
    stranger.hears("220")
    stranger.says("lHlO mx.far.example")
    stranger.hears("250")


@pytest.mark.parametrize(
    "name", ["mx.far.example", "localhost", "my_host", "[192.0.2.1]", "[IPv6:2001:db8::1]", "a.b."]
)
def test_any_name_or_address_will_do(stranger: MTA, name: str) -> None:
    """RFC 5321 section 4.1.4: mail is not refused for the name in the greeting."""
    stranger.hears("220")
    stranger.says(f"LHLO {name}")
    stranger.hears("250")


@pytest.mark.parametrize("name", ["", " ", "mx.far.example by.us", "mx\tfar", "mx(far)", "münchen.example", "a" * 300])
def test_what_is_no_name_is_refused(stranger: MTA, name: str) -> None:
    """RFC 5321 section 4.1.4: such a greeting fails and changes nothing."""
    stranger.hears("220")
    stranger.says(f"LHLO {name}")
    stranger.hears("501 5.5.4")
    stranger.says("MAIL FROM:<bob@far.example>")
    stranger.hears("503 5.5.1")


def test_lhlo_again_resets(office: Office, mta: MTA) -> None:
    """RFC 5321 section 4.1.4: as RSET does."""
    mta.says("MAIL FROM:<bob@far.example>", "LHLO other.far.example", "RCPT TO:<alice@ours.example>")
    mta.hears("250", "250", "503 5.5.1")


def test_a_bad_lhlo_leaves_the_transaction(mta: MTA) -> None:
    """RFC 5321 section 4.1.4: the state is as it was."""
    mta.says("MAIL FROM:<bob@far.example>", "LHLO", "RCPT TO:<nobody@ours.example>")
    mta.hears("250", "501 5.5.4", "550 5.1.1")


def test_no_transaction_without_lhlo(stranger: MTA) -> None:
    """RFC 5321 section 4.1.4."""
    stranger.hears("220")
    stranger.says("MAIL FROM:<bob@far.example>")
    stranger.hears("503 5.5.1")
    stranger.says("RCPT TO:<alice@ours.example>")
    stranger.hears("503 5.5.1")
    stranger.says("DATA")
    stranger.hears("503 5.5.1")
    stranger.says("RSET")
    stranger.hears("250 2.0.0")
    stranger.says("MAIL FROM:<bob@far.example>")
    stranger.hears("503 5.5.1")
