"""Signing in, as somebody does it in Chromium: with the keyboard alone, with a screen reader, on a phone."""

import pytest
from tests.journeys.pages.person import Heard, Person
from tests.journeys.pages.script import Answer, Script

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

SIGNED_OUT = {"signedIn": False}
SIGNED_IN = {"signedIn": True}
WRONG = Answer({"type": "about:blank", "status": 401, "detail": "wrong"}, 401)
SECOND = {"needs": "second-factor", "attempt": "a1", "methods": ["totp", "recovery"]}
GONE = Answer({"type": "about:blank", "status": 404, "detail": "no such attempt"}, 404)


@pytest.fixture
def signing_in(script: Script, person: Person) -> Person:
    """Somebody who has the page before them."""
    script.says("GET /auth/session", SIGNED_OUT)
    person.opens(f"{script.url}/login?next=/robots.txt%3Fx")
    person.reads("E-mail address")
    return person


def test_name_and_password_by_keyboard_alone(script: Script, signing_in: Person) -> None:
    """Issue: keyboard usable. The focus is where one types first."""
    script.says("POST /auth/session", SIGNED_IN)

    assert signing_in.focus == "E-mail address"
    signing_in.types("alice@example.org ")
    signing_in.presses("Tab")
    signing_in.types("open sesame")
    signing_in.presses("Enter")

    signing_in.tab.waits("location.pathname + location.search === '/robots.txt?x'")
    assert script.heard("POST /auth/session") == [{"name": "alice@example.org", "password": "open sesame"}]


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\\\elsewhere.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(script: Script, person: Person, elsewhere: str) -> None:
    """Issue, bad input: open redirects."""
    script.says("GET /auth/session", SIGNED_IN)
    script.says("GET /auth/account", {})

    person.opens(f"{script.url}/login?next={elsewhere}")

    person.tab.waits("location.pathname === '/account'")
    assert person.url == f"{script.url}/account"


def test_what_is_wrong_is_read_out_and_what_was_typed_stays(script: Script, signing_in: Person) -> None:
    """Ours: the error says what to do next, belongs to its fields, and nothing has to be typed again."""
    script.says("POST /auth/session", WRONG, SIGNED_IN)

    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open")
    signing_in.presses("Enter")

    signing_in.reads("Check both and try again.")
    assert signing_in.focus == "Password"
    assert Heard("alert", "") in [Heard(one.role, one.name) for one in signing_in.hears()]
    wrong = [one for one in signing_in.hears() if "invalid" in one.states]
    assert [one.name for one in wrong] == ["E-mail address", "Password"]
    # What is typed next takes the place of the wrong password.
    signing_in.types("open sesame")
    signing_in.presses("Enter")
    signing_in.tab.waits("location.pathname === '/robots.txt'")
    assert script.heard("POST /auth/session")[1] == {"name": "alice@example.org", "password": "open sesame"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer({}, 429, {"Retry-After": "42"}), "Try again in 42 seconds."),
        (Answer({}, 429, {"Retry-After": "600"}), "Try again in 10 minutes."),
        (Answer({}, 503), "Try again in a minute."),
        (Answer({"type": "about:blank", "detail": "this is an app password"}, 403), "this is an app password"),
        (Answer({"type": "about:blank", "detail": "the name is too long"}, 400), "the name is too long"),
    ],
)
def test_errors_say_what_to_do_next(script: Script, signing_in: Person, answer: Answer, told: str) -> None:
    """Ours."""
    script.says("POST /auth/session", answer)

    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")

    signing_in.reads(told)
    assert told in signing_in.says_aloud()


def test_what_takes_longer_than_a_second_says_so(script: Script, signing_in: Person) -> None:
    """Ours; and it is sent once, however often the key is pressed."""
    script.says("POST /auth/session", Answer(SECOND, seconds=2.5))

    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")
    signing_in.presses("Enter")

    signing_in.reads("Just a moment", 2.0)
    assert "Just a moment" in signing_in.says_aloud()
    signing_in.reads("One more step")
    assert len(script.heard("POST /auth/session")) == 1


def test_a_server_that_is_gone_is_told(script: Script, signing_in: Person) -> None:
    """Ours."""
    signing_in.tab.commands("Network.enable")
    signing_in.tab.commands(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
    )

    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")

    signing_in.reads("Check your connection")


def test_a_code_is_the_second_step(script: Script, signing_in: Person) -> None:
    """Issue: second factor. Blanks in the code do not matter; a wrong one is told."""
    script.says("POST /auth/session", SECOND)
    script.says("POST /auth/session/second-factor", WRONG, SIGNED_IN)
    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")
    signing_in.reads("One more step")

    assert signing_in.focus == "6-digit code"
    assert signing_in.tab.says("document.activeElement.autocomplete") == "one-time-code"
    signing_in.types("123 456")
    signing_in.presses("Enter")
    signing_in.reads("Wait for the next one")
    signing_in.types("654321")
    signing_in.presses("Enter")

    signing_in.tab.waits("location.pathname === '/robots.txt'")
    asked = script.heard("POST /auth/session/second-factor")
    assert asked[0] == {"attempt": "a1", "method": "totp", "code": "123456"}
    assert asked[1] == {"attempt": "a1", "method": "totp", "code": "654321"}


def test_too_many_codes_say_what_to_do_and_what_it_may_mean(script: Script, signing_in: Person) -> None:
    """Ours: who guesses codes has the password."""
    script.says("POST /auth/session", SECOND)
    script.says("POST /auth/session/second-factor", Answer({}, 429, {"Retry-After": "3600"}))
    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")
    signing_in.reads("One more step")
    signing_in.types("123456")
    signing_in.presses("Enter")

    signing_in.reads("Use a recovery code or a passkey, or wait 60 minutes.")
    assert "somebody knows your password" in signing_in.says_aloud()


def test_a_recovery_code_takes_its_place(script: Script, signing_in: Person) -> None:
    """Issue: recovery codes."""
    script.says("POST /auth/session", SECOND)
    script.says("POST /auth/session/second-factor", SIGNED_IN)
    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")
    signing_in.reads("One more step")

    signing_in.chooses("Use a recovery code")
    assert signing_in.focus == "Recovery code"
    signing_in.types("abcd-efgh")
    signing_in.presses("Enter")

    signing_in.tab.waits("location.pathname === '/robots.txt'")
    assert script.heard("POST /auth/session/second-factor")[0]["method"] == "recovery"


def test_a_step_that_took_too_long_leads_back_and_nothing_else_is_lost(script: Script, signing_in: Person) -> None:
    """Ours: the name is still there, and so is what the reader had come for."""
    script.says("POST /auth/session", SECOND, SIGNED_IN)
    script.says("POST /auth/session/second-factor", GONE)
    signing_in.types("alice@example.org")
    signing_in.fills("Password", "open sesame")
    signing_in.presses("Enter")
    signing_in.reads("One more step")
    signing_in.types("123456")
    signing_in.presses("Enter")

    signing_in.reads("This took too long")
    assert signing_in.focus == "Password"
    signing_in.types("open sesame")
    signing_in.presses("Enter")

    signing_in.tab.waits("location.pathname + location.search === '/robots.txt?x'")
    assert script.heard("POST /auth/session")[1]["name"] == "alice@example.org"


def test_password_managers_know_the_fields(signing_in: Person) -> None:
    """WHATWG HTML, "Autofill"; `webauthn` offers passkeys among the names."""
    told = signing_in.tab.says("[...document.querySelectorAll('input')].map((one) => [one.name, one.autocomplete])")

    assert told == [["username", "username webauthn"], ["password", "current-password"]]


def test_a_screen_reader_hears_what_everything_is(signing_in: Person) -> None:
    """Issue: screen reader usable."""
    heard = signing_in.hears()
    named = {(one.role, one.name) for one in heard}

    assert ("heading", "Sign in") in named
    assert {("textbox", "E-mail address"), ("textbox", "Password"), ("button", "Sign in")} <= named
    assert {"banner", "main", "alert", "status"} <= {one.role for one in heard}
    assert [one for one in heard if one.role in ("button", "textbox", "link", "image") and not one.name] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_on_a_phone_by_day_and_by_night(signing_in: Person, scheme: str) -> None:
    """WCAG 2.2: contrast of 4.5 to 1 (1.4.3), nothing to scroll sideways at 320 pixels (1.4.10), targets (2.5.8)."""
    signing_in.has_a_screen(320)
    signing_in.prefers(scheme)

    assert signing_in.tab.says("document.documentElement.scrollWidth <= innerWidth")
    assert signing_in.faint_texts() == []
    assert signing_in.tab.says(
        "[...document.querySelectorAll('button, input')].every((it) => it.offsetHeight >= 24 && it.offsetWidth >= 24)"
    )
    assert signing_in.tab.says("getComputedStyle(document.body).backgroundColor") == (
        "rgb(250, 248, 245)" if scheme == "light" else "rgb(25, 22, 21)"
    )


def test_nothing_moves_by_itself(signing_in: Person) -> None:
    """Ours."""
    signing_in.looks(0.5)

    assert signing_in.shift < 0.1


def test_it_speaks_the_readers_language(script: Script, person: Person) -> None:
    """Issue: translated strings in one place."""
    person.speaks("de-AT,de;q=0.9,en;q=0.8")
    script.says("GET /auth/session", SIGNED_OUT)

    person.opens(f"{script.url}/login")

    person.reads("E-Mail-Adresse")
    assert person.tab.says("[document.documentElement.lang, document.title]") == ["de", "Anmelden – Pillarbox"]


def test_a_language_that_is_not_there_is_english(script: Script, person: Person) -> None:
    """Ours; a name that every object has is no language."""
    person.speaks("xx,constructor")
    script.says("GET /auth/session", SIGNED_OUT)

    person.opens(f"{script.url}/login")

    person.reads("E-mail address")
