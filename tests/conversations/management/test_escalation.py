"""Nobody comes to do more by managing than they may do already."""

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.conversations.management.tenancy import says
from tests.conversations.management.test_principal_rights import helper, steps
from tests.conversations.oauth.test_registration import SITE, registers
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.driver.oauth import App, Browser

from pillarbox.access import PERMISSIONS, Manager
from pillarbox.access.scope import MAIL, MANAGE, SCOPES, attenuated
from pillarbox.datatypes.directory import Newcomer
from pillarbox.management.refusal import Forbidden


def _app(root: Administrator) -> Manager:
    """An app that somebody has let administer, and nothing else."""
    whole = SCOPES[MANAGE].permissions | SCOPES[MAIL].permissions
    return Manager(root.person.name, attenuated(whole, frozenset((MANAGE,))), None, root.person.number, PERMISSIONS)


def test_a_token_to_manage_makes_people_who_have_mail(home: Home) -> None:
    """The scope says: everything that you may do as an administrator. The app itself reads no mail by it."""
    jane = {"type": "individual", "name": "jane", "emails": ["jane@home.example"], "roles": ["user"]}
    body = orjson.dumps({**jane, "secrets": "a long enough password"})
    app = _app(Administrator(home))
    assert says(home, app, "POST", "principal", "", body)
    says(home, app, "PATCH", "principal/jane", "", orjson.dumps(steps(("set", "secrets", "another long one"))))
    assert "jmap-email-get" not in app.permissions


def test_a_token_to_manage_gives_no_password(home: Home) -> None:
    """RFC 6749 section 3.3: whoever has a token with a scope gets no further than that by setting a password."""
    root = Administrator(home)
    app = _app(root)
    change = orjson.dumps(steps(("set", "secrets", "a long secret of the app")))
    with pytest.raises(Forbidden):
        says(home, app, "PATCH", f"principal/{root.person.name}", "", change)
    root.does("PATCH", f"principal/{root.person.name}", steps(("set", "secrets", "a long secret of its owner")))


def test_who_may_change_settings_lets_nobody_in(home: Home) -> None:
    """Management API section 20: settings that say who comes in are for who may do all that those may."""
    weak = helper(home, "settings-list", "settings-update", "settings-delete")
    secret = home.passwords.hash("known to helper")
    private = ec.generate_private_key(ec.SECP256R1())
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for prefix, pairs in (
        ("authentication.master", [["user", "m"], ["secret", secret]]),
        ("oauth.oidc", [["signature-key", key], ["signature-algorithm", "ES256"]]),
        ("directory.d", [["type", "ldap"], ["url", "ldaps://far.example"], ["base-dn", "dc=far"]]),
    ):
        change = {"type": "insert", "prefix": prefix, "values": pairs}
        refused = weak.is_refused(403, "POST", "settings", [change])
        assert prefix in refused["detail"]
        document = {"format": 1, "settings": {f"{prefix}.{name}": text for name, text in pairs}}
        assert prefix in weak.is_refused(403, "POST", "apply", document)["detail"]
    assert weak.does("GET", "settings/list")["total"] == 0
    weak.does("POST", "settings", [{"type": "insert", "values": [["queue.relay.host", "relay.far.example"]]}])


def test_who_may_not_let_anybody_in_takes_no_such_setting_away(home: Home) -> None:
    """Management API section 20: a directory that is gone leaves its people to another."""
    weak = helper(home, "settings-list", "settings-update", "settings-delete")
    pairs = [["type", "ldap"], ["url", "ldaps://far.example"], ["base-dn", "dc=far"], ["timeout", "3s"]]
    change = {"type": "insert", "prefix": "directory.d", "values": pairs}
    Administrator(home).does("POST", "settings", [change])
    weak.is_refused(403, "DELETE", "settings/directory.d.timeout")


def test_who_may_only_read_settings_finds_out_no_secret(home: Home) -> None:
    """Management API section 23: secrets are not told, nor whether it is this one."""
    weak = helper(home, "settings-list")
    values = [["host", "relay.far.example"], ["username", "us"], ["secret", "known to few"]]
    change = {"type": "insert", "prefix": "queue.relay", "values": values}
    Administrator(home).does("POST", "settings", [change])
    for guess in ("known to few", "something else"):
        document = {"format": 1, "settings": {"queue.relay.secret": guess}}
        assert "settings-update" in weak.is_refused(403, "POST", "apply?dry-run=true", document)["detail"]


def test_who_may_change_settings_has_no_secret_sent_to_them(home: Home) -> None:
    """Management API section 23: secrets are not told; nor are they by changing where they are sent."""
    weak = helper(home, "settings-list", "settings-update", "settings-delete")
    relay = [["host", "relay.far.example"], ["username", "us"], ["secret", "known to few"]]
    Administrator(home).does("POST", "settings", [{"type": "insert", "prefix": "queue.relay", "values": relay}])
    moved = {"type": "insert", "prefix": "queue.relay", "values": [["host", "helper.far.example"]]}
    marked = {"type": "insert", "prefix": "queue.relay", "values": [["host", "helper.far.example"], ["secret", "••••"]]}
    for changes in ([moved], [marked], [{"type": "clear", "prefix": "queue.relay.h"}, marked]):
        assert "queue.relay.secret" in weak.is_refused(403, "POST", "settings", changes)["detail"]
    document = {"format": 1, "settings": {"queue.relay.host": "helper.far.example"}}
    assert "queue.relay.secret" in weak.is_refused(403, "POST", "apply", document)["detail"]
    anew = [["host", "other.far.example"], ["secret", "another"]]
    weak.does("POST", "settings", [{"type": "insert", "prefix": "queue.relay", "values": anew}])


def test_nobody_is_signed_in_as_somebody_stronger_by_their_address(home: Home) -> None:
    """Ours: whom another directory knows is found by address."""
    home.directory.adopt(Newcomer("corp", ("boss@corp.example",)), ())
    Administrator(home).does("PATCH", "principal/boss@corp.example", steps(("set", "roles", ["admin"])))
    weak = helper(home, "individual-update")
    taken = steps(("addItem", "emails", "helper2@corp.example"))
    weak.is_refused(403, "PATCH", "principal/boss@corp.example", taken)


def test_a_client_that_was_made_here_lets_people_in(home: Home) -> None:
    """Management API section 4.1: an OAuth client is a principal; what is not said has RFC 7591's defaults."""
    body = {"type": "oauthClient", "name": "web", "urls": [SITE], "description": "Web"}
    Administrator(home).does("POST", "principal", body)
    app = App(home)
    app.id, app.uri = "web", SITE
    assert app.is_let_in(home.person("john"))["token_type"] == "Bearer"


def test_who_let_a_client_in_is_asked_again_once_it_is_somewhere_else(home: Home) -> None:
    """Ours, as registrations are changed (RFC 7592 section 2.2): people know a client by where they are sent."""
    root, browser = Administrator(home), Browser(home, home.person("john"))
    app = App(home)
    app.id, app.uri = registers(home, root.person).json()["client_id"], SITE
    browser.allows(app.query())
    root.does("PATCH", f"principal/{app.id}", steps(("set", "description", "Another name")))
    assert "needs" not in browser.asks(app.query())
    root.does("PATCH", f"principal/{app.id}", steps(("addItem", "urls", "https://far.example/back")))
    assert browser.asks(app.query())["needs"] == "consent"


def test_a_client_is_answered_where_one_may_be(home: Home) -> None:
    """RFC 9700 section 2.1; RFC 8252 section 7: TLS, a person's own device, or a scheme that is somebody's."""
    root = Administrator(home)
    for url in ("http://app.example/back", "javascript:alert(1)", "https://app.example/a#b", "nothing"):
        body = {"type": "oauthClient", "name": "web", "urls": [url]}
        refused = root.is_refused(400, "POST", "principal", body, error="other")
        assert [one["field"] for one in refused["invalid"]] == ["urls"]


def test_a_page_of_another_site_asks_in_json(home: Home) -> None:
    """WHATWG Fetch, "CORS-preflight fetch": a browser sends what it remembers of Basic with what is simple."""
    root = Administrator(home)
    home.abides_by(permissive_cors="true")
    theirs = {"origin": "https://far.example", "sec-fetch-site": "cross-site"}
    body = {"type": "list", "name": "all"}
    assert root.calls("POST", "principal", body, {**theirs, "content-type": "text/plain"}).status == 415
    for method in ("GET", "POST"):
        assert root.calls(method, "store/purge/account", None, {**theirs, "content-type": "text/plain"}).status == 415
    assert root.calls("GET", "principal", None, {**theirs, "content-type": ""}).status == 200
    assert root.calls("POST", "principal", body, theirs).status == 200
    assert root.calls("POST", "store/purge/account", None, {"content-type": ""}).status == 200
