"""Who somebody is, told to whom they let in (OpenID Connect Core, RP-Initiated Logout)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.driver import JMAP, Home, like
from tests.driver.oauth import App, Browser, parameters

from pillarbox.signin.oauth import OAuthPolicy

BASE = "http://127.0.0.1:8080"


@pytest.fixture
def app(home: Home) -> App:
    """An app that wants to know who somebody is."""
    return App(home, "openid profile email offline_access")


def said(home: Home, token: str, algorithm: str = "ES256") -> Any:
    """What an ID token says, its signature checked with the keys that are told."""
    keys = KeySet.import_key_set(home.web.sends("GET", "/auth/jwks.json").json())
    return jwt.decode(token, keys, algorithms=[algorithm]).claims


def test_an_id_token_says_who_has_signed_in(home: Home, alice: JMAP, app: App) -> None:
    """OpenID Connect Core sections 2 and 3.1.3.3."""
    tokens = app.is_let_in(alice, nonce="n-0S6_WzA2Mj")

    claims = said(home, tokens["id_token"])

    now = int(home.clock())
    assert claims == like(
        iss=BASE,
        sub=alice.account_id,
        aud=app.id,
        nonce="n-0S6_WzA2Mj",
        iat=now,
        exp=now + 900,
        auth_time=now,
        amr=["pwd"],
        email=alice.name,
        email_verified=True,
        preferred_username=alice.name,
    )


def test_a_refresh_gives_an_id_token_of_the_same_sign_in(home: Home, alice: JMAP, app: App) -> None:
    """OpenID Connect Core section 12.2: auth_time is that of before, and there is no nonce."""
    tokens = app.is_let_in(alice, nonce="n")
    before = said(home, tokens["id_token"])
    home.clock.now += 100

    after = said(home, app.refreshes(tokens["refresh_token"]).json()["id_token"])

    assert after == like(sub=before["sub"], aud=before["aud"], auth_time=before["auth_time"], iat=before["iat"] + 100)
    assert "nonce" not in after


def test_without_the_scope_there_is_no_id_token(home: Home, alice: JMAP) -> None:
    """OpenID Connect Core section 3.1.2.1; the reference, section 7 (regardless of scope)."""
    assert "id_token" not in App(home).is_let_in(alice)


def test_claims_follow_scopes(home: Home, alice: JMAP) -> None:
    """OpenID Connect Core section 5.4."""
    app = App(home, "openid")
    tokens = app.is_let_in(alice)

    assert not {"email", "preferred_username"} & said(home, tokens["id_token"]).keys()
    assert app.looks(tokens["access_token"], "/auth/userinfo").json() == {"sub": alice.account_id}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_tells_the_same(home: Home, alice: JMAP, app: App, method: str) -> None:
    """OpenID Connect Core section 5.3.1: GET and POST; section 5.3.2: sub is that of the ID token."""
    tokens = app.is_let_in(alice)

    reply = home.web.sends(method, "/auth/userinfo", {"Authorization": f"Bearer {tokens['access_token']}"})

    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == like(sub=alice.account_id, email=alice.name, email_verified=True)


def test_userinfo_is_for_who_may_know(home: Home, alice: JMAP) -> None:
    """OpenID Connect Core section 5.3.3, RFC 6750 section 3.1: insufficient_scope, invalid_token."""
    app = App(home)
    tokens = app.is_let_in(alice)

    reply = app.looks(tokens["access_token"], "/auth/userinfo")

    assert reply.status == 403
    assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]
    assert 'error="invalid_token"' in app.looks("x", "/auth/userinfo").headers["www-authenticate"]


def test_another_algorithm_may_sign(home: Home, alice: JMAP, app: App) -> None:
    """`oauth.oidc.signature-algorithm`."""
    home.oauth_policy = OAuthPolicy(algorithm="ES384")
    home.build()

    assert said(home, app.is_let_in(alice)["id_token"], "ES384")["sub"] == alice.account_id


def test_a_client_may_ask_for_what_everybody_can_check(home: Home, alice: JMAP, app: App) -> None:
    """OpenID Connect Discovery section 3: RS256 is there; and nothing that is no signature."""
    for wrong in ("none", "HS256", "ES512"):
        assert app.registers(id_token_signed_response_alg=wrong).json()["error"] == "invalid_client_metadata"
    app.registers(id_token_signed_response_alg="RS256")

    assert said(home, app.is_let_in(alice)["id_token"], "RS256")["sub"] == alice.account_id


def test_a_client_that_asks_for_one_person_is_told_of_no_other(home: Home, alice: JMAP, bob: JMAP, app: App) -> None:
    """OpenID Connect Core section 3.1.2.2: id_token_hint, whose time may have passed; never tokens of another user."""
    hint = app.is_let_in(alice)["id_token"]
    home.clock.now += 3600
    query = app.query(id_token_hint=hint)
    assert Browser(home).asks(query)["needs"] == "sign-in"
    assert Browser(home, alice).asks(query)["needs"] == "consent"
    assert "code" in Browser(home, alice).allows(query)

    assert parameters(Browser(home, bob).asks(query)["redirect"])["error"] == "login_required"
    assert Browser(home, bob).allows(query)["error"] == "login_required"
    forged = app.query(id_token_hint="eyJhbGciOiJub25lIn0.eyJzdWIiOiJhMSJ9.")
    assert Browser(home, alice).allows(forged)["error"] == "login_required"


def leaves(home: Home, **given: str) -> Any:
    return home.web.sends("GET", f"/auth/logout?{urlencode(given)}")


def test_somebody_signs_out_at_a_client(home: Home, alice: JMAP, app: App) -> None:
    """RP-Initiated Logout section 2: the browser's session ends, the app's own tokens do not."""
    app.registers()
    browser = Browser(home, alice)
    tokens = app.redeems(browser.allows(app.query())["code"]).json()
    assert browser.asks(app.query())["needs"] == "consent"
    home.clock.now += 3600

    reply = leaves(home, id_token_hint=tokens["id_token"], client_id=app.id)

    assert reply.status == 303
    assert reply.headers["location"] == f"{BASE}/login"
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert browser.asks(app.query())["needs"] == "sign-in"
    assert app.refreshes(tokens["refresh_token"]).status == 200


def test_a_token_of_a_sign_in_that_is_over_leaves_others_in(home: Home, alice: JMAP, app: App) -> None:
    """RP-Initiated Logout section 6: whoever has an ID token of their own could sign others out with a link."""
    app.registers()
    browser = Browser(home, alice)
    tokens = app.redeems(browser.allows(app.query())["code"]).json()
    assert "set-cookie" in leaves(home, id_token_hint=tokens["id_token"]).headers

    assert "set-cookie" not in leaves(home, id_token_hint=tokens["id_token"]).headers


def test_nobody_is_signed_out_or_sent_away_by_a_link(home: Home, alice: JMAP, app: App) -> None:
    """RP-Initiated Logout sections 3 and 6: without a token of ours, or to a place that was not registered."""
    app.registers()
    browser = Browser(home, alice)
    tokens = app.redeems(browser.allows(app.query())["code"]).json()

    for given in (
        {},
        {"id_token_hint": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhMSJ9."},
        {"id_token_hint": tokens["id_token"], "client_id": "another"},
    ):
        reply = leaves(home, post_logout_redirect_uri="https://evil.example/", **given)
        assert reply.headers["location"] == f"{BASE}/account"
    assert browser.asks(app.query())["needs"] == "consent"
    reply = leaves(home, id_token_hint=tokens["id_token"], post_logout_redirect_uri="https://evil.example/")
    assert reply.headers["location"] == f"{BASE}/login"
