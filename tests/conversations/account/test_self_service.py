"""What people change of how they sign in, on the page about it (ours)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.driver import JMAP, Home
from tests.driver.authenticator import Authenticator
from tests.driver.oauth import MAIL_SCOPE, App
from tests.driver.page import Page, codes
from tests.driver.roles import RoleChange, change_permissions

from pillarbox.access import PERMISSIONS, USER

CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "/auth/account/password", {"current": "alice's secret", "new": "another secret"}),
    ("POST", "/auth/account/totp", None),
    ("PUT", "/auth/account/totp", {"code": "000000"}),
    ("DELETE", "/auth/account/totp", None),
    ("POST", "/auth/account/recovery-codes", None),
    ("POST", "/auth/account/passkeys/options", {}),
    ("POST", "/auth/account/passkeys", {"attempt": "x", "name": "x", "credential": {}}),
    ("DELETE", "/auth/account/passkeys/ce1", None),
    ("POST", "/auth/account/app-passwords", {"name": "Phone"}),
    ("DELETE", "/auth/account/app-passwords/ce1", None),
    ("DELETE", "/auth/account/grants/ga1", None),
]
each_change = pytest.mark.parametrize(("method", "path", "sent"), CHANGES, ids=lambda one: str(one)[:40])


@pytest.fixture
def page(home: Home, alice: JMAP) -> Page:
    """A page on which alice has signed in."""
    return Page(home, alice)


def status(person: JMAP, password: str) -> int:
    """How somebody is let in by Basic."""
    return JMAP(person.web, person.name, password, person.account_id, person.number).sends("GET", "/jmap/ws").status


def test_an_account_as_it_is_at_first(page: Page, alice: JMAP) -> None:
    """Ours: a password, and this browser."""
    told = page.tells("GET", "/auth/account")

    (grant,) = told.pop("grants")
    (event,) = told.pop("events")
    assert told == {
        "address": alice.name,
        "name": alice.name,
        "password": {"changeable": True, "changed": None},
        "totp": False,
        "recoveryCodesLeft": 0,
        "passkeys": [],
        "appPasswords": [],
    }
    assert (grant["client"], grant["kind"], grant["isThis"]) == ("Firefox (Linux)", "browser", True)
    assert grant["address"] == "192.0.2.1"
    assert (event["kind"], event["address"]) == ("signed-in", "192.0.2.1")
    assert event["details"] == {"client": "Firefox (Linux)", "methods": "pwd"}


def test_no_secret_is_ever_told_again(page: Page, home: Home, alice: JMAP) -> None:
    """Management API section 23: no secrets in what is read."""
    made = page.tells("POST", "/auth/account/app-passwords", {"name": "Phone"})
    secret, recovery = page.sets_up_totp()
    page.adds(Authenticator())

    told = page.asks("GET", "/auth/account").octets.decode()

    for hidden in (made["password"], secret, *recovery, alice.password, page.cookies["pillarbox-session"]):
        assert hidden not in told


def test_who_has_not_signed_in_is_told_nothing(home: Home, alice: JMAP) -> None:
    """Ours: 401, and by Basic neither."""
    assert Page(home).asks("GET", "/auth/account").status == 401
    assert alice.sends("GET", "/auth/account", headers={"Sec-Fetch-Site": "same-origin"}).status == 401


@each_change
def test_nothing_is_changed_by_who_has_not_signed_in(home: Home, method: str, path: str, sent: Any) -> None:
    """Ours: 401."""
    assert Page(home).asks(method, path, sent).status == 401


@each_change
def test_nothing_is_changed_for_other_pages(page: Page, method: str, path: str, sent: Any) -> None:
    """RFC 9700 section 4.7: CSRF."""
    reply = page.asks(method, path, sent, {"Sec-Fetch-Site": "cross-site"})

    assert reply.status == 403
    assert reply.json()["type"] == "about:blank"


@each_change
def test_who_signed_in_long_ago_confirms_first(page: Page, alice: JMAP, method: str, path: str, sent: Any) -> None:
    """Ours: after 15 minutes, of its own type, so that the page asks for the password once more."""
    page.home.clock.now += 901
    reply = page.asks(method, path, sent)
    assert (reply.status, reply.json()["type"]) == (403, "urn:pillarbox:error:confirm")

    page.tells("POST", "/auth/session/confirm", {"password": alice.password})

    assert page.asks(method, path, sent).status != 403


@each_change
def test_who_may_not_change_passwords_does_not(
    home: Home, page: Page, alice: JMAP, method: str, path: str, sent: Any
) -> None:
    """Management API section 20: manage-passwords; looking is open."""
    change_permissions(
        home.store, alice.name, RoleChange((USER,), disabled=["manage-passwords"]), PERMISSIONS, datetime.now(UTC)
    )

    reply = page.asks(method, path, sent)
    assert reply.status == 403
    assert "manage-passwords" in reply.json()["detail"]
    assert page.asks("GET", "/auth/account").status == 200


def test_another_password(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: the old one ends at once, on every face; when it was changed is told."""
    assert status(alice, alice.password) != 401
    page.tells("POST", "/auth/account/password", {"current": alice.password, "new": "another secret"})

    assert status(alice, alice.password) == 401
    assert status(alice, "another secret") != 401
    told = page.tells("GET", "/auth/account")
    assert told["password"]["changed"] == home.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "password-changed" in [one["kind"] for one in told["events"]]


def test_another_password_ends_all_that_is_signed_in_but_this(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: other browsers and apps; app passwords stay, which the owner ends one by one."""
    other, app = Page(home, alice), App(home)
    token = app.is_let_in(alice)["access_token"]
    made = page.tells("POST", "/auth/account/app-passwords", {"name": "Phone"})["password"]
    assert app.looks(token).status == 200

    page.tells("POST", "/auth/account/password", {"current": alice.password, "new": "another secret"})

    assert page.is_in()
    assert not other.is_in()
    assert app.looks(token).status == 401
    assert status(alice, made) != 401


def test_a_password_that_an_administrator_sets_ends_all(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: somebody had the old one, or nobody any more."""
    home.gives_password(alice, "another secret")

    assert not page.is_in()


def test_the_others_may_be_kept(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: by keepOthers."""
    other = Page(home, alice)

    sent = {"current": alice.password, "new": "another secret", "keepOthers": True}
    page.tells("POST", "/auth/account/password", sent)

    assert other.is_in()


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"current": "wrong", "new": "another secret"}, 401),
        ({"current": "alice's secret", "new": "short"}, 400),
        ({"current": "alice's secret", "new": "x" * 1025}, 400),
        ({"current": "alice's secret", "new": 12345678}, 400),
        ({"current": "alice's secret"}, 400),
        ({"new": "another secret"}, 400),
        ({"current": "alice's secret", "new": "another secret", "keepOthers": "no"}, 400),
        ({"current": "alice's secret", "new": "\ud800another secret"}, 400),
    ],
    ids=str,
)
def test_a_password_that_cannot_be_is_refused(page: Page, alice: JMAP, sent: dict[str, Any], wanted: int) -> None:
    """Ours: 401 if the present one is wrong, 400 for the rest; nothing has changed."""
    assert page.asks("POST", "/auth/account/password", sent).status == wanted

    assert status(alice, alice.password) != 401


def test_two_step_verification_is_set_up(page: Page, home: Home, alice: JMAP) -> None:
    """RFC 6238; the key URI format that programs read: a picture of it, and the secret to type."""
    begun = page.tells("POST", "/auth/account/totp")

    assert begun["url"].startswith("otpauth://totp/home.example:alice%40home.example?secret=")
    assert begun["qr"].startswith("<svg ")
    assert 'xmlns="http://www.w3.org/2000/svg"' in begun["qr"]
    assert page.tells("GET", "/auth/account")["totp"] is False
    assert status(alice, alice.password) != 402

    code = codes(begun["secret"], home.clock())
    told = page.tells("PUT", "/auth/account/totp", {"code": code})
    assert len(set(told["recoveryCodes"])) == 10
    account = page.tells("GET", "/auth/account")
    assert (account["totp"], account["recoveryCodesLeft"]) == (True, 10)
    assert status(alice, alice.password) == 402


def test_a_wrong_code_sets_up_nothing(page: Page, alice: JMAP) -> None:
    """Ours: 400; the setting-up goes on."""
    page.tells("POST", "/auth/account/totp")

    assert page.asks("PUT", "/auth/account/totp", {"code": "000000"}).status == 400
    assert page.tells("GET", "/auth/account")["totp"] is False


def test_a_code_for_nothing_is_refused(page: Page) -> None:
    """Ours: it must have been begun."""
    assert page.asks("PUT", "/auth/account/totp", {"code": "000000"}).status == 400


def test_two_step_verification_is_there_once(page: Page) -> None:
    """Ours: whoever has the browser does not put theirs in its place without taking the other away, which is told."""
    page.sets_up_totp()

    assert page.asks("POST", "/auth/account/totp").status == 400


def test_two_step_verification_ends(page: Page, alice: JMAP) -> None:
    """Ours: with its recovery codes."""
    page.sets_up_totp()

    page.tells("DELETE", "/auth/account/totp")

    told = page.tells("GET", "/auth/account")
    assert (told["totp"], told["recoveryCodesLeft"]) == (False, 0)
    assert status(alice, alice.password) != 402
    assert page.asks("DELETE", "/auth/account/totp").status == 404


def test_other_recovery_codes(page: Page) -> None:
    """Ours: those before are good no more; they are for accounts with a second factor."""
    assert page.asks("POST", "/auth/account/recovery-codes").status == 400
    _, before = page.sets_up_totp()

    told = page.tells("POST", "/auth/account/recovery-codes")["recoveryCodes"]

    assert len(told) == 10
    assert not set(told) & set(before)


def test_it_is_confirmed_by_a_code(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: whoever has two-step verification need not type the password."""
    secret, _ = page.sets_up_totp()
    home.clock.now += 901
    assert page.asks("POST", "/auth/session/confirm", {"code": "000000"}).status == 401

    page.tells("POST", "/auth/session/confirm", {"code": codes(secret, home.clock())})

    assert page.asks("POST", "/auth/account/recovery-codes").status == 200


def test_an_app_password(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: made here, told once, good for mail; its use is seen within the hour."""
    made = page.tells("POST", "/auth/account/app-passwords", {"name": "Phone"})

    assert status(alice, made["password"]) != 401
    (shown,) = page.tells("GET", "/auth/account")["appPasswords"]
    moment = home.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert shown == {
        "id": made["id"],
        "name": "Phone",
        "created": moment,
        "lastUsed": moment,
        "scopes": [MAIL_SCOPE],
        "networks": [],
        "expires": None,
    }


def test_an_app_password_with_bounds(page: Page, home: Home, alice: JMAP) -> None:
    """Ours: networks, an end, scopes."""
    sent = {
        "name": "Printer",
        "networks": ["198.51.100.0/24"],
        "expires": "2100-01-01T00:00:00Z",
        "scopes": ["urn:ietf:params:jmap:submission"],
    }
    made = page.tells("POST", "/auth/account/app-passwords", sent)

    (shown,) = page.tells("GET", "/auth/account")["appPasswords"]
    assert {name: shown[name] for name in sent} == sent
    assert status(alice, made["password"]) == 401


def test_an_app_password_ends(page: Page, alice: JMAP) -> None:
    """Ours: at once."""
    made = page.tells("POST", "/auth/account/app-passwords", {"name": "Phone"})
    assert status(alice, made["password"]) != 401

    page.tells("DELETE", f"/auth/account/app-passwords/{made['id']}")

    assert status(alice, made["password"]) == 401
    assert page.asks("DELETE", f"/auth/account/app-passwords/{made['id']}").status == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": "mail"},
        {"name": "x", "scopes": [1]},
        {"name": "x", "networks": ["nowhere"]},
        {"name": "x", "networks": ["192.0.2.1"] * 21},
        {"name": "x", "networks": {}},
        {"name": "x", "expires": "2020-01-01T00:00:00Z"},
        {"name": "x", "expires": "2100-13-01T00:00:00Z"},
        {"name": "x", "expires": "tomorrow"},
        {"name": "x", "expires": 4102444800},
    ],
    ids=str,
)
def test_an_app_password_that_cannot_be_is_refused(page: Page, sent: dict[str, Any]) -> None:
    """Ours: 400, and a sentence on what is wrong."""
    reply = page.asks("POST", "/auth/account/app-passwords", sent)

    assert reply.status == 400
    assert reply.json()["detail"]
    assert page.tells("GET", "/auth/account")["appPasswords"] == []


def test_there_are_fifty_at_most(page: Page) -> None:
    """Ours: then one must go first."""
    for number in range(50):
        page.tells("POST", "/auth/account/app-passwords", {"name": f"App {number}"})

    reply = page.asks("POST", "/auth/account/app-passwords", {"name": "One more"})
    assert reply.status == 400
    assert "50" in reply.json()["detail"]


def test_what_is_signed_in_is_ended(page: Page, home: Home, alice: JMAP) -> None:
    """RFC 7009 section 2.1: and its tokens with it; the owner reads of it."""
    app = App(home)
    tokens = app.is_let_in(alice)
    assert app.looks(tokens["access_token"]).status == 200
    shown = next(one for one in page.tells("GET", "/auth/account")["grants"] if one["kind"] == "app")
    assert shown["client"] == "Example Mail"
    assert shown["scopes"] == ["offline_access", MAIL_SCOPE]

    page.tells("DELETE", f"/auth/account/grants/{shown['id']}")

    assert app.looks(tokens["access_token"]).status == 401
    assert app.refreshes(tokens["refresh_token"]).status == 400
    told = page.tells("GET", "/auth/account")
    assert shown["id"] not in [one["id"] for one in told["grants"]]
    assert told["events"][0]["kind"] == "grant-ended"


def test_nobody_ends_what_is_anothers(page: Page, home: Home, bob: JMAP) -> None:
    """Ours: 404, as if it were not there."""
    (grant,) = page.tells("GET", "/auth/account")["grants"]

    for given in (grant["id"], "ga999999", "nothing"):
        assert Page(home, bob).asks("DELETE", f"/auth/account/grants/{given}").status == 404
    assert page.is_in()
