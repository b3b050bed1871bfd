"""Clients that register: by themselves, or by somebody who may (RFC 7591, RFC 7592)."""

import base64
import json
from hashlib import blake2b
from typing import Any

import pytest
from tests.driver import JMAP, Home, Reply, like
from tests.driver.oauth import MAIL_SCOPE, VERIFIER, App, Browser, parameters

from pillarbox.datatypes.server import ACCOUNT, numbered
from pillarbox.signin.oauth import OAuthPolicy

SITE = "https://app.example.org/done"


@pytest.fixture
def admin(home: Home) -> JMAP:
    """Somebody who may register clients."""
    admin = home.person("admin")
    with home.store.write(0) as server:
        (account,) = numbered(server, ACCOUNT, (admin.number,))
        server.update(ACCOUNT.table, account.number, account.document, {**account.document, "roles": ["admin"]})
    return admin


def basic(person: JMAP) -> str:
    return "Basic " + base64.b64encode(f"{person.name}:{person.password}".encode()).decode()


def sends(home: Home, method: str, path: str, authorization: str, said: Any = None) -> Reply:
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    return home.web.sends(method, path, headers, b"" if said is None else json.dumps(said).encode())


def registers(home: Home, person: JMAP, **said: Any) -> Reply:
    metadata = {"redirect_uris": [SITE], "client_name": "Portal", "token_endpoint_auth_method": "client_secret_basic"}
    return sends(home, "POST", "/auth/register", basic(person), {**metadata, **said})


def test_a_program_registers_itself(home: Home) -> None:
    """RFC 7591 section 3.2.1, draft-ietf-mailmaint-oauth-public section 3.3: 201, and what is in force."""
    reply = App(home).registers(software_id="a", software_version="1", unheard="of", client_uri="https://example.org/")

    assert reply.status == 201
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == like(
        redirect_uris=[App.uri],
        client_name="Example Mail",
        client_uri="https://example.org/",
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        response_types=["code"],
        software_id="a",
        software_version="1",
    )
    assert set(reply.json()["scope"].split()) == {MAIL_SCOPE, "offline_access"}
    assert "unheard" not in reply.json()
    assert "client_secret" not in reply.json()


def test_the_same_registration_has_the_same_id(home: Home) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.3: but for its version."""

    def id_of(**said: Any) -> str:
        app = App(home)
        assert app.registers(**said).status == 201
        return app.id

    assert id_of() == id_of() == id_of(software_version="2")
    assert len({id_of(), id_of(client_name="Other"), id_of(tos_uri="https://example.org/"), id_of(scope="openid")}) == 4


def test_no_number_of_registrations_takes_any_room(home: Home) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.10: no exhaustion."""
    before = home.store.version(0)
    for number in range(20):
        assert App(home).registers(client_name=f"{number}").status == 201

    assert home.store.version(0) == before
    assert not home.shelf.codes


def test_an_id_is_good_for_as_long_as_its_key(home: Home, alice: JMAP) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.10: an hour at least."""
    app = App(home)
    app.registers()
    home.clock.now += 40 * 86_400

    assert "access_token" in app.is_let_in(alice)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.org/done",
        "http://app.example.org/done",
        "http://localhost/done",
        "http://127.0.0.1.evil.example/",
        "http://user@127.0.0.1/done",
        "http://user:password@127.0.0.1/done",
        "http://127.0.0.1/done#fragment",
        "http://127.0.0.1/a/../b",
        "http://127.0.0.1/do ne",
        "http://127.0.0.1/d\u00f6ne",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http:\\\\127.0.0.1\\",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailapp:/done",
        "/done",
        "done",
        "",
        "com.example.app:/" + "x" * 2000,
    ],
)
def test_who_registers_alone_is_answered_on_the_users_device(home: Home, uri: str) -> None:
    """draft-ietf-mailmaint-oauth-public section 3.3: invalid_redirect_uri for all else."""
    reply = App(home).registers(redirect_uris=[uri])

    assert (reply.status, reply.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize("uri", ["http://127.0.0.1/", "http://[::1]/done?a=b", "com.example.app:/done", "org.a.b://x"])
def test_those_are_the_places_on_it(home: Home, uri: str) -> None:
    """RFC 8252 section 7."""
    assert App(home).registers(redirect_uris=[uri]).status == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"grant_types": ["refresh_token"]},
        {"grant_types": ["implicit"]},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"client_name": "x" * 600},
        {"client_name": "a\u202eb"},
        {"client_name": 7},
        {"client_uri": "http://example.org/"},
        {"client_uri": "https://user@example.org/"},
        {"client_uri": "https://ex\u0430mple.org/"},
        {"logo_uri": "data:image/png;base64,AAAA"},
        {"scope": 7},
        {"scope": "urn:pillarbox:params:scope:manage"},
        {"contacts": ["x"] * 30},
        {"redirect_uris": [f"http://127.0.0.1/{blake2b(b'%d' % number).hexdigest()}" for number in range(15)]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_metadata_that_is_wrong_is_refused(home: Home, wrong: dict[str, Any]) -> None:
    """RFC 7591 section 3.2.2: invalid_client_metadata."""
    reply = App(home).registers(**wrong)

    assert reply.status == 400
    assert reply.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


def test_a_registration_has_a_limit(home: Home) -> None:
    """Ours: 20 KiB, of JSON."""
    headers = {"Content-Type": "application/json"}
    post = home.web.sends

    assert post("POST", "/auth/register", headers, b'{"a":"' + b"x" * 21_000 + b'"}').status == 413
    for body in (b"", b"[]", b"{", b"\xff", b'{"a":1,"a":2}'):
        assert post("POST", "/auth/register", headers, body).json()["error"] == "invalid_client_metadata"
    assert post("POST", "/auth/register", {"Content-Type": "text/plain"}, b"{}").status == 400


def test_registration_may_be_for_those_who_may(home: Home) -> None:
    """The reference, section 8; `oauth.client-registration.anonymous`."""
    home.oauth_policy = OAuthPolicy(allows_anonymous=False)
    home.build()

    assert App(home).registers().status == 401


def test_only_who_may_registers_sites(home: Home, alice: JMAP) -> None:
    """The reference, section 8: the permission `oauth-client-registration`."""
    assert registers(home, alice).status == 403


def test_a_site_is_registered_and_proves_who_it_is(home: Home, admin: JMAP, alice: JMAP) -> None:
    """RFC 7591 section 3.2.1, RFC 6749 section 2.3.1: a secret, told once."""
    told = registers(home, admin)
    assert told.status == 201
    site = told.json()
    assert site == like(client_secret_expires_at=0, redirect_uris=[SITE], application_type="web")
    app = App(home)
    app.id, app.uri = site["client_id"], SITE
    browser = Browser(home, alice)
    consent = browser.asks(app.query())
    assert consent["client"] == {
        "id": app.id,
        "name": "Portal",
        "isKnown": True,
        "redirectHost": "app.example.org",
    }
    secret = {"Authorization": "Basic " + base64.b64encode(f"{app.id}:{site['client_secret']}".encode()).decode()}
    code = browser.allows(app.query())["code"]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": SITE, "code_verifier": None}

    assert app.posts("/auth/token", client_id=app.id, **given).json()["error"] == "invalid_client"
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{app.id}:wrong".encode()).decode()}
    refused = app.posts("/auth/token", wrong, **given)
    assert (refused.status, refused.json()["error"]) == (401, "invalid_client")
    posted = app.posts("/auth/token", client_id=app.id, client_secret=site["client_secret"], **given)
    assert posted.json()["error"] == "invalid_client"
    reply = app.posts("/auth/token", secret, **{**given, "code_verifier": VERIFIER})
    assert reply.status == 200
    own = app.posts("/auth/introspect", secret, token=reply.json()["access_token"])
    assert own.json() == like(active=True, username=alice.name)


def test_a_site_is_asked_about_once(home: Home, admin: JMAP, alice: JMAP, bob: JMAP) -> None:
    """OpenID Connect Core section 3.1.2.4: consent is remembered, for these scopes, of this person."""
    app = App(home)
    app.id, app.uri = registers(home, admin).json()["client_id"], SITE
    browser = Browser(home, alice)
    assert browser.asks(app.query())["needs"] == "consent"
    browser.allows(app.query())

    assert "code" in parameters(browser.asks(app.query())["redirect"])
    assert "code" in parameters(browser.asks(app.query(prompt="none"))["redirect"])
    assert browser.asks(app.query(prompt="consent"))["needs"] == "consent"
    assert browser.asks(app.query(scope=f"{MAIL_SCOPE} openid"))["needs"] == "consent"
    assert Browser(home, bob).asks(app.query())["needs"] == "consent"


def test_who_let_a_site_in_is_asked_anew_once_it_is_elsewhere(home: Home, admin: JMAP, alice: JMAP) -> None:
    """Ours: they know it by where they are sent; with another name alone they are not asked."""
    told = registers(home, admin).json()
    app = App(home)
    app.id, app.uri = told["client_id"], SITE
    browser = Browser(home, alice)
    browser.allows(app.query())

    def changes(**said: Any) -> None:
        metadata = {"client_id": app.id, "redirect_uris": [SITE], "token_endpoint_auth_method": "client_secret_basic"}
        path = told["registration_client_uri"].removeprefix("http://127.0.0.1:8080")
        reply = sends(home, "PUT", path, f"Bearer {told['registration_access_token']}", {**metadata, **said})
        assert reply.status == 200

    changes(client_name="Other")
    assert "redirect" in browser.asks(app.query())
    app.uri = "https://elsewhere.example.org/done"
    changes(redirect_uris=[app.uri])
    assert browser.asks(app.query())["needs"] == "consent"


def test_a_look_alike_domain_is_shown_as_what_it_is(home: Home, admin: JMAP, alice: JMAP) -> None:
    """Ours: people are shown a host in ASCII; what is none is no redirect URI."""
    assert registers(home, admin, redirect_uris=["https://ex\u0430mple.org/"]).status == 400
    app = App(home)
    app.uri = "https://xn--exmple-4nf.org/"
    app.id = registers(home, admin, redirect_uris=[app.uri]).json()["client_id"]

    assert Browser(home, alice).asks(app.query())["client"]["redirectHost"] == "xn--exmple-4nf.org"


def test_a_registration_is_read_changed_and_removed(home: Home, admin: JMAP, alice: JMAP) -> None:
    """RFC 7592 section 2."""
    told = registers(home, admin, token_endpoint_auth_method="none", redirect_uris=["com.example.app:/done"]).json()
    path = told["registration_client_uri"].removeprefix("http://127.0.0.1:8080")
    bearer = f"Bearer {told['registration_access_token']}"
    assert sends(home, "GET", path, bearer).json()["client_name"] == "Portal"
    app = App(home)
    app.id, app.uri = told["client_id"], "com.example.app:/done"
    tokens = app.is_let_in(alice)
    assert app.looks(tokens["access_token"]).status == 200

    said = {"client_id": app.id, "redirect_uris": [SITE], "token_endpoint_auth_method": "client_secret_post"}
    changed = sends(home, "PUT", path, bearer, said)
    assert changed.status == 200
    assert changed.json() == like(redirect_uris=[SITE])
    assert "client_secret" in changed.json()
    assert "client_name" not in changed.json()
    for wrong in ({**said, "client_id": "x"}, {**said, "client_secret": "x"}, {"client_id": app.id}):
        assert sends(home, "PUT", path, bearer, wrong).status == 400

    assert sends(home, "DELETE", path, bearer).status == 204

    assert app.looks(tokens["access_token"]).status == 401
    assert sends(home, "GET", path, bearer).status == 401


def test_a_registration_is_managed_with_its_own_token(home: Home, admin: JMAP) -> None:
    """RFC 7592 section 2: 401 for any other."""
    one, other = registers(home, admin).json(), registers(home, admin).json()
    path = f"/auth/register/{one['client_id']}"

    for authorization in (f"Bearer {other['registration_access_token']}", "Bearer x", basic(admin), ""):
        reply = sends(home, "GET", path, authorization)
        assert reply.status == 401
        assert reply.json()["error"] == "invalid_token"
        assert "Bearer" in reply.headers["www-authenticate"]
    assert sends(home, "DELETE", path, "Bearer x").status == 401


def test_clients_may_have_to_be_registered(home: Home, alice: JMAP) -> None:
    """The reference, section 8: `oauth.client-registration.require`, for every flow."""
    home.oauth_policy = OAuthPolicy(requires_registration=True)
    home.build()
    app = App(home)
    app.id = "unknown"

    assert home.web.sends("GET", f"/authorize/code?{app.query()}").status == 400
    assert app.posts("/auth/device", client_id="unknown").json()["error"] == "invalid_client"
    assert app.registers().status == 201
    assert home.web.sends("GET", f"/authorize/code?{app.query()}").status == 200


def test_a_client_that_was_not_registered_is_answered_on_the_users_device(home: Home, alice: JMAP) -> None:
    """The reference, section 8 (any client id and any redirect URI): native URIs alone."""
    app = App(home)
    app.id = "unknown"

    assert home.web.sends("GET", f"/authorize/code?{app.query()}").status == 200
    for uri in ("https://evil.example/", "stalwart://auth", "http://evil.example/"):
        assert home.web.sends("GET", f"/authorize/code?{app.query(redirect_uri=uri)}").status == 400
