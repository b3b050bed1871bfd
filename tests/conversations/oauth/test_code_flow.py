"""The authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636), as mail clients use it."""

import json
from typing import Any

import pytest
from tests.driver import JMAP, Home
from tests.driver.oauth import MAIL_SCOPE, App, Browser, parameters


@pytest.fixture
def app(home: Home) -> App:
    """An app that has registered."""
    app = App(home)
    assert app.registers().status == 201
    return app


def test_an_app_is_let_in(home: Home, alice: JMAP, app: App) -> None:
    """draft-ietf-mailmaint-oauth-public sections 3.4 to 3.6: a code, then tokens, then JMAP."""
    browser = Browser(home)
    assert browser.asks(app.query(login_hint=alice.name)) == {"needs": "sign-in", "loginHint": alice.name}
    browser.signs_in(alice)
    told = browser.asks(app.query())
    assert told["needs"] == "consent"
    assert told["client"] == {
        "id": app.id,
        "name": "Example Mail",
        "isKnown": False,
        "redirectHost": "this device",
    }
    assert told["account"] == alice.name
    assert {one["name"] for one in told["scopes"]} == {MAIL_SCOPE, "offline_access"}

    answer = browser.allows(app.query())

    assert answer["state"] == "af0ifjsldkj"
    assert answer["iss"] == "http://127.0.0.1:8080"
    reply = app.redeems(answer["code"])
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    tokens = reply.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["scope"] == f"offline_access {MAIL_SCOPE}"
    assert "id_token" not in tokens
    assert app.looks(tokens["access_token"]).json()["username"] == alice.name


def test_a_token_lets_through_no_more_than_its_scopes(home: Home, alice: JMAP) -> None:
    """RFC 6749 section 3.3; RFC 6750 section 3.1: insufficient_scope."""
    app = App(home, "openid")
    tokens = app.is_let_in(alice)

    reply = app.looks(tokens["access_token"])

    assert reply.status == 403
    assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]


def test_who_is_asked_may_allow_less(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 3.3: the scope is told that was given."""
    answer = Browser(home, alice).allows(app.query(scope=f"{MAIL_SCOPE} openid profile"), MAIL_SCOPE)

    assert app.redeems(answer["code"]).json()["scope"] == MAIL_SCOPE


def test_nobody_can_allow_more_than_was_asked_for(home: Home, alice: JMAP, app: App) -> None:
    """Ours: a decision only takes away."""
    answer = Browser(home, alice).allows(app.query(scope="offline_access"), "offline_access", MAIL_SCOPE)

    assert app.redeems(answer["code"]).json()["scope"] == "offline_access"


def test_a_client_that_asks_for_nothing_may_read_mail(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 3.3: a scope that is left out has a default."""
    answer = Browser(home, alice).allows(app.query(scope=None))

    assert app.redeems(answer["code"]).json()["scope"] == MAIL_SCOPE


def test_a_code_works_once_and_its_second_use_ends_what_came_of_it(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 4.1.2."""
    code = Browser(home, alice).allows(app.query())["code"]
    tokens = app.redeems(code).json()
    assert app.looks(tokens["access_token"]).status == 200

    again = app.redeems(code)

    assert (again.status, again.json()["error"]) == (400, "invalid_grant")
    assert app.looks(tokens["access_token"]).status == 401
    assert app.refreshes(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_client_with_one_place_need_not_name_it(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 sections 3.1.2.3 and 4.1.3: it is the one that is registered."""
    browser = Browser(home, alice)
    code = browser.allows(app.query(redirect_uri=None))["code"]
    assert app.redeems(code, redirect_uri=None).status == 200

    for uri, status in ((app.uri, 200), ("http://127.0.0.1/other", 400)):
        code = browser.allows(app.query(redirect_uri=None))["code"]
        assert app.redeems(code, redirect_uri=uri).status == status


def test_a_code_of_before_another_password_is_no_good(home: Home, alice: JMAP, app: App) -> None:
    """Ours: who had the old one had a code made in time, and comes with it once its owner thinks that all has ended."""
    code = Browser(home, alice).allows(app.query())["code"]
    home.gives_password(alice, "another secret")

    assert app.redeems(code).json()["error"] == "invalid_grant"


def test_nobody_fills_the_room_that_all_codes_have(home: Home, alice: JMAP, bob: JMAP, app: App) -> None:
    """RFC 6749 section 4.1.2.1: temporarily_unavailable, to one account; others are let in, and it is in a while."""
    browser = Browser(home, alice)
    assert all("code" in browser.allows(app.query()) for _ in range(200))

    assert browser.allows(app.query())["error"] == "temporarily_unavailable"
    said = {"type": "code", "client_id": "cli"}
    assert "wait" in alice.sends("POST", "/api/oauth", {}, json.dumps(said).encode()).json()["details"]
    assert "code" in Browser(home, bob).allows(app.query())
    home.clock.now += 601
    assert "code" in browser.allows(app.query())


def test_a_code_is_good_for_ten_minutes(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 4.1.2: codes expire."""
    code = Browser(home, alice).allows(app.query())["code"]
    home.clock.now += 601

    assert app.redeems(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": None},
        {"code_verifier": "short"},
        {"redirect_uri": "http://127.0.0.1:1/done"},
        {"redirect_uri": None},
        {"client_id": "somebody-else"},
        {"code": "nothing"},
        {"code": "x" * 5000},
    ],
    ids=str,
)
def test_what_does_not_fit_the_request_is_refused(home: Home, alice: JMAP, app: App, wrong: dict[str, Any]) -> None:
    """RFC 6749 section 5.2, RFC 7636 section 4.6: invalid_grant."""
    code = Browser(home, alice).allows(app.query())["code"]

    reply = app.redeems(**{"code": code, **wrong})

    assert (reply.status, reply.json()["error"]) == (400, "invalid_grant")
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "open.abc"}, "invalid_client"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"resource": "https://evil.example/"}, "invalid_target"),
    ],
)
def test_the_token_endpoint_says_what_is_wrong(
    home: Home, alice: JMAP, app: App, wrong: dict[str, Any], error: str
) -> None:
    """RFC 6749 section 5.2, RFC 8707 section 2."""
    code = Browser(home, alice).allows(app.query())["code"]

    reply = app.redeems(**{"code": code, **wrong})

    assert (reply.status, reply.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "tooshort"}, "invalid_request"),
        ({"scope": "urn:example:none"}, "invalid_scope"),
        ({"scope": "urn:pillarbox:params:scope:manage"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"resource": "https://evil.example/jmap"}, "invalid_target"),
    ],
)
def test_a_request_that_is_wrong_is_answered_to_its_client(
    home: Home, app: App, wrong: dict[str, Any], error: str
) -> None:
    """RFC 6749 section 4.1.2.1, RFC 9207 section 2: with state and iss, and by 303 (RFC 9700 section 4.12)."""
    reply = home.web.sends("GET", f"/authorize/code?{app.query(**wrong)}")

    assert reply.status == 303
    assert reply.headers["location"].startswith(f"{app.uri}?")
    answer = parameters(reply.headers["location"])
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "af0ifjsldkj", "http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": None},
        {"client_id": "open.forged"},
        {"client_id": "x" * 2000},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://127.0.0.1/other"},
        {"redirect_uri": "http://127.0.0.1@evil.example/done"},
        {"redirect_uri": "http://127.0.0.1.evil.example/done"},
        {"redirect_uri": "http://localhost/done"},
        {"redirect_uri": "http://[::1].evil.example/done", "client_id": "unheard-of"},
        {"redirect_uri": "http://evil.example[::1]/done", "client_id": "unheard-of"},
        {"redirect_uri": "com.example.app://[::1].evil.example/", "client_id": "unheard-of"},
        {"redirect_uri": "http://127.0.0.1/done#fragment"},
        {"redirect_uri": "http://127.0.0.1/done?more=1"},
        {"redirect_uri": "http://127.0.0.1/done/../../x"},
        {"redirect_uri": "http:/\\127.0.0.1/done"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "HTTP://127.0.0.1/done"},
    ],
    ids=str,
)
def test_nobody_is_sent_where_a_client_is_not(home: Home, alice: JMAP, app: App, wrong: dict[str, Any]) -> None:
    """RFC 6749 section 4.1.2.1: no redirect; RFC 9700 section 4.11: no open redirector."""
    query = app.query(**wrong)

    page = home.web.sends("GET", f"/authorize/code?{query}")

    assert page.status == 400
    assert "location" not in page.headers
    assert Browser(home, alice).posts("/auth/authorize", {"query": query}).status == 400
    said = {"query": query, "allow": True}
    assert Browser(home, alice).posts("/auth/authorize/decision", said).status == 400


def test_any_port_of_a_loopback_address_is_the_apps(home: Home, alice: JMAP, app: App) -> None:
    """RFC 8252 section 7.3."""
    uri = "http://127.0.0.1:49152/done"
    answer = Browser(home, alice).allows(app.query(redirect_uri=uri))

    assert app.redeems(answer["code"], redirect_uri=uri).status == 200


def test_a_refusal_is_told_to_the_client(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 4.1.2.1: access_denied."""
    answer = Browser(home, alice).refuses(app.query())

    assert (answer["error"], answer["state"]) == ("access_denied", "af0ifjsldkj")
    assert "code" not in answer


def test_an_app_that_cannot_prove_who_it_is_is_always_asked_about(home: Home, alice: JMAP, app: App) -> None:
    """RFC 8252 section 8.6: no consent without a question."""
    app.is_let_in(alice)

    assert Browser(home, alice).asks(app.query())["needs"] == "consent"


def test_without_a_question_nothing_is_allowed(home: Home, alice: JMAP, app: App) -> None:
    """OpenID Connect Core section 3.1.2.6: login_required, consent_required."""
    told = Browser(home).asks(app.query(prompt="none"))
    assert parameters(told["redirect"])["error"] == "login_required"

    told = Browser(home, alice).asks(app.query(prompt="none"))
    assert parameters(told["redirect"])["error"] == "consent_required"


def test_who_must_sign_in_anew_is_asked_to(home: Home, alice: JMAP, app: App) -> None:
    """OpenID Connect Core section 3.1.2.1: prompt=login, max_age."""
    browser = Browser(home, alice)
    home.clock.now += 600

    assert browser.asks(app.query(max_age="3600"))["needs"] == "consent"
    assert browser.asks(app.query(max_age="300"))["needs"] == "sign-in"
    assert browser.asks(app.query(prompt="login"))["needs"] == "sign-in"
    said = {"query": app.query(prompt="login"), "allow": True}
    assert browser.posts("/auth/authorize/decision", said).status == 401
    browser.signs_in(alice)
    assert browser.asks(app.query(prompt="login"))["needs"] == "consent"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
    ids=str,
)
def test_no_page_of_another_site_decides(home: Home, alice: JMAP, app: App, headers: dict[str, str]) -> None:
    """RFC 6749 section 10.12: no cross-site request forgery at the authorization endpoint."""
    browser = Browser(home, alice)

    for path in ("/auth/authorize", "/auth/authorize/decision", "/auth/device/lookup", "/auth/device/decision"):
        reply = browser.posts(path, {"query": app.query(), "allow": True, "code": "AAAA-AAAA"}, headers)
        assert reply.status in (403, 415)


def test_nobody_decides_who_has_not_signed_in(home: Home, app: App) -> None:
    """Ours."""
    said = {"query": app.query(), "allow": True}

    assert Browser(home).posts("/auth/authorize/decision", said).status == 401


def test_a_parameter_comes_once(home: Home, app: App) -> None:
    """RFC 6749 section 3.1."""
    reply = home.web.sends("GET", f"/authorize/code?{app.query()}&state=other")
    assert parameters(reply.headers["location"])["error"] == "invalid_request"

    assert home.web.sends("GET", f"/authorize/code?{app.query()}&client_id={app.id}").status == 400


def test_a_request_may_be_a_form(home: Home, app: App) -> None:
    """OpenID Connect Core section 3.1.2.1: GET and POST."""
    reply = app.posts("/authorize/code", scope="openid", client_id=app.id)

    assert reply.status == 303
    assert reply.headers["location"] == f"http://127.0.0.1:8080/authorize/code?scope=openid&client_id={app.id}"


def test_no_page_of_another_site_reads_what_people_decide(home: Home, alice: JMAP, app: App) -> None:
    """RFC 9700 section 2.6: no CORS at the authorization endpoint, though it is for clients' own endpoints."""
    home.abides_by(permissive_cors="true")
    page = {"Origin": "https://evil.example"}

    for query in (app.query(), app.query(scope="none"), ""):
        reply = home.web.sends("GET", f"/authorize/code?{query}", page)
        assert "access-control-allow-origin" not in reply.headers
    told = Browser(home, alice).posts("/auth/authorize", {"query": app.query()}, page)
    assert told.status == 200
    assert "access-control-allow-origin" not in told.headers
    assert app.posts("/auth/token", page).headers["access-control-allow-origin"] == "*"


def test_nothing_is_let_in_where_codes_cannot_be_had(home: Home, alice: JMAP, app: App) -> None:
    """adr/0024: codes fail closed, and the same request may be sent again."""
    code = Browser(home, alice).allows(app.query())["code"]
    home.shelf.is_down = True
    reply = app.redeems(code)
    assert reply.status == 503
    assert "access_token" not in reply.octets.decode()

    home.shelf.is_down = False

    assert app.redeems(code).status == 200
