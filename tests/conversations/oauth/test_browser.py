"""The browser in which somebody has signed in: a cookie, and who may let apps in at all (RFC 6265; ours)."""

import json

import pytest
from tests.driver import JMAP, Home, Reply, Request
from tests.driver.oauth import App, Browser

from pillarbox.datatypes.server import ACCOUNT, numbered


@pytest.fixture
def app(home: Home) -> App:
    """An app that has registered."""
    app = App(home)
    assert app.registers().status == 201
    return app


def asks(home: Home, app: App, cookie: str, scheme: str) -> Reply:
    """What the page asks, with a Cookie header as it is."""
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    body = json.dumps({"query": app.query()}).encode()
    (reply,) = home.web.together([Request("POST", "/auth/authorize", headers, (body,), scheme=scheme)])
    return reply


def needs(reply: Reply) -> str:
    assert reply.status == 200
    return str(reply.json()["needs"])


def test_with_tls_only_a_cookie_counts_that_no_other_host_can_have_set(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6265 section 8.6 (no integrity between hosts of a domain): the prefix __Host- has it."""
    token = Browser(home, alice).cookie

    assert needs(asks(home, app, f"__Host-pillarbox-session={token}", "https")) == "consent"
    assert needs(asks(home, app, f"pillarbox-session={token}", "https")) == "sign-in"
    assert needs(asks(home, app, f"pillarbox-session={token}", "http")) == "consent"


@pytest.mark.parametrize(
    "cookie",
    [
        "pillarbox-session=",
        "pillarbox-session",
        "pillarbox-session=nothing",
        "pillarbox-session={}; pillarbox-session=other",
        "pillarbox-session=other; pillarbox-session={}",
        'pillarbox-session="{}"',
        "Pillarbox-Session={}",
        "pillarbox-session={}" + "A" * 20_000,
        "pillarbox-session=" + "é" * 10,
    ],
)
def test_a_cookie_that_is_not_plainly_ours_is_none(home: Home, alice: JMAP, app: App, cookie: str) -> None:
    """Ours: of two, one was laid there by somebody else."""
    assert needs(asks(home, app, cookie.replace("{}", Browser(home, alice).cookie or ""), "http")) == "sign-in"


def test_a_session_is_found_among_others_cookies(home: Home, alice: JMAP, app: App) -> None:
    """RFC 6265 section 4.2.1."""
    token = Browser(home, alice).cookie

    assert needs(asks(home, app, f"theme=dark; pillarbox-session={token};lang=de", "http")) == "consent"


def test_a_session_has_an_end(home: Home, alice: JMAP, app: App) -> None:
    """Ours: two weeks."""
    browser = Browser(home, alice)
    home.clock.now += 14 * 86_400 - 60
    assert browser.asks(app.query())["needs"] == "consent"
    home.clock.now += 61

    assert browser.asks(app.query())["needs"] == "sign-in"


def test_who_may_not_let_apps_in_does_not(home: Home, alice: JMAP, app: App) -> None:
    """The reference's management API, section 20: authenticate-oauth, for tokens of before too."""
    tokens = app.is_let_in(alice)
    browser = Browser(home, alice)
    with home.store.write(0) as server:
        (account,) = numbered(server, ACCOUNT, (alice.number,))
        document = {**account.document, "disabledPermissions": ["authenticate-oauth"]}
        server.update(ACCOUNT.table, account.number, account.document, document)

    assert browser.posts("/auth/authorize", {"query": app.query()}).status == 403
    assert browser.posts("/auth/authorize/decision", {"query": app.query(), "allow": True}).status == 403
    assert browser.posts("/auth/device/decision", {"code": "AAAA-AAAA", "allow": True}).status == 403
    assert app.looks(tokens["access_token"]).status == 403
