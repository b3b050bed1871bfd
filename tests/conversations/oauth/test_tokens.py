"""Tokens after they were given: refreshed, looked at, given back (RFC 6749 section 6, RFC 7662, RFC 7009)."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.driver import JMAP, Home, like
from tests.driver.oauth import MAIL_SCOPE, App, Browser
from tests.driver.roles import RoleChange, change_permissions

from pillarbox.access import PERMISSIONS, USER
from pillarbox.access.token import Token, TokenKey, TokenKind
from pillarbox.datatypes.server import grants_of


@pytest.fixture
def app(home: Home) -> App:
    """An app that may read mail and know who somebody is."""
    return App(home, f"{MAIL_SCOPE} offline_access openid")


def test_a_refresh_token_gives_the_next_tokens(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 6, draft-ietf-mailmaint-oauth-public section 3.8."""
    tokens = app.is_let_in(alice)
    home.clock.now += 3601
    assert app.looks(tokens["access_token"]).status == 401

    reply = app.refreshes(tokens["refresh_token"])

    assert reply.status == 200
    assert reply.json()["scope"] == tokens["scope"]
    assert reply.json()["refresh_token"] != tokens["refresh_token"]
    assert app.looks(reply.json()["access_token"]).status == 200


def test_a_refresh_token_that_was_used_ends_everything(home: Home, alice: JMAP, app: App) -> None:
    """RFC 9700 section 4.14.2: of two who hold one, one has stolen it."""
    tokens = app.is_let_in(alice)
    next_ = app.refreshes(tokens["refresh_token"]).json()
    assert app.looks(next_["access_token"]).status == 200

    again = app.refreshes(tokens["refresh_token"])

    assert (again.status, again.json()["error"]) == (400, "invalid_grant")
    assert app.looks(next_["access_token"]).status == 401
    assert app.refreshes(next_["refresh_token"]).status == 400


def test_a_refresh_token_may_be_asked_for_less(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 6: the access token is narrower, the grant is not."""
    tokens = app.is_let_in(alice)

    less = app.refreshes(tokens["refresh_token"], scope="openid").json()

    assert less["scope"] == "openid"
    assert app.looks(less["access_token"]).status == 403
    assert app.refreshes(less["refresh_token"]).json()["scope"] == tokens["scope"]


def test_a_refresh_token_gives_no_more_than_was_granted(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 6: invalid_scope; the token is good still."""
    tokens = app.is_let_in(alice, scope="offline_access openid")

    refused = app.refreshes(tokens["refresh_token"], scope=MAIL_SCOPE)

    assert (refused.status, refused.json()["error"]) == (400, "invalid_scope")
    assert app.refreshes(tokens["refresh_token"]).status == 200


def test_a_refresh_token_is_its_clients(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 10.4: bound to the client."""
    tokens = app.is_let_in(alice)

    assert app.refreshes(tokens["refresh_token"], client_id="another").json()["error"] == "invalid_grant"
    assert app.refreshes(tokens["refresh_token"]).status == 200


def test_a_client_need_not_say_who_it_is_when_it_refreshes(home: Home, alice: JMAP, app: App) -> None:
    """The reference, section 3: the client_id of a refresh was ignored."""
    tokens = app.is_let_in(alice)

    assert app.refreshes(tokens["refresh_token"], client_id=None).status == 200
    assert app.refreshes("nothing", client_id=None).json()["error"] == "invalid_grant"


def test_who_stays_away_for_a_month_is_signed_out(home: Home, alice: JMAP, app: App) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.9: each use begins the time anew."""
    tokens = app.is_let_in(alice)
    for _ in range(3):
        home.clock.now += 29 * 86_400
        tokens = app.refreshes(tokens["refresh_token"]).json()
    home.clock.now += 30 * 86_400 + 1

    assert app.refreshes(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_no_token_stands_in_for_another(home: Home, alice: JMAP, app: App) -> None:
    """Ours: a token is good for its own kind of use alone."""
    tokens = app.is_let_in(alice)
    browser = Browser(home, alice)
    assert browser.cookie is not None

    assert app.looks(tokens["refresh_token"]).status == 401
    assert app.looks(browser.cookie).status == 401
    assert app.refreshes(tokens["access_token"]).status == 400
    browser.cookie = tokens["access_token"]
    assert browser.asks(app.query())["needs"] == "sign-in"


def test_forged_tokens_are_refused(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6749 section 10.10; from the future, of another key, of another grant, not in their one spelling."""
    tokens = app.is_let_in(alice)
    good = home.key.read(tokens["access_token"])
    assert good is not None
    now = int(home.clock())

    def made(key: TokenKey = home.key, **changes: Any) -> str:
        said = {
            "kind": good.kind,
            "grant": good.grant,
            "mark": good.mark,
            "generation": good.generation,
            "issued": now,
            "expires": now + 60,
            **changes,
        }
        return key.text(Token(**said))

    assert app.looks(made()).status == 200
    for forged in (
        made(TokenKey(b"another")),
        made(grant=good.grant + 1),
        made(mark=b"x" * 8),
        made(issued=now + 3600, expires=now + 7200),
        made(expires=now),
        made(kind=TokenKind.REGISTRATION),
        tokens["access_token"] + "=",
        tokens["access_token"][:-1],
        tokens["access_token"] + "A",
        "A" * 3000,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhMSJ9.",
    ):
        assert app.looks(forged).status == 401
    assert app.looks(made(issued=now - 10, expires=now + 10)).status == 200


def test_a_change_of_the_person_is_heard_by_whoever_has_a_token(home: Home, alice: JMAP, app: App) -> None:
    """Ours: what was verified is looked up again once something has changed."""
    tokens = app.is_let_in(alice)
    assert app.looks(tokens["access_token"]).status == 200

    home.directory.remove(alice.name)

    assert app.looks(tokens["access_token"]).status == 401
    with home.store.read(0) as server:
        assert grants_of(server, alice.number) == []
    assert app.refreshes(tokens["refresh_token"]).status == 400


@pytest.mark.parametrize("permission", ["authenticate", "authenticate-oauth"])
def test_an_account_that_is_shut_gives_nothing_more(home: Home, alice: JMAP, app: App, permission: str) -> None:
    """Ours: no tokens, no ID tokens by which others let somebody in, and none is active (RFC 7662 section 2.2).

    A refresh token is not used up by it.
    """
    tokens = app.is_let_in(alice)
    browser = Browser(home, alice)
    code = browser.allows(app.query())["code"]
    asker = home.person("asker")
    change_permissions(
        home.store, asker.name, RoleChange((USER,), enabled=["oauth-token-introspect"]), PERMISSIONS, datetime.now(UTC)
    )
    change_permissions(
        home.store, alice.name, RoleChange((USER,), disabled=[permission]), PERMISSIONS, datetime.now(UTC)
    )

    assert app.refreshes(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.redeems(code).json()["error"] == "invalid_grant"
    assert app.posts("/auth/introspect", basic(asker), token=tokens["access_token"]).json() == {"active": False}
    assert browser.posts("/auth/authorize", {"query": app.query()}).status == 403

    change_permissions(home.store, alice.name, RoleChange(disabled=[]), PERMISSIONS, datetime.now(UTC))
    assert app.refreshes(tokens["refresh_token"]).status == 200


def test_a_token_is_given_back(home: Home, alice: JMAP, app: App) -> None:
    """RFC 7009 section 2: with either token all of them end; a second time is as good."""
    for which in ("access_token", "refresh_token"):
        tokens = app.is_let_in(alice)
        assert app.looks(tokens["access_token"]).status == 200

        for _ in range(2):
            reply = app.posts("/auth/revoke", token=tokens[which], client_id=app.id, token_type_hint="nonsense")
            assert (reply.status, reply.octets) == (200, b"")

        assert app.looks(tokens["access_token"]).status == 401
        assert app.refreshes(tokens["refresh_token"]).status == 400


def test_a_token_is_given_back_by_its_client_alone(home: Home, alice: JMAP, app: App) -> None:
    """RFC 7009 section 2.1."""
    tokens = app.is_let_in(alice)

    def error(**given: str | None) -> Any:
        reply = app.posts("/auth/revoke", **given)
        assert reply.status == 400
        return reply.json()["error"]

    assert error(token=tokens["refresh_token"], client_id="another") == "invalid_grant"
    assert error(token=tokens["refresh_token"]) == "invalid_client"
    assert error(client_id=app.id) == "invalid_request"
    assert app.posts("/auth/revoke", token="nothing", client_id=app.id).status == 200
    assert app.looks(tokens["access_token"]).status == 200


def basic(person: JMAP) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{person.name}:{person.password}".encode()).decode()}


def test_an_account_looks_at_its_own_tokens(home: Home, alice: JMAP, bob: JMAP, app: App) -> None:
    """RFC 7662 section 2; the reference, section 7 (anybody could look at anybody's)."""
    tokens = app.is_let_in(alice)

    own = app.posts("/auth/introspect", basic(alice), token=tokens["access_token"]).json()
    assert own == like(
        active=True,
        client_id=app.id,
        username=alice.name,
        token_type="Bearer",
        scope=tokens["scope"],
        sub=alice.account_id,
    )
    assert own["exp"] - own["iat"] == 3600
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert app.posts("/auth/introspect", bearer, token=tokens["refresh_token"]).json()["active"] is True

    other = app.posts("/auth/introspect", basic(bob), token=tokens["access_token"])
    assert (other.status, other.json()) == (200, {"active": False})


def test_a_token_that_is_none_is_not_active(home: Home, alice: JMAP, app: App) -> None:
    """RFC 7662 section 2.2: nothing else is told."""
    tokens = app.is_let_in(alice)
    app.refreshes(tokens["refresh_token"])

    for token in ("nothing", tokens["refresh_token"]):
        assert app.posts("/auth/introspect", basic(alice), token=token).json() == {"active": False}
    assert app.posts("/auth/introspect", basic(alice)).json()["error"] == "invalid_request"
    assert app.posts("/auth/introspect", token="nothing").status == 401


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ({"Content-Type": "application/json"}, b"{}", "invalid_request"),
        ({}, b"grant_type=refresh_token", "invalid_request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&a=2", "invalid_request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=%ff", "invalid_request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"&".join([b"a=1"] * 100), "invalid_request"),
        ({"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic !!"}, b"", "invalid_client"),
        ({"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer x"}, b"", "invalid_client"),
    ],
)
def test_a_form_that_is_none_is_refused(home: Home, headers: dict[str, str], body: bytes, error: str) -> None:
    """RFC 6749 sections 3.2 and 5.2."""
    reply = home.web.sends("POST", "/auth/token", headers, body)

    assert reply.json()["error"] == error
    assert reply.status == (401 if "Authorization" in headers else 400)
    assert ("www-authenticate" in reply.headers) == ("Authorization" in headers)


def test_a_form_has_a_limit(home: Home) -> None:
    """Ours."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert home.web.sends("POST", "/auth/token", headers, b"a=" + b"x" * 20_000).status == 413
