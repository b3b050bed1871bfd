"""Tenants: parts of the server whose administrators see nothing of others (management API section 20)."""

from typing import Any

import pytest
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator


def steps(*wanted: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"action": action, "field": field, "value": value} for action, field, value in wanted]


def settle(root: Administrator, tenant: str, **properties: Any) -> None:
    """A tenant with a domain and an administrator, boss@TENANT.example, whose password is "boss of TENANT"."""
    domain = f"{tenant}.example"
    root.does("POST", "principal", {"type": "tenant", "name": tenant, **properties})
    root.does("POST", "principal", {"type": "domain", "name": domain, "tenant": tenant})
    boss = {"type": "individual", "name": f"boss@{domain}", "emails": [f"boss@{domain}"], "roles": ["tenant-admin"]}
    root.does("POST", "principal", {**boss, "secrets": f"boss of {tenant}", "tenant": tenant})


def boss_of(home: Home, tenant: str) -> Administrator:
    found = home.directory.find(f"boss@{tenant}.example")
    assert found is not None
    person = JMAP(home.web, found.name, f"boss of {tenant}", found.id, found.number)
    return Administrator(home, person)


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


@pytest.fixture
def boss(home: Home, root: Administrator) -> Administrator:
    """The administrator of the tenant acme; there is globex besides."""
    settle(root, "acme")
    settle(root, "globex")
    return boss_of(home, "acme")


def test_a_tenant_sees_its_own_alone(boss: Administrator) -> None:
    """Management API section 20: principals of a tenant are invisible to others."""
    kinds = "individual,group,resource,location,list,domain,role,apiKey"
    assert [one["name"] for one in boss.does("GET", "principal", types=kinds)["items"]] == [
        "acme.example",
        "boss@acme.example",
    ]
    for name in ("boss@globex.example", "globex.example", "root@home.example", "home.example", "globex"):
        boss.is_refused(404, "GET", f"principal/{name}")
        boss.is_refused(404, "PATCH", f"principal/{name}", steps(("set", "description", "mine")))
        boss.is_refused(404, "DELETE", f"principal/{name}")
    boss.is_refused(403, "GET", "principal?types=individual&tenant=globex")


def test_what_a_tenant_makes_is_its_own(home: Home, root: Administrator, boss: Administrator) -> None:
    """Management API section 4.2, "tenant"."""
    boss.does("POST", "principal", {"type": "group", "name": "team@acme.example", "members": ["boss@acme.example"]})
    assert root.does("GET", "principal/team@acme.example")["tenant"] == "acme"
    assert root.does("GET", "principal", tenant="acme")["total"] == 3
    assert root.does("GET", "principal/acme")["members"] == 1
    found = home.directory.find("team@acme.example")
    assert found is not None
    assert found.tenant is not None


def test_a_name_in_a_tenant_ends_with_its_domain(boss: Administrator) -> None:
    """Management API section 4.3. Ours: so nothing is told of whether others have a name."""
    names = ("team", "team@globex.example", "boss@globex.example", "root@home.example", "globex", "admin")
    for kind in ("group", "list", "apiKey", "role"):
        for name in names:
            refused = boss.is_refused(400, "POST", "principal", {"type": kind, "name": name}, error="other")
            assert [one["field"] for one in refused["invalid"]] == ["name"]
    told = {
        boss.is_refused(400, "PATCH", "principal/boss@acme.example", steps(("set", "name", name)))["detail"]
        for name in names
    }
    assert len(told) == 1


def test_a_tenant_has_no_part_in_others(root: Administrator, boss: Administrator) -> None:
    """Management API section 23: tenant isolation."""
    root.does("POST", "principal", {"type": "role", "name": "shared", "enabledPermissions": ["email-send"]})
    root.does("POST", "principal", {"type": "list", "name": "all@globex.example", "tenant": "globex"})
    group = {"type": "group", "name": "team@acme.example"}
    boss.is_refused(422, "POST", "principal", {**group, "emails": ["team@globex.example"]}, error="notFound")
    boss.is_refused(422, "POST", "principal", {**group, "members": ["boss@globex.example"]}, error="notFound")
    boss.is_refused(422, "POST", "principal", {**group, "lists": ["all@globex.example"]}, error="notFound")
    boss.is_refused(403, "POST", "principal", {**group, "tenant": "globex"})
    me = "principal/boss@acme.example"
    boss.is_refused(422, "PATCH", me, steps(("addItem", "roles", "shared")), error="notFound")
    boss.is_refused(403, "PATCH", me, steps(("set", "tenant", "")))
    boss.is_refused(403, "PATCH", me, steps(("set", "tenant", "globex")))


def test_nobody_of_a_tenant_does_more_than_it_may(home: Home, root: Administrator, boss: Administrator) -> None:
    """Management API section 20: intersected with what the tenant has."""
    root.does("PATCH", "principal/acme", steps(("set", "disabledPermissions", ["email-send"])))
    found = home.directory.find("boss@acme.example")
    assert found is not None
    assert "email-send" not in found.permissions
    assert "jmap-email-get" in found.permissions
    # What it does not have, nobody needs to hold to make one who would.
    jane = {"type": "individual", "name": "jane@acme.example", "roles": ["user"]}
    boss.does("POST", "principal", jane)
    found = home.directory.find("jane@acme.example")
    assert found is not None
    assert "email-send" not in found.permissions


def test_a_tenant_has_no_more_than_there_is_room_for(home: Home, root: Administrator) -> None:
    """Management API section 4.2: after the octets, quota has a number for each type."""
    settle(root, "acme", quota=[0, 2, 1])
    boss = boss_of(home, "acme")
    boss.does("POST", "principal", {"type": "individual", "name": "jane@acme.example"})
    boss.is_refused(403, "POST", "principal", {"type": "individual", "name": "joe@acme.example"})
    boss.does("POST", "principal", {"type": "group", "name": "team@acme.example"})
    boss.is_refused(403, "POST", "principal", {"type": "group", "name": "crew@acme.example"})
    boss.does("POST", "principal", {"type": "list", "name": "all@acme.example"})


def test_a_tenant_that_anything_belongs_to_stays(root: Administrator) -> None:
    """Management API section 4.5."""
    settle(root, "acme")
    root.is_refused(409, "DELETE", "principal/acme", details="Tenant has members")
    root.does("DELETE", "principal/boss@acme.example")
    root.does("DELETE", "principal/acme.example")
    root.does("DELETE", "principal/acme")


def test_who_goes_to_another_tenant_leaves_what_is_not_its(root: Administrator, boss: Administrator) -> None:
    """Ours: what belongs together is of one tenant."""
    boss.does("POST", "principal", {"type": "group", "name": "team@acme.example", "members": ["boss@acme.example"]})
    at = "principal/boss@acme.example"
    root.is_refused(409, "PATCH", at, steps(("set", "tenant", "")))
    root.does("PATCH", at, steps(("set", "memberOf", []), ("set", "tenant", "")))
    assert "tenant" not in root.does("GET", at)


def test_a_tenants_administrator_manages_no_server(boss: Administrator) -> None:
    """Issue 7: who manages a tenant alone is refused where it is about all of the server."""
    boss.is_refused(403, "GET", "settings/keys?keys=server.hostname")
    boss.is_refused(403, "POST", "principal", {"type": "tenant", "name": "mine"})


def test_a_list_of_others_is_neither_seen_nor_changed(root: Administrator, boss: Administrator) -> None:
    """Management API section 23: tenant isolation; to a list of others, a tenant's account is somebody elsewhere."""
    body = {"type": "list", "name": "all", "emails": ["all@home.example"]}
    root.does("POST", "principal", {**body, "externalMembers": ["boss@acme.example"]})
    assert boss.does("GET", "principal/boss@acme.example")["lists"] == []
    assert [one["lists"] for one in boss.does("GET", "principal", types="individual")["items"]] == [[]]
    at = "principal/boss@acme.example"
    boss.does("PATCH", at, steps(("set", "lists", []), ("set", "emails", ["chief@acme.example"])))
    boss.does("DELETE", at)
    told = root.does("GET", "principal/all")
    assert (told["members"], told["externalMembers"]) == ([], ["boss@acme.example"])


def test_a_tenant_has_no_tenants(home: Home, root: Administrator, boss: Administrator) -> None:
    """Ours: not even with the permission, which nothing but a role for the whole server gives."""
    root.does("PATCH", "principal/boss@acme.example", steps(("addItem", "roles", "admin")))
    boss.is_refused(403, "POST", "principal", {"type": "tenant", "name": "mine"})
    assert [one["name"] for one in boss.does("GET", "principal")["items"]] == ["acme.example", "boss@acme.example"]


def test_a_domain_goes_to_a_tenant_before_those_who_have_addresses_in_it(root: Administrator) -> None:
    """Ours: who is the server's own may have an address in any domain here, a tenant's in its own alone."""
    root.does("POST", "principal", {"type": "tenant", "name": "acme"})
    root.does("POST", "principal", {"type": "domain", "name": "acme.example"})
    root.does("POST", "principal", {"type": "individual", "name": "joe@acme.example", "emails": ["joe@acme.example"]})
    root.is_refused(400, "PATCH", "principal/joe@acme.example", steps(("set", "tenant", "acme")), error="other")
    root.does("PATCH", "principal/acme.example", steps(("set", "tenant", "acme")))
    assert root.does("GET", "principal/acme.example")["members"] == 0
    root.does("PATCH", "principal/joe@acme.example", steps(("set", "tenant", "acme")))
    assert root.does("GET", "principal/acme.example")["members"] == 1
    root.is_refused(409, "PATCH", "principal/acme.example", steps(("set", "tenant", "")), details="Domain has members")


def test_what_is_below_anothers_domain_is_no_tenants_to_take(root: Administrator, boss: Administrator) -> None:
    """Ours: mail of all who are here would go to who has it."""
    for name in ("mail.globex.example", "a.b.globex.example", "mail.home.example"):
        boss.is_refused(409, "POST", "principal", {"type": "domain", "name": name}, error="fieldAlreadyExists")
    boss.does("POST", "principal", {"type": "domain", "name": "mail.acme.example"})
    root.does("POST", "principal", {"type": "domain", "name": "mail.globex.example", "tenant": "acme"})
