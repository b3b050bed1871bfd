"""The page where people look after how they sign in."""

from typing import Any

import pytest
from tests.journeys.pages.person import Person
from tests.journeys.pages.script import Answer, Line, Script

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

PHONE = {"id": "k1", "name": "My phone", "created": "2026-03-01T10:00:00Z", "lastUsed": None}
LAPTOP = {
    "id": "p/1",
    "name": "Laptop",
    "scopes": [],
    "networks": ["192.0.2.0/24"],
    "created": "2026-03-01T10:00:00Z",
    "expires": None,
    "lastUsed": "2026-03-02T10:00:00Z",
}
HERE: dict[str, Any] = {
    "id": "g1",
    "client": "Chromium",
    "kind": "browser",
    "scopes": [],
    "created": "2026-03-01T10:00:00Z",
    "lastUsed": None,
    "address": "192.0.2.7",
    "isThis": True,
}
APP = {**HERE, "id": "g2", "client": "Mail on the hill", "kind": "app", "isThis": False}
EVENT = {"kind": "signed-in", "at": "2026-03-01T10:00:00Z", "address": "192.0.2.7"}
ACCOUNT: dict[str, Any] = {
    "address": "alice@example.org",
    "name": "Alice",
    "password": {"changeable": True, "changed": "2026-02-01T10:00:00Z"},
    "totp": False,
    "recoveryCodesLeft": 0,
    "passkeys": [PHONE],
    "appPasswords": [LAPTOP],
    "grants": [HERE, APP],
    "events": [EVENT],
}
CONFIRM = Answer({"type": "urn:pillarbox:error:confirm", "status": 403, "detail": "confirm"}, 403)
WRONG = Answer({"type": "about:blank", "status": 401, "detail": "wrong"}, 401)
CODES = [f"code-{number}" for number in range(10)]


def account(**more: Any) -> dict[str, Any]:
    return {**ACCOUNT, **more}


def at_home(script: Script, person: Person, *lines: Line) -> Person:
    """Somebody who is signed in and looks at the page."""
    script.says("GET /auth/session", {"signedIn": True, "address": "alice@example.org"})
    script.says("GET /auth/account", *(lines or (ACCOUNT,)))
    person.opens(f"{script.url}/account")
    person.reads("Signed in as alice@example.org")
    return person


def test_all_that_is_known_is_shown(script: Script, person: Person) -> None:
    """Issue: signed-in devices and tokens, app passwords, passkeys, what happened lately."""
    page = at_home(script, person).page

    assert "Mail on the hill" in page
    assert "This browser" in page
    assert "Only from: 192.0.2.0/24" in page
    assert "My phone" in page
    assert "Last used: never" in page
    assert "Mar 1, 2026" in page


def test_a_screen_reader_finds_its_parts(script: Script, person: Person) -> None:
    """Issue: screen reader usable. Each part is a region with a name; equal buttons say whose they are."""
    heard = at_home(script, person).hears()
    named = {(one.role, one.name) for one in heard}

    regions = ["Where you are signed in", "Password", "Two-step verification", "Passkeys", "App passwords"]
    assert {("region", name) for name in regions} <= named
    assert {
        ("button", "Sign out: Mail on the hill"),
        ("button", "Remove: Laptop"),
        ("button", "Remove: My phone"),
    } <= named
    assert ("navigation", "Parts of this page") in named
    assert [one for one in heard if one.role in ("button", "textbox", "link", "image") and not one.name] == []


def test_an_app_is_signed_out(script: Script, person: Person) -> None:
    """Issue: revoke."""
    script.says("DELETE /auth/account/grants/g2", {})
    at_home(script, person, ACCOUNT, account(grants=[HERE]))

    person.chooses("Sign out: Mail on the hill")

    person.reads("It was signed out.")
    assert "Mail on the hill" not in person.page
    assert person.focus == "Where you are signed in"


def test_a_name_with_a_slash_leads_nowhere_else(script: Script, person: Person) -> None:
    """Ours."""
    script.says("DELETE /auth/account/app-passwords/p%2F1", {})
    at_home(script, person, ACCOUNT, account(appPasswords=[]))

    person.chooses("Remove: Laptop")

    person.reads("The app password was removed.")


def test_what_is_asked_for_again_is_done_once_it_was_given(script: Script, person: Person) -> None:
    """Design: a change needs a sign-in of the last 15 minutes; a wrong password is told and can be typed again."""
    script.says("DELETE /auth/account/passkeys/k1", CONFIRM, {})
    script.says("POST /auth/session/confirm", WRONG, {})
    at_home(script, person, ACCOUNT, account(passkeys=[]))

    person.chooses("Remove: My phone")
    person.reads("Is it still you?")
    assert person.focus == "Password"
    person.types("open")
    person.presses("Enter")
    person.reads("The password is wrong. Try again.")
    person.types("open sesame")
    person.presses("Enter")

    person.reads("The passkey was removed.")
    assert script.heard("POST /auth/session/confirm") == [{"password": "open"}, {"password": "open sesame"}]


def test_who_does_not_confirm_changes_nothing(script: Script, person: Person) -> None:
    """Ours; Escape closes the dialog, as it closes others."""
    script.says("DELETE /auth/account/passkeys/k1", CONFIRM)
    at_home(script, person)

    person.chooses("Remove: My phone")
    person.reads("Is it still you?")
    person.presses("Escape")

    person.reads("nothing was changed")
    assert script.heard("POST /auth/session/confirm") == []
    assert len(script.heard("DELETE /auth/account/passkeys/k1")) == 1


def test_a_code_confirms_as_well(script: Script, person: Person) -> None:
    """Design: password or code."""
    script.says("DELETE /auth/account/totp", CONFIRM, {})
    script.says("POST /auth/session/confirm", {})
    at_home(script, person, account(totp=True, recoveryCodesLeft=2), ACCOUNT)

    person.chooses("Switch it off")
    person.reads("Is it still you?")
    person.chooses("Use a code instead")
    person.types("123 456")
    person.presses("Enter")

    person.reads("Two-step verification is off.")
    assert script.heard("POST /auth/session/confirm") == [{"code": "123456"}]


@pytest.mark.parametrize("keeps", ["keeps", "ends"])
def test_the_password_is_changed(script: Script, person: Person, keeps: str) -> None:
    """Issue: change password; password managers know which is which."""
    script.says("POST /auth/account/password", {})
    at_home(script, person)

    person.chooses("Change the password")
    told = person.tab.says(
        "[...document.querySelectorAll('#password input:not([type=checkbox])')].map((one) => one.autocomplete)"
    )
    assert told == ["username", "current-password", "new-password"]
    person.types("open sesame")
    person.fills("New password", "close sesame")
    if keeps == "keeps":
        person.goes_to("Leave everything else signed in")
        person.presses("Space")
    person.chooses("Change it")

    person.reads("Your password was changed")
    assert script.heard("POST /auth/account/password") == [
        {"current": "open sesame", "new": "close sesame", "keepOthers": keeps == "keeps"}
    ]


def test_a_password_that_is_kept_elsewhere_cannot_be_changed(script: Script, person: Person) -> None:
    """Design: of an external directory."""
    at_home(script, person, account(password={"changeable": False, "changed": None}))

    assert "cannot be changed here" in person.page
    assert "Change the password" not in person.page


def test_two_steps_are_set_up_and_the_recovery_codes_kept(script: Script, person: Person) -> None:
    """Issue: TOTP with recovery codes. The secret is there for who can scan, and for who cannot."""
    square = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9H0z'/></svg>"
    url = "otpauth://totp/x?secret=ABCDEFGHIJ"
    script.says("POST /auth/account/totp", {"secret": "ABCDEFGHIJ", "url": url, "qr": square})
    script.says("PUT /auth/account/totp", Answer({"type": "about:blank"}, 400), {"recoveryCodes": CODES})
    at_home(script, person, ACCOUNT, account(totp=True, recoveryCodesLeft=10))

    person.chooses("Set it up")
    person.reads("ABCD EFGH IJ")
    person.tab.waits("document.querySelector('img.qr').naturalWidth > 0")
    assert person.tab.says("document.querySelector('img.qr').alt") != ""
    person.fills("6-digit code", "111111")
    person.presses("Enter")
    person.reads("Wait for the next one")
    person.types("123 456")
    person.presses("Enter")
    person.reads("Keep these recovery codes")
    assert all(code in person.page for code in CODES)
    person.chooses("I have kept them")

    person.reads("Two-step verification is on.")
    assert "code-0" not in person.page
    assert script.heard("PUT /auth/account/totp")[1] == {"code": "123456"}


def test_recovery_codes_can_be_printed_alone(script: Script, person: Person) -> None:
    """Ours: on paper there is nothing but the codes, and what they are."""
    script.says("POST /auth/account/recovery-codes", {"recoveryCodes": CODES})
    at_home(script, person, account(totp=True, recoveryCodesLeft=1))
    person.chooses("Make new recovery codes")
    person.reads("code-9")

    person.tab.commands("Emulation.setEmulatedMedia", media="print")

    assert "code-9" in person.page
    assert "Keep these recovery codes" in person.page
    assert "App passwords" not in person.page


def test_an_app_password_is_shown_once(script: Script, person: Person) -> None:
    """Issue: app passwords with a name, expiry and IP limit; copied by a button."""
    script.says("POST /auth/account/app-passwords", {"id": "p2", "password": "abcd-efgh-ijkl"})
    at_home(script, person)

    person.chooses("Make an app password")
    person.types("Laptop")
    person.tab.says("document.querySelector('[name=life]').value = '30'")
    person.goes_to("More")
    person.presses("Enter")
    person.fills("Only from these networks", "192.0.2.0/24, 2001:db8::/32")
    person.presses("Enter")
    person.reads("abcd-efgh-ijkl")
    person.tab.commands("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    person.chooses("Copy")
    person.reads("Copied")
    assert person.tab.says("navigator.clipboard.readText()") == "abcd-efgh-ijkl"
    person.chooses("Done")

    person.reads("The app password is in force.")
    assert "abcd-efgh-ijkl" not in person.page
    (made,) = script.heard("POST /auth/account/app-passwords")
    assert (made["name"], made["networks"]) == ("Laptop", ["192.0.2.0/24", "2001:db8::/32"])
    assert made["expires"].endswith("Z")


def test_who_is_not_signed_in_signs_in_there(script: Script, person: Person) -> None:
    """Ours: with the part of the page that the link was for."""
    script.says("GET /auth/session", {"signedIn": False})
    script.says("GET /auth/account", ACCOUNT)
    script.says("POST /auth/session", {"signedIn": True})
    person.opens(f"{script.url}/account#appPasswords")
    person.reads("Sign in to see and change")

    person.types("alice@example.org")
    person.fills("Password", "open sesame")
    person.presses("Enter")

    person.reads("Signed in as alice@example.org")
    person.tab.waits("document.getElementById('appPasswords').getBoundingClientRect().top < innerHeight")


def test_signing_out_ends_it(script: Script, person: Person) -> None:
    """Issue: logout."""
    script.says("DELETE /auth/session", {})
    at_home(script, person)
    script.says("GET /auth/session", {"signedIn": False})

    person.chooses("Sign out")

    person.tab.waits("location.pathname === '/login'")
    person.reads("E-mail address")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_on_a_phone(script: Script, person: Person, scheme: str) -> None:
    """WCAG 2.2 sections 1.4.3 and 1.4.10."""
    person.has_a_screen(320)
    person.prefers(scheme)
    long = {**APP, "client": "x" * 90, "address": "2001:db8:1111:2222:3333:4444:5555:6666"}
    at_home(script, person, account(grants=[HERE, long], totp=True, recoveryCodesLeft=1))

    assert person.tab.says("document.documentElement.scrollWidth <= innerWidth")
    assert person.faint_texts() == []
    assert person.shift < 0.1
