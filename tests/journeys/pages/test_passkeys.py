"""Passkeys on the pages, with an authenticator of the browser's own that is always touched (WebAuthn)."""

import base64
import json
from typing import Any

import pytest
from tests.journeys.pages.person import Person
from tests.journeys.pages.script import Answer, Script
from tests.journeys.pages.test_account import ACCOUNT, account, at_home

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

CHALLENGE = base64.urlsafe_b64encode(bytes(range(224, 256))).rstrip(b"=").decode()
MAKE = {
    "rp": {"id": "localhost", "name": "Pillarbox"},
    "user": {"id": "YWxpY2U", "name": "alice@example.org", "displayName": "Alice"},
    "challenge": CHALLENGE,
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "excludeCredentials": [],
    "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
}
PROVE = {"rpId": "localhost", "challenge": CHALLENGE, "allowCredentials": [], "userVerification": "required"}
WRONG = Answer({"type": "about:blank", "status": 401, "detail": "unknown"}, 401)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def client_data(credential: dict[str, Any]) -> dict[str, Any]:
    """What the browser vouches for."""
    found: dict[str, Any] = json.loads(decoded(credential["response"]["clientDataJSON"]))
    return found


@pytest.fixture
def keyed(script: Script, person: Person) -> Person:
    """Somebody who has added a passkey on the page of their account."""
    person.holds_a_security_key()
    script.says("POST /auth/account/passkeys/options", {"attempt": "m1", "publicKey": MAKE})
    script.says("POST /auth/account/passkeys", {"id": "k2"})
    at_home(script, person, account(passkeys=[]), ACCOUNT)
    person.chooses("Add a passkey")
    person.types("My phone")
    person.presses("Enter")
    person.reads("The passkey was added.")
    script.says("GET /auth/session", {"signedIn": False})
    return person


def test_a_passkey_is_made(script: Script, keyed: Person) -> None:
    """WebAuthn section 5.1 and its JSON (section 5.1.8): what the server is given to look at is whole."""
    (sent,) = script.heard("POST /auth/account/passkeys")

    assert (sent["name"], sent["attempt"], sent["credential"]["type"]) == ("My phone", "m1", "public-key")
    vouched = client_data(sent["credential"])
    # Browsers put in more now and then, so that nobody compares it with a template (CollectedClientData).
    expected = {"type": "webauthn.create", "challenge": CHALLENGE, "origin": script.url, "crossOrigin": False}
    assert vouched | expected == vouched
    assert decoded(sent["credential"]["response"]["attestationObject"])[:1] == b"\xa3"
    assert sent["credential"]["id"] == sent["credential"]["rawId"]


def test_it_is_all_that_signing_in_takes(script: Script, keyed: Person) -> None:
    """Design: a passkey alone is two factors. The browser offers it by itself, once the page is open."""
    script.says("POST /auth/session/passkey/options", {"attempt": "s1", "publicKey": PROVE})
    script.says("POST /auth/session/passkey", {"signedIn": True})

    keyed.opens(f"{script.url}/login?next=/robots.txt")

    keyed.tab.waits("location.pathname === '/robots.txt'")
    (sent,) = script.heard("POST /auth/session/passkey")
    assert sent["attempt"] == "s1"
    assert client_data(sent["credential"])["type"] == "webauthn.get"
    assert decoded(sent["credential"]["response"]["userHandle"]) == b"alice"
    assert sent["credential"]["response"].keys() >= {"authenticatorData", "signature", "clientDataJSON"}


def test_a_button_asks_for_it_where_nothing_was_offered(script: Script, keyed: Person) -> None:
    """Ours: when the offer could not be had at first."""
    script.says("POST /auth/session/passkey/options", Answer({}, 429), {"attempt": "s1", "publicKey": PROVE})
    script.says("POST /auth/session/passkey", {"signedIn": True})
    keyed.opens(f"{script.url}/login?next=/robots.txt")
    keyed.reads("Sign in with a passkey")

    keyed.chooses("Sign in with a passkey")

    keyed.tab.waits("location.pathname === '/robots.txt'")


def test_a_passkey_that_is_not_known_is_told(script: Script, keyed: Person) -> None:
    """Ours."""
    script.says("POST /auth/session/passkey/options", Answer({}, 429), {"attempt": "s1", "publicKey": PROVE})
    script.says("POST /auth/session/passkey", WRONG)
    keyed.opens(f"{script.url}/login")
    keyed.reads("Sign in with a passkey")

    keyed.chooses("Sign in with a passkey")

    keyed.reads("This passkey is not known here.")


def test_without_one_at_hand_the_password_is_still_there(script: Script, person: Person) -> None:
    """Ours: who has none is told, and loses nothing."""
    person.holds_a_security_key()
    script.says("GET /auth/session", {"signedIn": False})
    script.says("POST /auth/session/passkey/options", Answer({}, 429), {"attempt": "s1", "publicKey": PROVE})
    person.opens(f"{script.url}/login")
    person.reads("Sign in with a passkey")
    person.types("alice@example.org")

    person.chooses("Sign in with a passkey")

    person.reads("or sign in with your password")
    assert person.tab.says("document.querySelector('[name=username]').value") == "alice@example.org"


def test_a_server_without_passkeys_offers_none(script: Script, person: Person) -> None:
    """Ours: at a URL that is a number, or without TLS, there are none."""
    script.says("GET /auth/session", {"signedIn": False})
    script.says("POST /auth/session/passkey/options", Answer({"type": "about:blank", "detail": "none here"}, 404))
    person.opens(f"{script.url}/login")

    person.tab.waits("document.querySelector('h1') && !document.querySelector('.or')")
    assert "Sign in with a passkey" not in person.page


def test_it_is_a_second_step_too(script: Script, keyed: Person) -> None:
    """Issue: second factor. The server says which passkeys are meant."""
    kept = keyed.keys[0].passkeys[0]["credentialId"]
    wanted = base64.urlsafe_b64encode(base64.b64decode(kept)).rstrip(b"=").decode()
    named = {**PROVE, "allowCredentials": [{"type": "public-key", "id": wanted}]}
    script.says("POST /auth/session", {"needs": "second-factor", "attempt": "a1", "methods": ["passkey", "recovery"]})
    script.says("POST /auth/session/passkey/options", Answer({}, 429), {"attempt": "a1", "publicKey": named})
    script.says("POST /auth/session/passkey", {"signedIn": True})
    keyed.opens(f"{script.url}/login?next=/robots.txt")
    keyed.reads("E-mail address")
    keyed.types("alice@example.org")
    keyed.fills("Password", "open sesame")
    keyed.presses("Enter")
    keyed.reads("Use the passkey of this account.")

    assert keyed.focus == "Use a passkey"
    keyed.presses("Enter")

    keyed.tab.waits("location.pathname === '/robots.txt'")
    assert script.heard("POST /auth/session/passkey/options")[-1] == {"attempt": "a1"}
    (sent,) = script.heard("POST /auth/session/passkey")
    assert (sent["attempt"], sent["credential"]["id"]) == ("a1", wanted)
