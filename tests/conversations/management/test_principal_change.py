"""Principals are changed by steps, one of which that fails undoes all."""

from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import SecurityKind, security_events


@pytest.fixture
def root(home: Home) -> Administrator:
    """An administrator of a server with the domain corp.example, where jane is, and a group and a list without her."""
    found = Administrator(home)
    found.does("POST", "principal", {"type": "domain", "name": "corp.example"})
    jane = {"type": "individual", "name": "jane", "emails": ["jane@corp.example"], "roles": ["user"]}
    found.does("POST", "principal", {**jane, "secrets": "jane's own secret"})
    found.does("POST", "principal", {"type": "group", "name": "team", "emails": ["team@corp.example"]})
    found.does("POST", "principal", {"type": "list", "name": "all", "emails": ["all@corp.example"]})
    return found


def change(root: Administrator, name: str, *steps: tuple[str, str, Any]) -> None:
    root.does("PATCH", f"principal/{name}", [{"action": a, "field": f, "value": v} for a, f, v in steps])


def refused(root: Administrator, status: int, name: str, *steps: tuple[str, str, Any], **members: Any) -> None:
    body = [{"action": a, "field": f, "value": v} for a, f, v in steps]
    root.is_refused(status, "PATCH", f"principal/{name}", body, **members)


def test_steps_are_done_in_their_order(root: Administrator) -> None:
    """Management API section 4.4."""
    change(
        root,
        "jane",
        ("addItem", "emails", "jd@corp.example"),
        ("set", "description", "Jane Doe"),
        ("removeItem", "emails", "jane@corp.example"),
        ("addItem", "emails", "JD@corp.example"),
        ("set", "quota", 5000),
    )
    told = root.does("GET", "principal/jane")
    assert (told["emails"], told["description"], told["quota"]) == (["jd@corp.example"], "Jane Doe", 5000)


def test_a_step_that_cannot_be_done_undoes_all(root: Administrator) -> None:
    """Management API section 4.4: the first invalid one aborts all; ours: it is named."""
    refused(
        root,
        422,
        "jane",
        ("set", "description", "Jane Doe"),
        ("addItem", "emails", "jane@elsewhere.example"),
        error="notFound",
        item="elsewhere.example",
        operation=1,
    )
    assert "description" not in root.does("GET", "principal/jane")


def test_one_kind_of_membership_is_set_without_the_others(root: Administrator) -> None:
    """Management API section 23: `set` on memberOf, lists or roles wiped the other kinds."""
    change(root, "jane", ("set", "memberOf", ["team"]), ("set", "lists", ["all"]))
    change(root, "jane", ("set", "roles", ["user", "tenant-admin"]))
    told = root.does("GET", "principal/jane")
    assert (told["memberOf"], told["lists"], told["roles"]) == (["team"], ["all"], ["tenant-admin", "user"])
    change(root, "jane", ("set", "lists", []))
    told = root.does("GET", "principal/jane")
    assert (told["memberOf"], told["lists"], told["roles"]) == (["team"], [], ["tenant-admin", "user"])


def test_a_group_is_never_in_itself(root: Administrator) -> None:
    """Ours: groups in groups end."""
    root.does("POST", "principal", {"type": "group", "name": "inner", "memberOf": ["team"]})
    root.does("POST", "principal", {"type": "group", "name": "innermost", "memberOf": ["inner"]})
    refused(root, 400, "team", ("addItem", "memberOf", "innermost"), error="other")
    refused(root, 400, "innermost", ("addItem", "members", "team"), error="other")
    refused(root, 400, "team", ("addItem", "members", "team"), error="other")


def test_whoever_is_in_an_inner_group_sees_the_outer_one(home: Home, root: Administrator) -> None:
    """Ours: a group's account is shown to all who are in it, by way of others too."""
    root.does("POST", "principal", {"type": "group", "name": "inner", "memberOf": ["team"], "members": ["jane"]})
    found = home.directory.find("jane")
    assert found is not None
    assert [one.name for one in found.groups] == ["inner", "team"]
    assert len(home.directory.reach(found.number)) == 3


def test_an_address_that_goes_is_replaced_in_lists(root: Administrator) -> None:
    """Ours: whoever is in a list stays there under another address."""
    change(root, "jane", ("set", "lists", ["all"]))
    change(root, "jane", ("set", "emails", ["doe@corp.example"]))
    told = root.does("GET", "principal/all")
    assert (told["members"], told["externalMembers"]) == (["jane"], [])


def test_a_name_is_unique_over_all_types(root: Administrator) -> None:
    """Management API section 4.2; names that differ in case or in Unicode form are the same (RFC 5051)."""
    for name in ("JANE", "team", "corp.example", "jane@corp.example"):
        refused(root, 409, "all", ("set", "name", name), error="fieldAlreadyExists", field="name")
    root.does("POST", "principal", {"type": "individual", "name": "j\u00fcrgen"})
    root.is_refused(409, "POST", "principal", {"type": "list", "name": "Ju\u0308rgen"}, error="fieldAlreadyExists")


def test_an_address_is_unique(root: Administrator) -> None:
    """Management API section 4.3."""
    for address in ("jane@corp.example", "TEAM@corp.example"):
        refused(root, 409, "all", ("addItem", "emails", address), error="fieldAlreadyExists", field="emails")


def test_nobody_gets_the_address_that_another_signs_in_by(root: Administrator) -> None:
    """Ours: a name with an @ is nobody else's address."""
    root.does("POST", "principal", {"type": "individual", "name": "joe@corp.example"})
    refused(root, 409, "jane", ("addItem", "emails", "joe@corp.example"), error="fieldAlreadyExists")
    change(root, "joe@corp.example", ("addItem", "emails", "joe@corp.example"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("usedQuota", 5),
        ("type", "group"),
        ("id", "a9"),
        ("members", ["team"]),
        ("urls", ["https://a.example"]),
        ("quota", -1),
        ("quota", "much"),
        ("emails", ["no address"]),
        ("emails", [5]),
        ("name", "with blanks"),
        ("name", "with:colon"),
        ("description", 5),
        ("enabledPermissions", ["fly"]),
        ("colour", "green"),
    ],
)
def test_what_cannot_be_set_is_refused(root: Administrator, field: str, value: Any) -> None:
    """Management API section 4.4."""
    refused(root, 400, "jane", ("set", field, value))


def test_secrets_are_hashed_here_and_told_nobody(home: Home, root: Administrator) -> None:
    """Management API section 23: hash unhashed secrets server-side, return none."""
    found = home.directory.find("jane")
    assert found is not None
    assert found.secret is not None
    assert found.secret.startswith("$argon2id$")
    assert home.check.verified("JANE", "jane's own secret") is not None
    assert home.check.verified("jane@corp.example", "jane's own secret") is not None
    assert "secrets" not in root.does("GET", "principal/jane")
    change(root, "jane", ("set", "secrets", "{PLAIN}another secret"))
    assert home.check.verified("jane", "jane's own secret") is None
    assert home.check.verified("jane", "another secret") is not None


def test_the_owner_finds_what_was_done_to_them(home: Home, root: Administrator) -> None:
    """Management API section 23: no audit trail."""
    change(root, "jane", ("set", "secrets", "another secret"), ("set", "roles", []), ("set", "name", "doe"))
    found = home.directory.find("doe")
    assert found is not None
    with home.store.read(0) as server:
        kinds = {one.kind for one in security_events(server, found.number)}
    assert kinds == {
        SecurityKind.PASSWORD_CHANGED.value,
        SecurityKind.PERMISSIONS_CHANGED.value,
        SecurityKind.ADDRESSES_CHANGED.value,
    }


def test_who_has_read_something_else_changes_nothing(root: Administrator) -> None:
    """RFC 9110 section 13.1.1: If-Match."""
    tag = root.calls("GET", "principal/jane").headers["etag"]
    change(root, "jane", ("set", "description", "Jane"))
    step = [{"action": "set", "field": "description", "value": "John"}]
    assert root.calls("PATCH", "principal/jane", step, {"if-match": tag}).status == 412
    assert root.calls("DELETE", "principal/jane", None, {"if-match": tag}).status == 412
    tag = root.calls("GET", "principal/jane").headers["etag"]
    assert root.calls("PATCH", "principal/jane", step, {"if-match": tag}).status == 200


def test_a_role_that_is_called_something_else_stays_with_whom_has_it(root: Administrator) -> None:
    """Ours."""
    root.does("POST", "principal", {"type": "role", "name": "helper", "enabledPermissions": ["email-send"]})
    change(root, "jane", ("addItem", "roles", "helper"))
    change(root, "helper", ("set", "name", "aide"))
    assert root.does("GET", "principal/jane")["roles"] == ["aide", "user"]


def test_the_members_of_a_role_are_the_roles_that_have_it(root: Administrator) -> None:
    """Management API section 4.4: role to role."""
    root.does("POST", "principal", {"type": "role", "name": "inner", "enabledPermissions": ["email-send"]})
    root.does("POST", "principal", {"type": "role", "name": "outer"})
    change(root, "inner", ("addItem", "members", "outer"))
    assert root.does("GET", "principal/outer")["roles"] == ["inner"]
    assert root.does("GET", "principal/inner")["members"] == ["outer"]
    change(root, "inner", ("set", "members", []))
    assert root.does("GET", "principal/outer")["roles"] == []
