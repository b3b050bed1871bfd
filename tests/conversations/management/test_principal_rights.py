"""Who may do what to which principal, and what nobody may."""

import base64
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def helper(home: Home, *permissions: str) -> Administrator:
    """Somebody with an account who may do just this besides."""
    found = Administrator(home, home.person("helper"), "user")
    step = [{"action": "set", "field": "enabledPermissions", "value": [*permissions]}]
    Administrator(home, home.person("chief"), "admin").does("PATCH", "principal/helper@home.example", step)
    return found


def steps(*wanted: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"action": action, "field": field, "value": value} for action, field, value in wanted]


def key_of(name: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer api_{base64.b64encode(f'{name}:{secret}'.encode()).decode()}"}


def test_each_type_has_permissions_of_its_own(home: Home) -> None:
    """Management API section 4.1."""
    root = helper(home, "individual-list", "individual-get", "mailing-list-create")
    assert root.does("GET", "principal", types="individual")["total"] == 2
    root.is_refused(403, "GET", "principal?types=individual,group")
    root.is_refused(403, "GET", "principal")
    root.does("GET", "principal/chief@home.example")
    root.is_refused(403, "GET", "principal/home.example")
    root.does("POST", "principal", {"type": "list", "name": "all"})
    root.is_refused(403, "POST", "principal", {"type": "group", "name": "team"})
    root.is_refused(403, "PATCH", "principal/all", steps(("set", "name", "some")))
    root.is_refused(403, "DELETE", "principal/all")


def test_nobody_gives_what_they_do_not_hold(home: Home, root: Administrator) -> None:
    """Management API section 20."""
    root.does("POST", "principal", {"type": "role", "name": "strong", "enabledPermissions": ["restart"]})
    weak = helper(home, "individual-create", "individual-update", "api-key-create", "role-create", "role-update")
    home.person("jane")
    for field, value in (("roles", ["admin"]), ("roles", ["strong"]), ("enabledPermissions", ["restart"])):
        for kind in ("individual", "apiKey", "role"):
            refused = weak.is_refused(
                400, "POST", "principal", {"type": kind, "name": "new", field: value}, error="other"
            )
            assert [one["field"] for one in refused["invalid"]] == [field]
        for name in ("jane@home.example", "helper@home.example"):
            weak.is_refused(400, "PATCH", f"principal/{name}", steps(("set", field, value)), error="other")


def test_what_was_denied_is_given_back_by_who_holds_it_alone(home: Home, root: Administrator) -> None:
    """Management API section 20: disabled always wins, so that to end it is to give."""
    home.person("jane")
    denied = steps(("set", "disabledPermissions", ["restart"]))
    root.does("PATCH", "principal/jane@home.example", denied)
    weak = helper(home, "individual-update")
    undone = steps(("set", "disabledPermissions", []))
    weak.is_refused(400, "PATCH", "principal/jane@home.example", undone, error="other")


def test_nobody_lets_themselves_in_as_somebody_stronger(home: Home, root: Administrator) -> None:
    """Ours: another's password is another's power."""
    weak = helper(home, "individual-update")
    taken = steps(("set", "secrets", "known to helper"))
    weak.is_refused(403, "PATCH", f"principal/{root.person.name}", taken)
    home.person("jane")
    weak.does("PATCH", "principal/jane@home.example", taken)


def test_the_last_administrator_stays(home: Home, root: Administrator) -> None:
    """Ours: somebody can administer the server, whoever is removed."""
    at = f"principal/{root.person.name}"
    root.is_refused(409, "DELETE", at)
    for change in (
        ("set", "roles", ["user"]),
        ("removeItem", "roles", "admin"),
        ("set", "disabledPermissions", ["authenticate"]),
        ("set", "secrets", []),
    ):
        root.is_refused(409, "PATCH", at, steps(change))
    root.is_refused(409, "DELETE", "principal?type=individual&confirm=true")
    Administrator(home, home.person("second"), "admin")
    root.does("DELETE", at)


def test_a_role_that_makes_the_last_administrator_stays_as_it_is(home: Home, root: Administrator) -> None:
    """Ours."""
    root.does("POST", "principal", {"type": "role", "name": "chief", "roles": ["admin"]})
    root.does("PATCH", f"principal/{root.person.name}", steps(("set", "roles", ["chief"])))
    root.is_refused(409, "PATCH", "principal/chief", steps(("set", "disabledPermissions", ["restart"])))
    root.is_refused(409, "DELETE", "principal/chief")


def test_a_key_opens_with_the_secret_that_was_sent(home: Home, root: Administrator) -> None:
    """Management API section 4.2: apiKey has secrets."""
    for secrets in (["kept by another server"], "kept by another server", ["a" * 40]):
        body = {"type": "apiKey", "name": "deploy", "secrets": secrets, "roles": ["tenant-admin"]}
        root.does("POST", "principal", body)
        secret = secrets if isinstance(secrets, str) else secrets[0]
        assert home.web.sends("GET", "/api/principal?types=domain", key_of("deploy", secret)).status == 200
        assert home.web.sends("GET", "/api/principal?types=domain", key_of("deploy", "another secret")).status == 401
        assert "secrets" not in root.does("GET", "principal/deploy")
        root.does("DELETE", "principal/deploy")


def test_a_key_is_good_from_where_and_until_when_it_says(home: Home, root: Administrator) -> None:
    """Ours: networks and an end; neither is for who may do less than the key to change."""
    body = {"type": "apiKey", "name": "deploy", "roles": ["admin"], "networks": ["203.0.113.0/24"]}
    root.does("POST", "principal", {**body, "secrets": "a long secret", "expires": "2099-12-31T12:00:00+01:00"})
    told = root.does("GET", "principal/deploy")
    assert (told["networks"], told["expires"]) == (["203.0.113.0/24"], "2099-12-31T11:00:00Z")
    assert home.web.sends("GET", "/api/principal?types=domain", key_of("deploy", "a long secret")).status == 401
    for end in ("2001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "soon", "2099-12-31"):
        root.is_refused(400, "PATCH", "principal/deploy", steps(("set", "expires", end)), error="other")
    weak = helper(home, "api-key-update")
    for field in ("networks", "expires", "secrets"):
        weak.is_refused(403, "PATCH", "principal/deploy", steps(("set", field, "")))
    root.does("PATCH", "principal/deploy", steps(("set", "networks", [])))
    assert home.web.sends("GET", "/api/principal?types=domain", key_of("deploy", "a long secret")).status == 200


def test_a_key_does_no_more_than_who_made_it(home: Home) -> None:
    """Issue 7: a key is bound by its maker's permissions, as they are now."""
    chief = Administrator(home, home.person("chief"), "admin")
    maker = Administrator(home, home.person("maker"), "admin")
    maker.does("POST", "principal", {"type": "apiKey", "name": "k", "secrets": "a long secret", "roles": ["admin"]})
    header = key_of("k", "a long secret")
    assert home.web.sends("GET", "/api/principal?types=domain", header).status == 200
    made = b'{"type":"apiKey","name":"second","secrets":"a long secret","roles":["admin"]}'
    assert home.web.sends("POST", "/api/principal", header, made).status == 200
    chief.does("PATCH", "principal/maker@home.example", steps(("set", "roles", ["user"])))
    for name in ("k", "second"):
        assert home.web.sends("GET", "/api/principal?types=domain", key_of(name, "a long secret")).status == 403
    chief.does("DELETE", "principal/maker@home.example")
    assert home.web.sends("GET", "/api/principal?types=domain", header).status == 403


def test_an_account_without_roles_does_not_sign_in(home: Home, root: Administrator) -> None:
    """Management API section 4.3: no default role."""
    root.does("POST", "principal", {"type": "individual", "name": "jane", "secrets": "a long secret"})
    header = {"authorization": f"Basic {base64.b64encode(b'jane:a long secret').decode()}"}
    assert home.web.sends("GET", "/.well-known/jmap", header).status == 403
    root.does("PATCH", "principal/jane", steps(("set", "roles", ["user"])))
    session = home.web.sends("GET", "/.well-known/jmap", header)
    assert (session.status, session.json()["username"]) == (200, "jane")
