"""Letting an app in, or a device: what is asked is understood before it is answered (RFC 6749, RFC 8628)."""

from typing import Any

import pytest
from tests.journeys.pages.person import Person
from tests.journeys.pages.script import Answer, Line, Script

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

MAIL = "urn:ietf:params:oauth:scope:mail"
SCOPES: list[dict[str, str]] = [
    {"name": MAIL, "title": "Read, change and send your mail", "text": "The app sees all your mail."},
    {"name": "https://new.example/scope", "title": "Do something new", "text": "What the server says of it."},
]
CLIENT: dict[str, Any] = {"name": "Mail on the hill", "id": "c1", "isKnown": False, "redirectHost": "app.example"}
CONSENT: dict[str, Any] = {"needs": "consent", "client": CLIENT, "scopes": SCOPES, "account": "alice@example.org"}
QUERY = "response_type=code&client_id=c1&state=s%26t&scope=a%20b"
GRACE = 1.0
"""Longer than a click is left out after the page has come to the front."""


def asked(script: Script, person: Person, *lines: Line) -> Person:
    """Somebody who is sent to the page by an app."""
    script.says("POST /auth/authorize", *(lines or (CONSENT,)))
    person.opens(f"{script.url}/authorize/code?{QUERY}")
    return person


def test_who_asks_and_for_what_is_told_in_sentences(script: Script, person: Person) -> None:
    """Issue: consent. A client that nobody vouches for is told as one; where one goes then is told as well."""
    asked(script, person).reads("Let Mail on the hill use your account?")

    assert "Nobody has checked this app" in person.page
    assert "You are signed in as alice@example.org." in person.page
    assert "The app sees all your mail and may change, delete and send mail in your name." in person.page
    assert "What the server says of it." in person.page
    assert "You then go to app.example." in person.page
    assert person.focus == "Let Mail on the hill use your account?"
    assert script.heard("POST /auth/authorize") == [{"query": QUERY}]


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("this device", "You then go back to an app on this device."),
        ("org.example.mail:", "the app on this device that answers to org.example.mail."),
        ("xn--pple-43d.example", "You then go to xn--pple-43d.example."),
    ],
)
def test_where_one_goes_then_is_told(script: Script, person: Person, host: str, told: str) -> None:
    """Issue, bad input: look-alike domains stay as they are written in DNS."""
    asked(script, person, {**CONSENT, "client": {**CLIENT, "redirectHost": host}}).reads("Let Mail on the hill")

    assert told in person.page


@pytest.mark.parametrize("button", ["Allow", "Do not allow"])
def test_yes_and_no_are_sent_with_the_whole_request(script: Script, person: Person, button: str) -> None:
    """RFC 6749 section 4.1.1."""
    script.says("POST /auth/authorize/decision", {"redirect": f"{script.url}/robots.txt?code=x&state=s%26t"})
    asked(script, person).reads("Let Mail on the hill")

    person.looks(GRACE)
    person.chooses(button)

    person.tab.waits("location.search === '?code=x&state=s%26t'")
    assert script.heard("POST /auth/authorize/decision") == [
        {"query": QUERY, "allow": button == "Allow", "scopes": [scope["name"] for scope in SCOPES]}
    ]


def test_a_click_that_was_meant_for_another_window_allows_nothing(script: Script, person: Person) -> None:
    """Ours: the second half of a double click lands on what a window in front has uncovered."""
    script.says("POST /auth/authorize/decision", {"redirect": f"{script.url}/robots.txt"})
    asked(script, person).reads("Let Mail on the hill")

    person.looks(GRACE)
    person.tab.says("dispatchEvent(new Event('focus')), document.querySelector('form .main').click()")
    person.looks(0.3)

    assert script.heard("POST /auth/authorize/decision") == []


def test_a_known_app_is_not_warned_of(script: Script, person: Person) -> None:
    """Ours."""
    known = {**CLIENT, "isKnown": True}
    asked(script, person, {**CONSENT, "client": known}).reads("Let Mail on the hill")

    assert "Nobody has checked" not in person.page


def test_a_name_is_text_whatever_is_in_it(script: Script, person: Person) -> None:
    """Ours: no markup, and none of the controls that turn text around."""
    name = '<img src=x onerror="window.troubles.push(1)"> \u202egro.live'
    asked(script, person, {**CONSENT, "client": {**CLIENT, "name": name}}).reads("<img src=x")

    assert person.tab.says("document.querySelectorAll('main img').length") == 0
    assert person.tab.says("getComputedStyle(document.querySelector('h1 bdi')).unicodeBidi") == "isolate"


def test_signing_in_comes_first_and_the_request_is_not_lost(script: Script, person: Person) -> None:
    """OpenID Connect Core section 3.1.2.1: login_hint; the query is sent again as it came."""
    script.says("POST /auth/session", {"signedIn": True})
    asked(script, person, {"needs": "sign-in", "loginHint": "alice@example.org"}, CONSENT).reads("An app wants you")

    assert person.focus == "Password"
    person.types("open sesame")
    person.presses("Enter")

    person.reads("Let Mail on the hill")
    assert script.heard("POST /auth/session") == [{"name": "alice@example.org", "password": "open sesame"}]
    assert script.heard("POST /auth/authorize") == [{"query": QUERY}] * 2


def test_another_account_may_be_used(script: Script, person: Person) -> None:
    """Issue: consent."""
    script.says("DELETE /auth/session", {})
    asked(script, person, CONSENT, {"needs": "sign-in"}).reads("Let Mail on the hill")

    person.chooses("Use another account")

    person.reads("E-mail address")
    assert len(script.heard("DELETE /auth/session")) == 1


def test_what_was_allowed_before_is_not_asked_again(script: Script, person: Person) -> None:
    """Issue: consent remembered."""
    asked(script, person, {"redirect": f"{script.url}/robots.txt?code=x"})

    person.tab.waits("location.search === '?code=x'")


def test_an_app_of_this_device_can_be_opened_by_hand(script: Script, person: Person) -> None:
    """RFC 8252 section 7.1: nothing may happen where no program is known for the scheme."""
    script.says("POST /auth/authorize/decision", {"redirect": "org.example.mail:/done?code=x"})
    asked(script, person).reads("Let Mail on the hill")

    person.looks(GRACE)
    person.chooses("Allow")

    person.reads("Back to Mail on the hill")
    assert person.tab.says("document.querySelector('main a').href") == "org.example.mail:/done?code=x"


@pytest.mark.parametrize("redirect", ["javascript:window.troubles.push(1)", "data:text/html,x", "nothing"])
def test_nothing_that_runs_is_gone_to(script: Script, person: Person, redirect: str) -> None:
    """Issue, bad input: whatever an answer says, this page is no place for others' scripts."""
    asked(script, person, {"redirect": redirect})

    person.reads("That did not work")


def test_a_wrong_request_goes_nowhere_and_is_told(script: Script, person: Person) -> None:
    """RFC 6749 section 4.1.2.1: who reads is told of a wrong redirect URI, and nobody is redirected."""
    problem = {"type": "about:blank", "status": 400, "detail": "the redirect URI is not one of this client's"}
    asked(script, person, Answer(problem, 400)).reads("This app asks in a wrong way")

    assert "the redirect URI is not one of this client's" in person.page
    assert "/authorize/code?" in person.url


def test_a_server_in_trouble_can_be_asked_again(script: Script, person: Person) -> None:
    """Ours: the request is not lost."""
    asked(script, person, Answer({}, 503), CONSENT).reads("That did not work")

    person.chooses("Try again")

    person.reads("Let Mail on the hill")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_on_a_phone(script: Script, person: Person, scheme: str) -> None:
    """WCAG 2.2 sections 1.4.3 and 1.4.10, also with a name that has no blanks."""
    person.has_a_screen(320)
    person.prefers(scheme)
    asked(script, person, {**CONSENT, "client": {**CLIENT, "name": "x" * 80}}).reads("xxxx")

    assert person.tab.says("document.documentElement.scrollWidth <= innerWidth")
    assert person.faint_texts() == []


@pytest.fixture
def connecting(script: Script, person: Person) -> Person:
    """Somebody who is signed in and has the page for devices before them."""
    script.says("GET /auth/session", {"signedIn": True, "address": "alice@example.org"})
    script.says("POST /auth/device/lookup", {"client": CLIENT, "scopes": SCOPES})
    script.says("POST /auth/device/decision", {"done": True})
    person.opens(f"{script.url}/authorize?code=abcd-efgh")
    person.reads("Enter the code that your device shows.")
    return person


@pytest.mark.parametrize(
    ("button", "told"),
    [("Allow", "The device is connected"), ("Do not allow", "The device was not let in")],
)
def test_a_device_is_let_in_or_not(script: Script, connecting: Person, button: str, told: str) -> None:
    """RFC 8628 section 3.3; a code in the link still has to be compared with the device's (section 5.4)."""
    assert connecting.focus == "Code"
    connecting.presses("Enter")
    connecting.reads("Let Mail on the hill")
    assert "the device is in front of you and shows the code ABCD-EFGH" in connecting.page

    connecting.looks(GRACE)
    connecting.chooses(button)

    connecting.reads(told)
    assert script.heard("POST /auth/device/lookup") == [{"code": "abcd-efgh"}]
    assert script.heard("POST /auth/device/decision") == [{"code": "abcd-efgh", "allow": button == "Allow"}]


def test_a_code_that_is_not_known_can_be_typed_again(script: Script, connecting: Person) -> None:
    """RFC 8628 section 3.3."""
    wrong = Answer({"type": "about:blank", "status": 404, "detail": "no such code"}, 404)
    script.says("POST /auth/device/lookup", wrong, {"client": "Television", "scopes": SCOPES})
    connecting.presses("Enter")
    connecting.reads("Compare it with your device")

    connecting.types("WXYZ-2345")
    connecting.presses("Enter")

    connecting.reads("Let Television use your account?")


def test_the_code_is_kept_while_one_signs_in(script: Script, person: Person) -> None:
    """Ours."""
    script.says("GET /auth/session", {"signedIn": False}, {"signedIn": True, "address": "alice@example.org"})
    script.says("POST /auth/session", {"signedIn": True})
    person.opens(f"{script.url}/authorize?code=ABCD-EFGH")
    person.reads("Sign in to connect a device.")

    person.types("alice@example.org")
    person.fills("Password", "open sesame")
    person.presses("Enter")

    person.reads("Enter the code that your device shows.")
    assert person.tab.says("document.querySelector('[name=code]').value") == "ABCD-EFGH"
