"""The whole server in one document (adr/0059): exported, planned, applied."""

import copy
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

SHOP: dict[str, Any] = {
    "format": 1,
    "settings": {"jmap.protocol.get.max-objects": "123"},
    "tenants": [{"name": "shop", "description": "The shop", "quota": [10**9]}],
    "domains": [{"name": "home.example", "description": "Ours"}],
    "roles": [
        {"name": "helper", "roles": ["user"], "enabledPermissions": ["individual-list"]},
        {"name": "clerk", "roles": ["helper"], "description": "Helps and writes"},
    ],
    "accounts": [
        {
            "name": f"person{number}@home.example",
            "description": f"Person {number}",
            "emails": [f"person{number}@home.example", f"p{number}@home.example"],
            "quota": 1000 * number,
            "roles": ["clerk"],
            "secrets": ["a long enough password"],
        }
        for number in range(10)
    ],
    "groups": [
        {"name": "sales@home.example", "emails": ["sales@home.example"], "members": ["person1@home.example"]},
        {"name": "all@home.example", "emails": ["all@home.example"], "members": ["sales@home.example"]},
    ],
    "lists": [
        {
            "name": "news@home.example",
            "emails": ["news@home.example"],
            "members": ["person2@home.example"],
            "externalMembers": ["somebody@elsewhere.example"],
        }
    ],
}


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def without_secrets(document: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(document)
    for one in made["accounts"]:
        one.pop("secrets", None)
    return made


def changes(root: Administrator, document: dict[str, Any], **query: str) -> list[tuple[str, str, str]]:
    told = root.does("POST", "apply", document, **query)
    return [(one["action"], one["kind"], one["name"]) for one in told["changes"]]


def test_a_new_server_is_made_by_one_document(home: Home, root: Administrator) -> None:
    """Issue 6: a domain with ten accounts, aliases and groups by one declarative file alone."""
    domains = [*SHOP["domains"], {"name": "shop.example", "tenant": "shop"}]
    told = root.does("POST", "apply", {**SHOP, "domains": domains})

    assert told["applied"]
    assert len(told["changes"]) == 1 + 1 + 2 + 2 + 10 + 2 + 1
    assert "a long enough password" not in str(told)
    person = root.does("GET", "principal/person1@home.example")
    assert (person["emails"], person["memberOf"]) == (
        ["person1@home.example", "p1@home.example"],
        ["sales@home.example"],
    )
    assert root.does("GET", "principal/news@home.example")["members"] == ["person2@home.example"]
    assert root.does("GET", "settings/list", owner="database")["items"] == SHOP["settings"]


def test_what_is_exported_changes_nothing(home: Home, root: Administrator) -> None:
    """Issue 6: an `apply` of the exported state is empty, and the output is stable to the byte."""
    root.does("POST", "apply", SHOP)
    first, second = root.calls("GET", "export"), root.calls("GET", "export")

    assert first.octets == second.octets
    for prune in (False, True):
        assert changes(root, {**first.json()["data"], "prune": prune}) == []
    assert root.calls("GET", "export").octets == first.octets
    assert changes(root, without_secrets(SHOP)) == []


def test_nothing_secret_is_exported(home: Home, root: Administrator) -> None:
    """Management API section 23: neither hashes nor secret settings."""
    root.does("POST", "apply", {**SHOP, "settings": {"metrics.prometheus.auth.secret": "open sesame"}})

    assert "secret" not in root.calls("GET", "export").octets.decode()


def test_a_plan_changes_nothing(home: Home, root: Administrator) -> None:
    """Ours: dry-run."""
    before = root.calls("GET", "export").octets
    told = root.does("POST", "apply", SHOP, dry_run="true")

    assert not told["applied"]
    assert {"action": "update", "kind": "domain", "name": "home.example",
            "fields": {"description": {"from": "", "to": "Ours"}}} in told["changes"]  # fmt: skip
    assert root.calls("GET", "export").octets == before


def test_what_is_not_named_is_left_alone(home: Home, root: Administrator) -> None:
    """Ours: principals, and fields of them."""
    root.does("POST", "apply", SHOP)
    change = {"format": 1, "accounts": [{"name": "person3@home.example", "description": "Three"}]}

    assert changes(root, change) == [("update", "individual", "person3@home.example")]
    assert root.does("GET", "principal/person3@home.example")["roles"] == ["clerk"]


def test_with_prune_what_is_not_named_is_removed(home: Home, root: Administrator) -> None:
    """Ours: in the sections that are there; the order in which that can be done is found."""
    root.does("POST", "apply", SHOP)
    state = root.does("GET", "export")
    mine = [one for one in state["accounts"] if one["name"].startswith("root")]
    rest = {
        "tenants": [],
        "domains": [{"name": "home.example"}],
        "roles": [],
        "accounts": mine,
        "groups": [],
        "lists": [],
    }
    gone = changes(root, {"format": 1, "prune": True, **rest})

    assert len(gone) == 1 + 2 + 10 + 2 + 1
    assert {action for action, _, _ in gone} == {"remove"}
    assert root.does("GET", "export")["settings"] == SHOP["settings"]


def test_an_address_goes_from_one_to_another(home: Home, root: Administrator) -> None:
    """Ours: whichever of them is named first."""
    root.does("POST", "apply", SHOP)
    swap = [
        {"name": "person0@home.example", "emails": ["person0@home.example", "p1@home.example"]},
        {"name": "person1@home.example", "emails": ["person1@home.example", "p0@home.example"]},
        {"name": "new@home.example", "emails": ["new@home.example", "p2@home.example"]},
        {"name": "person2@home.example", "emails": ["person2@home.example"]},
    ]

    assert len(changes(root, {"format": 1, "accounts": swap})) == 4
    assert root.does("GET", "principal/person0@home.example")["emails"] == ["person0@home.example", "p1@home.example"]
    assert root.does("GET", "principal/new@home.example")["emails"] == ["new@home.example", "p2@home.example"]


@pytest.mark.parametrize(
    ("section", "one", "status"),
    [
        ("accounts", {"name": "x@home.example", "emails": ["x@nowhere.example"]}, 422),
        ("accounts", {"name": "x@home.example", "emails": ["person1@home.example"]}, 409),
        ("accounts", {"name": "x@home.example", "roles": ["nobody"]}, 422),
        ("groups", {"name": "sales@home.example", "members": ["all@home.example"]}, 400),
        ("settings", {"no.such.setting": "1"}, 400),
        ("settings", {"jmap.protocol.get.max-objects": "many"}, 400),
    ],
)
def test_what_cannot_be_changes_nothing(home: Home, root: Administrator, section: str, one: Any, status: int) -> None:
    """Issue 6: validated as a whole, then all of it or nothing."""
    root.does("POST", "apply", SHOP)
    before = root.calls("GET", "export").octets
    document = {"format": 1, "roles": [{"name": "other"}], section: one if section == "settings" else [one]}
    refused = root.is_refused(status, "POST", "apply", document)

    assert one.get("name", next(iter(one))) in refused["detail"]
    assert root.calls("GET", "export").octets == before


def test_every_bad_field_is_named(home: Home, root: Administrator) -> None:
    """Issue 6: a problem document naming every bad field."""
    document = {"format": 2, "acounts": [], "accounts": [{"nmae": "x"}, {"name": "y", "quota": "much"}]}
    refused = root.is_refused(400, "POST", "apply", document)

    assert [one["field"] for one in refused["invalid"]] == [
        "format", "acounts", "accounts/0/name", "accounts/0/nmae", "accounts/1/quota"]  # fmt: skip


def test_a_name_stands_once(home: Home, root: Administrator) -> None:
    """Management API section 4.2: names are unique over all types."""
    twice = {"format": 1, "accounts": [{"name": "a"}], "groups": [{"name": "A"}]}
    assert root.is_refused(400, "POST", "apply", twice)["invalid"][0]["field"] == "groups/0/name"


def test_what_cannot_be_is_told_with_its_place_among_many(root: Administrator) -> None:
    """Ours: which of ten thousand accounts has the address that cannot be."""
    document = {"format": 1, "accounts": [{"name": "jo", "emails": ["jo@elsewhere.example"]}]}
    refused = root.is_refused(422, "POST", "apply", document)
    assert refused["invalid"] == [{"field": "accounts/jo/emails", "detail": "there is no elsewhere.example"}]
    root.does("POST", "principal", {"type": "individual", "name": "jo"})
    document["accounts"] = [{"name": "jo", "description": "Jo", "roles": ["nothing"]}]
    assert root.is_refused(422, "POST", "apply", document)["invalid"][0]["field"] == "accounts/jo/roles"


def test_who_may_not_change_one_thing_changes_nothing(home: Home, root: Administrator) -> None:
    """Issue 6: permissions are those of single calls."""
    tenants = Administrator(home, home.person("john"), "tenant-admin")
    before = root.calls("GET", "export").octets

    assert "settings-list" in tenants.is_refused(403, "GET", "export")["detail"]
    assert "settings-list" in tenants.is_refused(403, "POST", "apply", SHOP)["detail"]
    more = {"format": 1, "roles": [{"name": "fine"}, {"name": "too-much", "enabledPermissions": ["settings-list"]}]}
    assert tenants.is_refused(400, "POST", "apply", more)["name"] == "too-much"
    assert root.calls("GET", "export").octets == before
    assert changes(tenants, {"format": 1, "roles": [{"name": "fine"}]}) == [("create", "role", "fine")]


def test_who_was_overtaken_is_told(home: Home, root: Administrator) -> None:
    """RFC 9110 section 13.1.1: If-Match with the tag of the export."""
    tag = root.calls("GET", "export").headers["etag"]
    root.does("POST", "apply", {"format": 1, "roles": [{"name": "one"}]})
    second = {"format": 1, "roles": [{"name": "two"}]}

    assert root.calls("POST", "apply", second, {"if-match": tag}).status == 412
    assert root.calls("POST", "apply", second, {"if-match": root.calls("GET", "export").headers["etag"]}).status == 200


def test_the_last_administrator_stays(home: Home, root: Administrator) -> None:
    """Issue 6: bad input; whoever takes over may do so in the same document."""
    nobody = {"format": 1, "prune": True, "accounts": []}
    root.is_refused(409, "POST", "apply", nobody)
    heir = {"name": "heir", "roles": ["admin"], "secrets": ["a long enough password"]}
    over = {"format": 1, "accounts": [{"name": "root@home.example", "roles": ["user"]}, heir]}

    assert len(changes(root, over)) == 2
