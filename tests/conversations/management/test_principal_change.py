"""Principals are changed by steps, one of which that fails undoes all."""

import io
import json
from dataclasses import replace
from typing import Any, cast

import pytest
from tests.conversations.management.counting import Counting
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.access import OWNER, Rights
from pillarbox.datatypes.directory import principals
from pillarbox.datatypes.directory.principals import Action, Operation
from pillarbox.datatypes.server import SecurityKind, security_events
from pillarbox.store import Writing
from pillarbox.telemetry import configure


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


WRONG: list[tuple[str, Any]] = [
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
]


def test_what_cannot_be_set_is_refused(root: Administrator) -> None:
    """Management API section 4.4."""
    before = root.does("GET", "principal/jane")
    for field, value in WRONG:
        refused(root, 400, "jane", ("set", field, value))
    assert root.does("GET", "principal/jane") == before


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


def test_the_log_says_who_changed_what(root: Administrator) -> None:
    """Management API section 23: no audit trail. Ours: which fields, and not what is in them."""
    log = io.StringIO()
    configure("info", "json", log)
    change(root, "jane", ("set", "secrets", "another secret"), ("set", "description", "Jane Doe"))
    refused(root, 400, "jane", ("set", "description", "Joe"), ("set", "name", "with blanks"))
    root.does("DELETE", "principal/jane")
    said = [one for one in map(json.loads, log.getvalue().splitlines()) if one["event"] == "management.changed"]
    assert [(one["manager"], one["kind"], one["name"], one["change"]) for one in said] == [
        (root.person.name, "individual", "jane", "changed description secrets"),
        (root.person.name, "individual", "jane", "removed"),
    ]
    assert "Doe" not in log.getvalue()
    assert "another secret" not in log.getvalue()


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


def test_some_members_of_a_group_may_only_read(root: Administrator, home: Home) -> None:
    """Ours: `readers` are those of the members; the others may change what it has."""
    change(root, "team", ("set", "members", ["jane"]), ("set", "readers", ["jane"]))
    told = root.does("GET", "principal/team")
    assert (told["members"], told["readers"]) == (["jane"], ["jane"])
    assert [rights for _, rights in home.directory.members("team@corp.example")] == [Rights.READ]

    change(root, "team", ("addItem", "members", "jane"))
    assert root.does("GET", "principal/team")["readers"] == ["jane"]
    change(root, "team", ("removeItem", "readers", "jane"))
    assert [rights for _, rights in home.directory.members("team@corp.example")] == [Rights.FULL]
    refused(root, 400, "team", ("set", "members", []), ("addItem", "readers", "jane"), operation=1)
    refused(root, 422, "team", ("addItem", "readers", "nobody"), error="notFound", item="nobody")


def test_a_key_is_good_from_somewhere_until_some_time(root: Administrator) -> None:
    """Ours: the reference's keys are good from everywhere, for ever."""
    key = {"type": "apiKey", "name": "robot", "secrets": "a long secret", "networks": "192.0.2.7/32"}
    root.does("POST", "principal", {**key, "expires": "2100-01-01T01:00:00+01:00"})
    told = root.does("GET", "principal/robot")
    assert (told["networks"], told["expires"]) == (["192.0.2.7/32"], "2100-01-01T00:00:00Z")
    change(root, "robot", ("addItem", "networks", "2001:db8::/32"), ("set", "expires", ""))
    told = root.does("GET", "principal/robot")
    assert (told["networks"], "expires" in told) == (["192.0.2.7/32", "2001:db8::/32"], False)
    for field, value in (("networks", ["everywhere"]), ("expires", "2001-01-01T00:00:00Z"), ("expires", "soon")):
        refused(root, 400, "robot", ("set", field, value), error="other")


def test_the_work_of_many_steps_grows_with_their_number(home: Home) -> None:
    """Ours: while principals are changed nobody else changes any; who is looked for is looked for once."""
    root = Administrator(home)
    root.does("POST", "principal", {"type": "list", "name": "all", "emails": ["all@home.example"]})

    def asked(number: int) -> int:
        away = [f"{one}.of.{number}@far.example" for one in range(number)]
        steps = [Operation(Action.ADD, "externalMembers", one) for one in away]
        with home.directory.errand(OWNER, home.now()) as errand:
            unit = Counting(errand.server)
            principals.change(replace(errand, server=cast("Writing", unit)), "all", [*steps, *steps])
        assert root.does("GET", "principal/all")["externalMembers"][-number:] == away
        root.does("PATCH", "principal/all", [{"action": "set", "field": "externalMembers", "value": []}])
        return unit.asked

    assert asked(40) <= 2 * asked(20)
