"""Signatures of messages (RFC 6376), verified by another implementation."""

from datetime import UTC, datetime

import dkim
import pytest

from pillarbox.wire.dkim import ALGORITHMS, Algorithm, DkimKey, author_domain, new_key, record, signature

NOW = datetime(2026, 5, 1, tzinfo=UTC)
KEYS = {algorithm: new_key("home.example", "s1", algorithm) for algorithm in ALGORITHMS}


def verified(octets: bytes, key: DkimKey) -> bool:
    name, text = record(key)
    return bool(dkim.verify(octets, dnsfunc=lambda asked, **_: text.encode() if asked == f"{name}.".encode() else None))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    "message",
    [
        b"From: a@home.example\r\n\r\n",
        b"From: a@home.example\r\n\r\nwords \t \r\n\r\n\r\n",
        b"From: a@home.example\r\nSubject:  many   blanks \r\n\tand a fold\r\n\r\n words\r\n",
        b"From: a@home.example\r\nReceived: x\r\nTo: b@far.example\r\nTo: c@far.example\r\n\r\n.\r\n",
        "From: Jürgen <j@home.example>\r\nSubject: Grüße\r\n\r\nGrüße\r\n".encode(),
        b"FROM:a@home.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nX-Other: y\r\n\r\nwords\r\n",
    ],
)
def test_what_is_signed_verifies(algorithm: Algorithm, message: bytes) -> None:
    """RFC 6376 sections 3.4.2 and 3.4.3; RFC 8463 section 3."""
    key = KEYS[algorithm]

    assert verified(signature(message, [key], NOW) + message, key)


@pytest.mark.parametrize(
    "change",
    [
        (b"words", b"other words"),
        (b"Subject: a", b"Subject: b"),
        (b"From: a@", b"From: e@"),
        (b"Subject: a", b"Subject: b\r\nSubject: a"),
        (b"\r\n\r\n", b"\r\nFrom: eve@far.example\r\n\r\n"),
    ],
)
def test_what_was_changed_on_the_way_does_not(change: tuple[bytes, bytes]) -> None:
    """RFC 6376 section 5.4.2 and 8.15: nor with another field of a kind of which there is to be one."""
    message = b"From: a@home.example\r\nSubject: a\r\nDate: today\r\n\r\nwords\r\n"
    signed = signature(message, [KEYS["rsa"]], NOW)

    assert not verified(signed + message.replace(*change, 1), KEYS["rsa"])


def test_lines_of_a_signature_are_short() -> None:
    """RFC 5322 section 2.1.1: no more than 78 characters, if they can be."""
    message = b"".join(b"%s: x\r\n" % name for name in (b"From", b"To", b"Cc", b"Subject", b"Date", b"References"))

    lines = signature(message + b"\r\n", list(KEYS.values()), NOW).split(b"\r\n")

    assert max(map(len, lines)) <= 78


def test_a_key_is_not_shown() -> None:
    """House style: secrets are not in what is logged."""
    assert "private" not in repr(KEYS["rsa"])


@pytest.mark.parametrize(
    ("header", "domain"),
    [
        (b"From: Alice <alice@HOME.example>\r\n", "home.example"),
        (b'From: "eve@far.example" <alice@home.example>\r\n', "home.example"),
        (b"Subject: none\r\n", ""),
        (b"From: \xff\xfe\r\n", ""),
    ],
)
def test_the_domain_of_the_author(header: bytes, domain: str) -> None:
    """Ours: whose key signs is who the message says that it is from."""
    assert author_domain(header + b"\r\nFrom: in@the.body\r\n") == domain


def test_a_header_of_thousands_of_fields_has_a_short_signature() -> None:
    """RFC 6376 section 5.4.2: of fields with one name the last are signed; From is always."""
    key = KEYS["ed25519"]
    message = b"List-Id: <a>\r\n" * 10_000 + b"From: a@home.example\r\n\r\nx\r\n"

    made = signature(message, [key], NOW)

    assert len(made) < 5_000
    assert verified(made + message, key)
