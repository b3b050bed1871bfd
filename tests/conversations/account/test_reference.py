"""`/api/account/auth`: self-service for programs of before (management API section 18)."""

import json
from typing import Any

import pytest
from tests.driver import JMAP, Home
from tests.driver.page import Page, codes

from pillarbox.access.scope import ACCOUNT
from pillarbox.access.totp import Totp
from pillarbox.signin.credentials import Appointed, add_app_password
from pillarbox.signin.oauth import Beginning, Grants, Lives
from pillarbox.telemetry import Secret


def says(person: JMAP, *changes: Any) -> Any:
    """Sends changes; what is answered."""
    reply = person.sends("POST", "/api/account/auth", body=json.dumps(changes).encode())
    assert reply.status == 200, reply.octets
    return reply.json()


def is_refused(status: int, person: JMAP, *changes: Any) -> Any:
    """Sends changes; the problem document of an answer with this status."""
    reply = person.sends("POST", "/api/account/auth", body=json.dumps(changes).encode())
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), reply.octets
    return reply.json()


def token(home: Home, person: JMAP, *scopes: str) -> str:
    """An access token of theirs."""
    grants = Grants(home.store, home.key, Lives(), home.clock)
    beginning = Beginning(person.number, "app", "app", frozenset(scopes), ("pwd",), home.clock())
    return grants.tokens(grants.begin(beginning)).access


def told(person: JMAP) -> Any:
    """What there is."""
    return person.sends("GET", "/api/account/auth").json()["data"]


def test_what_there_is(alice: JMAP) -> None:
    """Section 18: names, and no secrets."""
    assert alice.sends("GET", "/api/v1/account/auth").json() == {"data": told(alice)}
    assert told(alice) == {"otpEnabled": False, "appPasswords": []}

    assert says(alice, {"type": "addAppPassword", "name": "UGhvbmU=", "password": "a long password"}) == {"data": None}

    assert told(alice) == {"otpEnabled": False, "appPasswords": ["UGhvbmU="]}


def test_another_password(home: Home, alice: JMAP) -> None:
    """Section 18: as it is, or as a hash."""
    says(alice, {"type": "setPassword", "password": "another secret"})
    assert alice.sends("GET", "/api/account/auth").status == 401
    alice.password = "another secret"
    kept = home.passwords.hash("a third secret")

    says(alice, {"type": "setPassword", "password": kept})

    assert alice.sends("GET", "/api/account/auth").status == 401
    alice.password = "a third secret"
    assert alice.sends("GET", "/api/account/auth").status == 200


@pytest.mark.parametrize("password", ["{secret}of mine", "$ecret$of mine", "$y$j9T$of$mine"])
def test_a_password_that_only_looks_like_a_hash_is_one(alice: JMAP, password: str) -> None:
    """Ours: kept as it is, it would be of no scheme, and let nobody in."""
    says(alice, {"type": "setPassword", "password": password})

    alice.password = password
    assert alice.sends("GET", "/api/account/auth").status == 200


@pytest.mark.parametrize("password", ["short", "secret words$123456"])
def test_what_is_no_password_on_the_page_is_none_here(alice: JMAP, password: str) -> None:
    """Ours: as long, and as plain."""
    assert is_refused(400, alice, {"type": "setPassword", "password": password})["error"] == "other"
    assert is_refused(400, alice, {"type": "addAppPassword", "name": "x", "password": password})["error"] == "other"


def test_another_password_ends_what_is_signed_in(home: Home, alice: JMAP) -> None:
    """Ours: as on the page."""
    page = Page(home, alice)

    says(alice, {"type": "setPassword", "password": "another secret"})

    assert not page.is_in()


def test_codes_are_asked_for_and_no_more(home: Home, alice: JMAP) -> None:
    """Section 18: enableOtpAuth with an otpauth URL, disableOtpAuth."""
    totp = Totp.fresh()
    says(alice, {"type": "enableOtpAuth", "url": totp.url(alice.name, "home.example")})
    assert alice.sends("GET", "/api/account/auth").status == 402
    password = alice.password
    alice.password = f"{password}${codes(totp.secret, home.clock())}"
    assert told(alice)["otpEnabled"] is True

    says(alice, {"type": "disableOtpAuth", "url": None})

    alice.password = password
    assert told(alice)["otpEnabled"] is False


def test_app_passwords_are_removed_by_name_or_all(alice: JMAP) -> None:
    """Section 18."""
    add = [{"type": "addAppPassword", "name": name, "password": f"secret of {name}"} for name in "abc"]
    says(alice, *add)
    says(alice, {"type": "removeAppPassword", "name": "b"})
    assert told(alice)["appPasswords"] == ["a", "c"]

    says(alice, {"type": "removeAppPassword", "name": None})

    assert told(alice)["appPasswords"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"type": "setPassword", "password": "another secret"},
        {"type": "enableOtpAuth", "url": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DP"},
        {"type": "disableOtpAuth", "url": None},
    ],
    ids=lambda one: one["type"],
)
def test_the_main_password_is_asked_for(home: Home, alice: JMAP, change: Any) -> None:
    """Section 18: Basic; an app password and a token are not enough, which could make themselves more."""
    body = json.dumps([change]).encode()
    headers = {"Authorization": f"Bearer {token(home, alice, ACCOUNT)}"}

    reply = home.web.sends("POST", "/api/account/auth", headers, body)
    assert reply.status == 403
    told = {"error": "other", "details": "Password changes only allowed using Basic auth", "reason": None}
    assert told.items() <= reply.json().items()
    _, made = add_app_password(home.store, alice.number, "x", home.now(), scopes=[ACCOUNT])
    alice.password = made
    assert is_refused(403, alice, change)["error"] == "other"


def test_a_token_makes_nothing_that_can_do_more_than_itself(home: Home, alice: JMAP) -> None:
    """Ours: scopes only ever attenuate."""
    body = json.dumps([{"type": "addAppPassword", "name": "x", "password": "a long password"}]).encode()

    reply = home.web.sends(
        "POST", "/api/account/auth", {"Authorization": f"Bearer {token(home, alice, ACCOUNT)}"}, body
    )

    assert reply.json()["error"] == "other"
    assert told(alice)["appPasswords"] == []


def test_nothing_is_done_of_a_list_with_a_mistake(alice: JMAP) -> None:
    """Section 18: applied together."""
    add = {"type": "addAppPassword", "name": "x", "password": "a long password"}
    reply = alice.sends("POST", "/api/account/auth", body=json.dumps([add, {"type": "nothing"}]).encode())

    assert reply.status == 400
    assert told(alice)["appPasswords"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain", "Origin": "https://evil.example"},
        {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
    ids=str,
)
def test_no_page_of_another_site_changes_anything(home: Home, alice: JMAP, headers: dict[str, str]) -> None:
    """RFC 7617 section 4: a browser sends a password that it knows along with whatever it is had to ask.

    Where the pages of all sites may read answers too: those ask in JSON, with credentials that they were given.
    """
    home.abides_by(permissive_cors="true")
    change = json.dumps([{"type": "setPassword", "password": "another secret"}]).encode()

    assert alice.sends("POST", "/api/account/auth", headers, change).status == 415
    ours = {**headers, "Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
    assert alice.sends("POST", "/api/account/auth", ours, b"[]").status == 400
    assert alice.sends("GET", "/api/account/auth").status == 200


@pytest.mark.parametrize(
    "sent",
    [[], {}, "x", [1], [{}], [{"type": "setPassword"}], [{"type": "setPassword", "password": ""}], [{"type": []}]],
    ids=str,
)
def test_what_is_no_list_of_changes_is_refused(alice: JMAP, sent: Any) -> None:
    """Section 2.3: 400."""
    assert alice.sends("POST", "/api/account/auth", body=json.dumps(sent).encode()).status == 400


def test_a_session_of_a_browser_does_not_open_it(home: Home, alice: JMAP) -> None:
    """Ours: a cookie is for our own pages."""
    assert Page(home, alice).asks("GET", "/api/account/auth").status == 401


def test_the_fallback_administrator_has_none_of_this(home: Home, alice: JMAP) -> None:
    """Section 18, in its words."""
    home.check.use(home.ways.under(Appointed("root", Secret("{PLAIN}fall back"))))
    alice.name, alice.password = "root", "fall back"

    assert told(alice) == {"otpEnabled": False, "appPasswords": []}
    add = {"type": "addAppPassword", "name": "x", "password": "a long password"}
    assert is_refused(403, alice, add)["details"] == (
        "Fallback administrator accounts do not support 2FA or AppPasswords"
    )
    assert is_refused(422, alice, {"type": "setPassword", "password": "another secret"})["error"] == "unsupported"
    reply = Page(home).asks("POST", "/auth/session", {"name": "root", "password": "fall back"})
    assert reply.status == 403
    assert "no page here" in reply.json()["detail"]


def test_the_master_user_changes_nothing_of_others(home: Home, alice: JMAP) -> None:
    """Ours: they come in for mail, and leave the owner's keys alone."""
    home.check.use(home.ways.under(None, Appointed("master", Secret("{PLAIN}all of you"))))
    name, alice.name, alice.password = alice.name, f"{alice.name}%master", "all of you"

    for change in (
        {"type": "addAppPassword", "name": "x", "password": "a long password"},
        {"type": "setPassword", "password": "another secret"},
        {"type": "removeAppPassword", "name": None},
    ):
        assert is_refused(403, alice, change)["error"] == "other"
    reply = Page(home).asks("POST", "/auth/session", {"name": f"{name}%master", "password": "all of you"})
    assert reply.status == 403
