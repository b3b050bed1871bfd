"""Signing in with a browser, and out again (RFC 6265; RFC 9700; ours)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.driver import JMAP, Home, Request
from tests.driver.page import Page
from tests.driver.roles import RoleChange, change_permissions

from pillarbox.access import PERMISSIONS, USER
from pillarbox.http import BanPolicy
from pillarbox.settings import Rate
from pillarbox.settings.quantity import Duration
from pillarbox.signin.credentials import add_app_password


@pytest.fixture
def page(home: Home) -> Page:
    """A page, with nobody signed in."""
    return Page(home)


def test_nobody_has_signed_in_at_first(page: Page) -> None:
    """Ours: no more is told than that."""
    assert page.tells("GET", "/auth/session") == {"signedIn": False}


def test_somebody_signs_in_by_name_and_password(page: Page, alice: JMAP) -> None:
    """OpenID Connect Core section 2: auth_time and amr are of this moment."""
    assert page.signs_in(alice).json() == {"signedIn": True}

    assert page.tells("GET", "/auth/session") == {
        "signedIn": True,
        "name": alice.name,
        "address": alice.name,
        "methods": ["pwd"],
        "authTime": page.home.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_the_cookie_is_for_this_server_alone(page: Page, alice: JMAP) -> None:
    """RFC 6265 section 4.1.2: HttpOnly, SameSite, for no domain; no page, proxy or cache keeps the answer."""
    reply = page.signs_in(alice)

    session = reply.headers["set-cookie"].split(", ")[0]
    assert session.startswith("pillarbox-session=")
    assert "Domain" not in session
    assert f"Max-Age={14 * 86400}" in session
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"


def test_with_tls_the_cookie_can_be_set_by_nobody_else(page: Page, alice: JMAP) -> None:
    """RFC 6265bis section 4.1.3.2: __Host-, and Secure."""
    page.scheme = "https"

    reply = page.signs_in(alice)

    session = reply.headers["set-cookie"].split(", ")[0]
    assert session.startswith("__Host-pillarbox-session=")
    assert "; Secure;" in session
    assert page.is_in()


@pytest.mark.parametrize("name", ["alice@home.example", "nobody@home.example", "", "%", "a" * 320])
def test_a_wrong_password_and_a_name_that_is_none_are_told_alike(page: Page, alice: JMAP, name: str) -> None:
    """Ours: who asks learns of no account; and a browser opens no dialog of its own."""
    reply = page.asks("POST", "/auth/session", {"name": name, "password": "wrong"})

    assert reply.status == (401 if name else 400)
    if name:
        assert reply.json()["detail"] == "the name or the password is wrong"
        assert "Basic" not in reply.headers["www-authenticate"]
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "alice@home.example"},
        {"name": 1, "password": "x"},
        {"name": "x", "password": ["x"]},
        {"name": "x", "password": "x" * 1025},
        {"name": "x" * 321, "password": "x"},
        [],
        "x",
    ],
    ids=str,
)
def test_what_is_no_name_and_password_is_refused(page: Page, sent: Any) -> None:
    """Ours: 400, before anything is looked up."""
    assert page.asks("POST", "/auth/session", sent).status == 400


def test_a_body_has_an_end(page: Page) -> None:
    """Ours: 64 KiB."""
    assert page.asks("POST", "/auth/session", {"name": "x", "password": "x" * 70_000}).status == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
        {"Sec-Fetch-Site": None},
    ],
    ids=str,
)
def test_no_other_page_signs_anybody_in_or_out(page: Page, alice: JMAP, headers: dict[str, str | None]) -> None:
    """RFC 9700 section 4.7: CSRF, of signing in too."""
    page.signs_in(alice)
    sent = {"name": alice.name, "password": alice.password}

    for method, path in (("POST", "/auth/session"), ("DELETE", "/auth/session"), ("POST", "/auth/session/confirm")):
        reply = page.asks(method, path, sent, headers)
        assert reply.status == 403, path
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert page.is_in()


def test_no_form_signs_anybody_in(page: Page, alice: JMAP) -> None:
    """Ours: 415, for a form of another site can send no JSON."""
    reply = page.asks("POST", "/auth/session", {}, {"Content-Type": "text/plain"})

    assert reply.status == 415


def test_a_page_in_the_clear_is_known_by_what_it_adds(page: Page, alice: JMAP) -> None:
    """WHATWG Fetch: without TLS a browser says neither site nor origin with GET; other sites' pages can add nothing."""
    page.signs_in(alice)
    plain = {"Sec-Fetch-Site": None}

    assert page.asks("GET", "/auth/session", None, {**plain, "X-Requested-With": "fetch"}).json()["signedIn"]
    assert page.asks("GET", "/auth/session", None, plain).status == 403


def test_no_setting_lets_other_pages_read_answers(page: Page, alice: JMAP) -> None:
    """Ours: permissive CORS is for what asks for credentials of its own."""
    page.home.abides_by(permissive_cors="true")

    reply = page.asks("GET", "/auth/session")

    assert "access-control-allow-origin" not in reply.headers


def test_signing_in_begins_another_session(page: Page, alice: JMAP, bob: JMAP) -> None:
    """RFC 6265 section 8.4: whoever laid a cookie of theirs into a browser has nothing of it (session fixation)."""
    page.signs_in(bob)
    laid = dict(page.cookies)

    page.signs_in(alice)

    assert page.cookies["pillarbox-session"] != laid["pillarbox-session"]
    assert page.tells("GET", "/auth/session")["address"] == alice.name
    other = Page(page.home)
    other.cookies = laid
    assert not other.is_in()


def test_signing_out_ends_the_session_everywhere(page: Page, alice: JMAP) -> None:
    """OpenID Connect Session Management: the session is gone, not only its cookie."""
    page.signs_in(alice)
    stolen = Page(page.home)
    stolen.cookies = dict(page.cookies)

    assert page.tells("DELETE", "/auth/session") == {"signedIn": False}

    assert page.cookies == {}
    assert not stolen.is_in()
    assert page.tells("DELETE", "/auth/session") == {"signedIn": False}


def test_of_two_cookies_none_is_taken(page: Page, alice: JMAP) -> None:
    """RFC 6265 section 8.6: one of them is somebody else's."""
    page.signs_in(alice)
    twice = f"pillarbox-session={page.cookies['pillarbox-session']}; pillarbox-session=x"

    assert page.asks("GET", "/auth/session", None, {"Cookie": twice}).json() == {"signedIn": False}


def test_a_session_lasts_fourteen_days(page: Page, alice: JMAP) -> None:
    """Ours."""
    page.signs_in(alice)
    page.home.clock.now += 14 * 86_400 - 1
    assert page.is_in()

    page.home.clock.now += 2

    assert not page.is_in()


def test_a_session_opens_the_pages_and_no_mail(page: Page, alice: JMAP) -> None:
    """Ours: a cookie comes along whoever asks; JMAP wants a header."""
    page.signs_in(alice)

    assert page.asks("GET", "/.well-known/jmap").status == 401
    token = page.cookies["pillarbox-session"]
    assert page.asks("GET", "/.well-known/jmap", None, {"Authorization": f"Bearer {token}"}).status == 401


def test_an_app_password_opens_no_page(page: Page, alice: JMAP) -> None:
    """Ours: it is for one program, and could make itself others."""
    _, password = add_app_password(page.home.store, alice.number, "Phone", page.home.now())

    reply = page.signs_in(alice, password)

    assert reply.status == 403
    assert "app password" in reply.json()["detail"]


def test_a_group_signs_in_nowhere(home: Home, page: Page, alice: JMAP) -> None:
    """Ours: groups have members, and no password."""
    home.group("club", alice)

    assert page.asks("POST", "/auth/session", {"name": "club@home.example", "password": "x"}).status == 401


def test_who_may_no_longer_sign_in_is_out(home: Home, page: Page, alice: JMAP) -> None:
    """Management API section 20: without `authenticate`, neither anew nor by the session there was."""
    page.signs_in(alice)
    change_permissions(
        home.store, alice.name, RoleChange((USER,), disabled=["authenticate"]), PERMISSIONS, datetime.now(UTC)
    )

    assert page.asks("GET", "/auth/account").status == 403
    assert page.asks("POST", "/auth/session/confirm", {"password": alice.password}).status == 403
    reply = Page(home).signs_in(alice)
    assert reply.status == 403
    assert "authenticate" in reply.json()["detail"]


def test_guessing_is_held_up_as_at_every_other_face(home: Home, page: Page, alice: JMAP) -> None:
    """Ours: one count of wrong passwords, over all faces; its owner comes in from elsewhere."""
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)))
    home.build()
    for tried in range(3):
        assert page.signs_in(alice, f"wrong {tried}").status == 401

    reply = page.signs_in(alice)

    assert reply.status == 429
    assert int(reply.headers["retry-after"]) > 0
    assert Page(home, alice, peer="198.51.100.7").is_in()


def test_it_is_confirmed_that_it_is_still_them(page: Page, alice: JMAP) -> None:
    """OpenID Connect Core section 2: auth_time is of the last time."""
    page.signs_in(alice)
    page.home.clock.now += 3600
    before = page.tells("GET", "/auth/session")["authTime"]

    assert page.asks("POST", "/auth/session/confirm", {"password": "wrong"}).status == 401
    assert page.tells("GET", "/auth/session")["authTime"] == before
    page.tells("POST", "/auth/session/confirm", {"password": alice.password})

    assert page.tells("GET", "/auth/session")["authTime"] > before


def test_who_has_not_signed_in_confirms_nothing(page: Page, alice: JMAP) -> None:
    """Ours: 401, whatever the password."""
    assert page.asks("POST", "/auth/session/confirm", {"password": alice.password}).status == 401


def test_two_who_sign_in_at_once_have_a_session_each(home: Home, alice: JMAP) -> None:
    """Ours."""
    sent = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    body = b'{"name": "alice@home.example", "password": "alice\'s secret"}'
    replies = home.web.together([Request("POST", "/auth/session", sent, (body,)) for _ in range(2)])

    assert [reply.status for reply in replies] == [200, 200]
    first, second = (reply.headers["set-cookie"].split(";")[0] for reply in replies)
    assert first != second
