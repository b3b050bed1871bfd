"""Nobody comes to do more by managing than they may do already."""

import orjson
import pytest
from tests.conversations.management.tenancy import says
from tests.conversations.management.test_principal_rights import helper, steps
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.driver.oauth import App, Browser

from pillarbox.access import Manager
from pillarbox.access.scope import MAIL, MANAGE, SCOPES, attenuated
from pillarbox.datatypes.directory import Newcomer
from pillarbox.management.refusal import Forbidden


def test_a_token_to_manage_gives_no_password(home: Home) -> None:
    """RFC 6749 section 3.3: whoever has a token with a scope gets no further than that by setting a password."""
    root = Administrator(home)
    let = attenuated(SCOPES[MANAGE].permissions | SCOPES[MAIL].permissions, frozenset((MANAGE,)))
    app = Manager(root.person.name, let, None, root.person.number)
    change = orjson.dumps(steps(("set", "secrets", "a long secret of the app")))
    with pytest.raises(Forbidden):
        says(home, app, "PATCH", f"principal/{root.person.name}", "", change)
    root.does("PATCH", f"principal/{root.person.name}", steps(("set", "secrets", "a long secret of its owner")))


@pytest.mark.parametrize(
    "pairs",
    [
        {"authentication.master.user": "m", "authentication.master.secret": "a long secret of helper's"},
        {"directory.d.type": "sql", "directory.d.path": "/tmp/people", "directory.d.query.name": "SELECT 1"},
        {"directory.d.roles.0": "admin=everybody"},
    ],
)
def test_who_may_change_settings_lets_nobody_in(home: Home, pairs: dict[str, str]) -> None:
    """Management API section 20: settings that say who comes in are for who may do all that those may."""
    weak = helper(home, "settings-list", "settings-update", "settings-delete")
    change = [{"type": "insert", "prefix": None, "values": [*map(list, pairs.items())]}]
    refused = weak.is_refused(403, "POST", "settings", change)
    assert min(pairs) in refused["detail"]
    weak.is_refused(403, "POST", "apply", {"format": 1, "settings": pairs})
    assert weak.does("GET", "settings/list")["total"] == 0
    weak.does("POST", "settings", [{"type": "insert", "prefix": None, "values": [["queue.notify", "2h"]]}])


def test_who_may_not_let_anybody_in_takes_no_such_setting_away(home: Home) -> None:
    """Management API section 20: a directory that is gone leaves its people to another."""
    weak = helper(home, "settings-list", "settings-update", "settings-delete")
    pairs = [["authentication.master.user", "m"]]
    Administrator(home).does("POST", "settings", [{"type": "insert", "prefix": None, "values": pairs}])
    weak.is_refused(403, "DELETE", "settings/authentication.master.user")


def test_nobody_is_signed_in_as_somebody_stronger_by_their_address(home: Home) -> None:
    """Ours: whom another directory knows is found by address."""
    boss = home.directory.adopt(Newcomer("corp", ("boss@corp.example",)), ())
    Administrator(home).does("PATCH", "principal/boss@corp.example", steps(("set", "roles", ["admin"])))
    weak = helper(home, "individual-update")
    taken = steps(("addItem", "emails", "helper2@corp.example"))
    weak.is_refused(403, "PATCH", "principal/boss@corp.example", taken)
    assert home.directory.find("boss@corp.example") is not None
    assert boss.address == "boss@corp.example"


def test_a_client_that_was_made_here_lets_people_in(home: Home) -> None:
    """Management API section 4.1: an OAuth client is a principal; what is not said has RFC 7591's defaults."""
    root = Administrator(home)
    body = {"type": "oauthClient", "name": "web", "urls": ["https://app.example/back"], "description": "Web"}
    root.does("POST", "principal", body)
    app = App(home)
    app.id, app.uri = "web", "https://app.example/back"
    person = home.person("john")
    assert app.is_let_in(person)["token_type"] == "Bearer"
    assert Browser(home, person).asks(app.query())["needs"] != "consent"


def test_who_let_a_client_in_is_asked_again_once_it_is_somewhere_else(home: Home) -> None:
    """Ours, as RFC 7592 section 2.2 is kept: people know a client by where they are sent."""
    root = Administrator(home)
    root.does("POST", "principal", {"type": "oauthClient", "name": "web", "urls": ["https://app.example/back"]})
    app, person = App(home), home.person("john")
    app.id, app.uri = "web", "https://app.example/back"
    app.is_let_in(person)
    root.does("PATCH", "principal/web", steps(("addItem", "urls", "https://evil.example/back")))
    assert Browser(home, person).asks(app.query())["needs"] == "consent"


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
