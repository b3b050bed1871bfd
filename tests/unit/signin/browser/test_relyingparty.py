"""For which domain and origin passkeys are (WebAuthn Level 3, section 5.1.3)."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.driver.authenticator import Authenticator

from pillarbox.signin.browser import BadPasskey, RelyingParty

PARTY = RelyingParty("home.example", "https://mail.home.example")
CHALLENGE = bytes(32)


@pytest.mark.parametrize(
    ("url", "domain", "wanted"),
    [
        ("https://mail.example.org", None, ("mail.example.org", "https://mail.example.org")),
        ("https://mail.example.org/mail", None, ("mail.example.org", "https://mail.example.org")),
        ("https://mail.example.org:443", None, ("mail.example.org", "https://mail.example.org")),
        ("https://mail.example.org:8443", None, ("mail.example.org", "https://mail.example.org:8443")),
        ("https://mail.example.org", "example.org", ("example.org", "https://mail.example.org")),
        ("https://Mail.Example.ORG", "EXAMPLE.org.", ("example.org", "https://mail.example.org")),
        ("http://localhost:8080", None, ("localhost", "http://localhost:8080")),
        ("http://mail.localhost:8080", None, ("mail.localhost", "http://mail.localhost:8080")),
    ],
)
def test_a_server_with_a_name_has_passkeys(url: str, domain: str | None, wanted: tuple[str, str]) -> None:
    """Section 5.1.3 step 8: the host's own domain, or one above it."""
    party = RelyingParty.of(url, domain)

    assert party is not None
    assert (party.domain, party.origin) == wanted


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        (None, None),
        ("", None),
        ("https://mail.example.org:port", None),
        ("https://[mail", None),
        ("http://mail.example.org", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]:8443", None),
        ("http://127.0.0.1:8080", None),
        ("https://mail.example.org", "other.example"),
        ("https://mail.example.org", "ail.example.org"),
        ("https://example.org", "mail.example.org"),
    ],
)
def test_a_server_without_one_has_none(url: str | None, domain: str | None) -> None:
    """Browsers ask for passkeys on secure pages alone, and for domains of theirs."""
    assert RelyingParty.of(url, domain) is None


def text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def made() -> tuple[Authenticator, dict[str, Any]]:
    """A device, and the passkey that it made."""
    device = Authenticator()
    return device, device.makes(PARTY.creation(CHALLENGE, b"user", "alice@home.example", "", []))


def spoilt(sent: dict[str, Any], part: str, at: int, octet: int, cut: int) -> dict[str, Any]:
    """The same with another octet somewhere in a part of it, or without its end."""
    before = octets(sent["response"][part])
    at %= len(before)
    after = before[:at] + bytes((octet,)) + before[at + 1 :]
    after = after[: len(after) - cut] if cut < len(after) else b""
    return {**sent, "response": {**sent["response"], part: text(after)}}


POSITIONS = st.integers(0, 2000), st.integers(0, 255), st.integers(0, 40)


@given(st.sampled_from(["clientDataJSON", "attestationObject"]), *POSITIONS)
def test_whatever_is_sent_as_a_new_passkey_is_one_or_is_refused(part: str, at: int, octet: int, cut: int) -> None:
    """Ours: octets of a stranger raise nothing else."""
    _, sent = made()

    try:
        kept = PARTY.made(spoilt(sent, part, at, octet, cut), CHALLENGE)
    except BadPasskey:
        return
    assert kept.key


@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), *POSITIONS)
def test_whatever_is_changed_of_what_was_signed_is_refused(part: str, at: int, octet: int, cut: int) -> None:
    """WebAuthn Level 3 section 7.2 step 21: all of it is signed."""
    device, sent = made()
    key = PARTY.made(sent, CHALLENGE).key
    signed = device.signs(PARTY.request(CHALLENGE))
    changed = spoilt(signed, part, at, octet, cut)

    if changed == signed:
        assert PARTY.shown(changed, CHALLENGE, key).count == 2
        return
    with pytest.raises(BadPasskey):
        PARTY.shown(changed, CHALLENGE, key)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_octets_that_are_nothing_are_refused(client: bytes, attestation: bytes) -> None:
    """Ours."""
    response = {"clientDataJSON": text(client), "attestationObject": text(attestation)}

    with pytest.raises(BadPasskey):
        PARTY.made({"id": "AAAA", "rawId": "AAAA", "response": response}, CHALLENGE)


@pytest.mark.parametrize("nested", [b"\x81" * 40_000, b"\xa1\x61x" * 20_000, b"\x9b" + b"\xff" * 8, b"\xc0" * 10_000])
def test_what_is_nested_deeply_is_refused(nested: bytes) -> None:
    """Ours: CBOR of any depth."""
    _, sent = made()
    response = {**sent["response"], "attestationObject": text(nested)}

    with pytest.raises(BadPasskey):
        PARTY.made({**sent, "response": response}, CHALLENGE)
