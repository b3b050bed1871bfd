"""Principals over the REST API: made, told, changed and destroyed."""

from typing import Any, cast

from tests.conversations.management.counting import Counting
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.access import OWNER
from pillarbox.datatypes.directory import Newcomer
from pillarbox.datatypes.directory.principals import Kind, listed
from pillarbox.store import Unit


def domain(root: Administrator, name: str = "corp.example") -> None:
    root.does("POST", "principal", {"type": "domain", "name": name})


def test_an_individual_is_made_and_told(home: Home) -> None:
    """Management API sections 4.2 and 4.3."""
    root = Administrator(home)
    domain(root)
    made = root.calls(
        "POST",
        "principal",
        {
            "type": "individual",
            "name": "Jane",
            "description": "Jane Doe",
            "secrets": ["a long pass phrase"],
            "emails": ["Jane@corp.example", "jd@corp.example"],
            "roles": ["user"],
        },
    )
    assert (made.status, made.headers["location"]) == (200, "/api/principal/jane")
    told = root.does("GET", "principal/jane")
    assert told == {
        "id": told["id"],
        "type": "individual",
        "name": "jane",
        "description": "Jane Doe",
        "emails": ["jane@corp.example", "jd@corp.example"],
        "memberOf": [],
        "lists": [],
        "roles": ["user"],
        "enabledPermissions": [],
        "disabledPermissions": [],
    }


def test_whom_a_directory_knows_is_told_with_it(home: Home) -> None:
    """Ours: the directory elsewhere that an account is of."""
    root = Administrator(home)
    home.directory.adopt(Newcomer("corp", ("ann@corp.example",)), ())
    (ann,) = root.does("GET", "principal?types=individual&filter=ann@corp.example")["items"]
    assert ann["directory"] == root.does("GET", f"principal/{ann['name']}")["directory"] == "corp"


def test_every_type_is_made_told_and_destroyed(home: Home) -> None:
    """Management API section 4.1."""
    root = Administrator(home)
    domain(root)
    root.does("POST", "principal", {"type": "role", "name": "helper", "enabledPermissions": ["email-send"]})
    wanted: list[dict[str, Any]] = [
        {"type": "individual", "name": "jane", "emails": "jane@corp.example", "roles": ["helper", "user"]},
        {"type": "group", "name": "team", "emails": ["team@corp.example"], "members": ["jane"]},
        {"type": "resource", "name": "beamer", "emails": ["beamer@corp.example"]},
        {"type": "location", "name": "hall", "members": ["beamer", "team"]},
        {
            "type": "list",
            "name": "all",
            "emails": ["all@corp.example"],
            "members": ["jane", "team"],
            "externalMembers": ["bob@far.example"],
        },
        {"type": "tenant", "name": "acme", "quota": [1000000, 5], "roles": ["user"]},
        {"type": "apiKey", "name": "deploy", "secrets": ["some very long secret"], "roles": ["admin"]},
        {"type": "oauthClient", "name": "web", "urls": ["https://app.example/back"], "emails": ["a@b.example"]},
    ]
    for one in wanted:
        root.does("POST", "principal", one)
        told = root.does("GET", f"principal/{one['name']}")
        told["emails"] = told["emails"][0] if isinstance(one.get("emails"), str) else told.get("emails")
        assert {name: told[name] for name in one if name != "secrets"} == {
            name: value for name, value in one.items() if name != "secrets"
        }
    assert root.does("GET", "principal/jane")["memberOf"] == ["team"]
    assert root.does("GET", "principal/jane")["lists"] == ["all"]
    assert root.does("GET", "principal/corp.example")["members"] == 4
    listed = root.does("GET", "principal")
    assert [one["name"] for one in listed["items"]] == sorted(
        [*(str(one["name"]) for one in wanted), "corp.example", "helper", "home.example", "root@home.example"]
    )
    for one in listed["items"]:
        told = root.does("GET", f"principal/{one['name']}")
        assert {**told, "usedQuota": 0} == {**one, "usedQuota": 0}
    for one in reversed(wanted):
        root.does("DELETE", f"principal/{one['name']}")
        root.is_refused(404, "GET", f"principal/{one['name']}", error="notFound", item=one["name"])
    root.does("DELETE", "principal/helper")
    root.does("DELETE", "principal/corp.example")
    assert root.does("GET", "principal", types="domain")["total"] == 1


def test_many_are_listed_in_as_few_reads_as_few(home: Home) -> None:
    """Ours: 10,000 accounts are listed in one pass over each table."""
    root = Administrator(home)
    asked: list[int] = []
    for number in (1, 2):
        for at in range(3 * number):
            root.does("POST", "principal", {"type": "group", "name": f"team{number}{at}"})
            member = {"type": "individual", "name": f"person{number}{at}", "memberOf": [f"team{number}{at}"]}
            root.does("POST", "principal", member)
        with home.store.read(0) as server:
            unit = Counting(server)
            found = [*listed(cast("Unit", unit), OWNER, list(Kind), ("e",))]
        assert sum(bool(one.get("memberOf")) for one in found) == {1: 3, 2: 9}[number]
        asked.append(unit.asked)
    assert asked[0] == asked[1]
