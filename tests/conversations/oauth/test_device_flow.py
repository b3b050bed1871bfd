"""A device on which nobody types a password (RFC 8628)."""

import base64
import json
from typing import Any

import pytest
from tests.driver import JMAP, Home, like
from tests.driver.oauth import MAIL_SCOPE, App, Browser

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def tv(home: Home) -> App:
    """A device that was never registered."""
    app = App(home, MAIL_SCOPE)
    app.id = "tv"
    return app


def begins(tv: App, **more: str) -> Any:
    reply = tv.posts("/auth/device", client_id=tv.id, scope=tv.scope, **more)
    assert reply.status == 200, reply.octets
    return reply.json()


def asks(tv: App, code: str, **more: str | None) -> Any:
    return tv.posts("/auth/token", **{"grant_type": DEVICE, "device_code": code, "client_id": tv.id, **more}).json()


def test_a_device_is_let_in(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 8628 section 3: codes, a page, and tokens for who asks."""
    codes = begins(tv)
    user = codes["user_code"]
    assert codes == like(
        verification_uri="http://127.0.0.1:8080/authorize",
        verification_uri_complete=f"http://127.0.0.1:8080/authorize?code={user}",
        expires_in=1800,
        interval=5,
    )
    assert asks(tv, codes["device_code"])["error"] == "authorization_pending"
    browser = Browser(home, alice)
    told = browser.posts("/auth/device/lookup", {"code": user}).json()
    assert told["client"] == {"id": "tv", "name": "tv", "isKnown": False}
    assert [one["name"] for one in told["scopes"]] == [MAIL_SCOPE]

    assert browser.posts("/auth/device/decision", {"code": user, "allow": True}).json() == {"done": True}

    home.clock.now += 5
    tokens = asks(tv, codes["device_code"])
    assert tokens["scope"] == MAIL_SCOPE
    assert tv.looks(tokens["access_token"]).json()["username"] == alice.name


def test_a_device_that_was_let_in_before_another_password_is_not(home: Home, alice: JMAP, tv: App) -> None:
    """Ours: as of other codes, whoever had the old one; by the page, or by the password itself."""
    codes, more = begins(tv), begins(tv)
    Browser(home, alice).posts("/auth/device/decision", {"code": codes["user_code"], "allow": True})
    assert api(home, basic(alice), type="device", code=more["user_code"]).json() == {"data": True}
    home.gives_password(alice, "another secret")

    assert asks(tv, codes["device_code"])["error"] == "invalid_grant"
    assert asks(tv, more["device_code"])["error"] == "invalid_grant"


def test_a_device_code_works_once(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 8628 section 3.5: expired_token after that."""
    codes = begins(tv)
    Browser(home, alice).posts("/auth/device/decision", {"code": codes["user_code"], "allow": True})
    assert "access_token" in asks(tv, codes["device_code"])
    home.clock.now += 5

    assert asks(tv, codes["device_code"])["error"] == "expired_token"


def test_a_user_code_works_once(home: Home, alice: JMAP, bob: JMAP, tv: App) -> None:
    """Ours: who comes second decides nothing."""
    codes = begins(tv)
    said = {"code": codes["user_code"], "allow": True}
    assert Browser(home, alice).posts("/auth/device/decision", said).status == 200

    assert Browser(home, bob).posts("/auth/device/decision", said).status == 404

    assert tv.looks(asks(tv, codes["device_code"])["access_token"]).json()["username"] == alice.name


def test_a_device_is_refused(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 8628 section 3.5: access_denied."""
    codes = begins(tv)
    Browser(home, alice).posts("/auth/device/decision", {"code": codes["user_code"], "allow": False})

    assert asks(tv, codes["device_code"])["error"] == "access_denied"


def test_a_device_that_asks_too_often_is_told_so(home: Home, tv: App) -> None:
    """RFC 8628 section 3.5: slow_down."""
    code = begins(tv)["device_code"]

    assert asks(tv, code)["error"] == "authorization_pending"
    assert asks(tv, code)["error"] == "slow_down"
    home.clock.now += 5
    assert asks(tv, code)["error"] == "authorization_pending"


def test_a_device_waits_for_half_an_hour(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 8628 section 3.2: expires_in."""
    codes = begins(tv)
    home.clock.now += 1801

    said = {"code": codes["user_code"], "allow": True}
    assert Browser(home, alice).posts("/auth/device/decision", said).status == 404
    assert asks(tv, codes["device_code"])["error"] == "expired_token"


@pytest.mark.parametrize(
    "spelled", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")]
)
def test_how_a_code_is_typed_does_not_matter(home: Home, alice: JMAP, tv: App, spelled: Any) -> None:
    """RFC 8628 section 6.1; the reference, section 6 (case and dash mattered)."""
    code = spelled(begins(tv)["user_code"])

    assert Browser(home, alice).posts("/auth/device/lookup", {"code": code}).status == 200


def test_looking_does_not_use_a_code_up(home: Home, alice: JMAP, tv: App) -> None:
    """Ours."""
    code, browser = begins(tv)["user_code"], Browser(home, alice)

    assert [browser.posts("/auth/device/lookup", {"code": code}).status for _ in range(3)] == [200] * 3


def test_codes_are_not_guessed(home: Home, alice: JMAP, bob: JMAP, tv: App) -> None:
    """RFC 8628 section 5.1; `oauth.auth.max-attempts`: three wrong ones in ten minutes, and others go on."""
    code, browser = begins(tv)["user_code"], Browser(home, alice)
    assert [browser.posts("/auth/device/lookup", {"code": "AAAA-AAAA"}).status for _ in range(3)] == [404] * 3

    held = browser.posts("/auth/device/lookup", {"code": code})

    assert held.status == 429
    assert int(held.headers["retry-after"]) <= 600
    assert browser.posts("/auth/device/decision", {"code": code, "allow": True}).status == 429
    assert Browser(home, bob).posts("/auth/device/lookup", {"code": code}).status == 200
    home.clock.now += 601
    assert browser.posts("/auth/device/lookup", {"code": code}).status == 200


def test_a_device_code_is_its_clients(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 8628 section 3.4."""
    codes = begins(tv)
    Browser(home, alice).posts("/auth/device/decision", {"code": codes["user_code"], "allow": True})

    assert asks(tv, codes["device_code"], client_id="another")["error"] == "expired_token"
    assert "access_token" in asks(tv, codes["device_code"])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"client_id": "open.forged"}, "invalid_client"),
        ({"client_id": "tv", "scope": "urn:example:none"}, "invalid_scope"),
        ({"client_id": "tv", "scope": "urn:pillarbox:params:scope:manage"}, "invalid_scope"),
        ({"client_id": "tv", "client_secret": "guess"}, "invalid_client"),
    ],
)
def test_what_is_wrong_with_a_devices_question_is_told(home: Home, tv: App, given: dict[str, str], error: str) -> None:
    """RFC 8628 section 3.2, RFC 6749 section 5.2."""
    reply = tv.posts("/auth/device", **given)

    assert (reply.status, reply.json()["error"]) == (400, error)


def test_no_number_of_devices_keeps_out_who_signs_in(home: Home, alice: JMAP, tv: App) -> None:
    """Ours: codes of devices, which anybody may ask for, are kept with those of people who sign in."""
    assert {tv.posts("/auth/device", client_id=tv.id).status for _ in range(60)} == {200}

    reply = tv.posts("/auth/device", client_id=tv.id)

    assert reply.status == 429
    assert int(reply.headers["retry-after"]) == 600
    home.clock.now += 601
    assert "user_code" in begins(tv)


def test_nobody_decides_without_signing_in(home: Home, tv: App) -> None:
    """RFC 8628 section 3.3."""
    code = begins(tv)["user_code"]

    assert Browser(home).posts("/auth/device/decision", {"code": code, "allow": True}).status == 401
    assert Browser(home).posts("/auth/device/lookup", {"code": code}).status == 401


def api(home: Home, authorization: str, **said: Any) -> Any:
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    return home.web.sends("POST", "/api/oauth", headers, json.dumps(said).encode())


def basic(person: JMAP) -> str:
    return "Basic " + base64.b64encode(f"{person.name}:{person.password}".encode()).decode()


def test_a_page_with_the_password_lets_a_device_in(home: Home, alice: JMAP, tv: App) -> None:
    """The reference, section 6: POST /api/oauth of type device."""
    codes = begins(tv)

    assert api(home, basic(alice), type="device", code=codes["user_code"]).json() == {"data": True}
    assert api(home, basic(alice), type="device", code=codes["user_code"]).json() == {"data": False}
    assert "access_token" in asks(tv, codes["device_code"])


def test_no_page_of_another_site_lets_a_device_in(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 7617 section 4: the form of any site comes with the password that a browser knows."""
    code = begins(tv)["user_code"]
    body = json.dumps({"type": "device", "code": code}).encode()

    for headers in ({"Content-Type": "text/plain", "Origin": "https://evil.example"}, {"Origin": "null"}):
        assert alice.sends("POST", "/api/oauth", headers, body).status == 415
    assert alice.sends("POST", "/api/oauth", {}, body).json() == {"data": True}


def test_a_page_with_the_password_has_codes_made(home: Home, alice: JMAP, tv: App) -> None:
    """The reference, section 5: POST /api/oauth of type code, as its own admin pages do."""
    reply = api(home, basic(alice), type="code", client_id="webadmin", redirect_uri="stalwart://auth", nonce="n")
    assert reply.status == 200
    assert reply.json()["data"] == like(isEnterprise=False)
    code = reply.json()["data"]["code"]

    tokens = tv.posts(
        "/auth/token",
        grant_type="AUTHORIZATION_CODE",
        code=code,
        client_id="webadmin",
        redirect_uri="stalwart://auth",
    ).json()

    assert tv.looks(tokens["access_token"]).status == 200


def test_a_code_without_a_place_to_go_to_is_redeemed_without_one(home: Home, alice: JMAP, tv: App) -> None:
    """The reference, section 3: redirect_uri null, and empty."""
    code = api(home, basic(alice), type="code", client_id="cli").json()["data"]["code"]

    reply = tv.posts("/auth/token", grant_type="authorization_code", code=code, client_id="cli", redirect_uri="")

    assert reply.status == 200


def test_no_token_makes_codes(home: Home, alice: JMAP, tv: App) -> None:
    """The reference, section 5 (a token could mint further codes)."""
    tokens = App(home, f"{MAIL_SCOPE}").is_let_in(alice)

    reply = api(home, f"Bearer {tokens['access_token']}", type="code", client_id="webadmin")

    assert reply.status == 403


def test_no_code_goes_where_anybody_listens(home: Home, alice: JMAP) -> None:
    """The reference, section 5: Redirect URI must be HTTPS; and of a client that was registered, its own."""
    app = App(home)
    app.registers()
    for client, uri in (
        ("x", "http://evil.example/"),
        ("x", "HTTPS://evil.example/"),
        ("x", "javascript:alert(1)"),
        (app.id, "https://evil.example/"),
        ("open.x", None),
    ):
        told = api(home, basic(alice), type="code", client_id=client, redirect_uri=uri).json()
        assert told == like(error="other")


def test_a_verifier_that_nothing_was_made_of_is_refused(home: Home, alice: JMAP, tv: App) -> None:
    """RFC 9700 section 4.8.2: its client thinks that it sent a challenge."""
    code = api(home, basic(alice), type="code", client_id="cli").json()["data"]["code"]

    told = tv.posts("/auth/token", grant_type="authorization_code", code=code, client_id="cli", code_verifier="v" * 43)

    assert told.json()["error"] == "invalid_grant"
