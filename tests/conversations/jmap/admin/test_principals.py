"""Principals over JMAP, in the server's account: the same fields, checks and results as over REST (ours)."""

from typing import Any

import pytest
from tests.driver import ADMIN, CORE, JMAP, Home, like
from tests.driver.administrator import Administrator

SERVER = "a0"


@pytest.fixture
def root(home: Home) -> JMAP:
    """An administrator, who has just made a domain, over JMAP."""
    person = Administrator(home).person
    person.using = [CORE, ADMIN]
    made(person, "Domain", name="corp.example")
    return person


def made(root: JMAP, type_: str, **properties: Any) -> dict[str, Any]:
    """One that is made, as it is told then."""
    told = root.asks(f"{type_}/set", accountId=SERVER, create={"it": properties})
    assert told["notCreated"] is None, told["notCreated"]
    return got(root, type_, told["created"]["it"]["id"])


def got(root: JMAP, type_: str, id_: str) -> dict[str, Any]:
    """One as it is told."""
    (one,) = root.asks(f"{type_}/get", accountId=SERVER, ids=[id_])["list"]
    return dict(one)


def refused(root: JMAP, type_: str, **arguments: Any) -> dict[str, Any]:
    """Why the one thing that is asked for is not done."""
    told = root.asks(f"{type_}/set", accountId=SERVER, **arguments)
    errors = [error for of in ("notCreated", "notUpdated", "notDestroyed") for error in (told[of] or {}).values()]
    assert len(errors) == 1
    return dict(errors[0])


def test_an_account_made_by_jmap_is_that_of_rest(home: Home, root: JMAP) -> None:
    """Issue 6: REST and JMAP reach the same objects."""
    jane = made(
        root,
        "Account",
        type="individual",
        name="jane",
        emails=["jane@corp.example"],
        roles=["user"],
        secrets=["a long enough password"],
    )
    told = Administrator(home, home.person("other"), "admin").does("GET", "principal/jane")
    assert jane == like(id=told["id"], emails=["jane@corp.example"], roles=["user"], memberOf=[], quota=None)
    assert "secrets" not in jane
    signed_in = JMAP(home.web, "jane@corp.example", "a long enough password", jane["id"], 0)
    assert signed_in.sends("GET", "/.well-known/jmap").status == 200


def test_every_type_can_be_made_and_destroyed(root: JMAP) -> None:
    """Management API section 4.1."""
    made(root, "Account", type="individual", name="jane", emails=["jane@corp.example"])
    every: list[tuple[str, dict[str, Any]]] = [
        ("Account", {"type": "group", "name": "team", "emails": ["team@corp.example"], "members": ["jane"]}),
        ("Account", {"type": "list", "name": "all", "emails": ["all@corp.example"], "members": ["jane"]}),
        ("Role", {"name": "helper", "enabledPermissions": ["email-send"]}),
        ("Tenant", {"name": "acme", "quota": [1000000]}),
        ("ApiKey", {"name": "deploy", "secrets": ["some very long secret"], "roles": ["user"]}),
        ("OAuthClient", {"name": "web", "urls": ["https://app.example/back"]}),
    ]
    for type_, properties in every:
        one = made(root, type_, **properties)
        assert {name: one[name] for name in properties if name != "secrets"} == {
            name: value for name, value in properties.items() if name != "secrets"
        }
        told = root.asks(f"{type_}/set", accountId=SERVER, destroy=[one["id"]])
        assert told["destroyed"] == [one["id"]]
        assert root.asks(f"{type_}/get", accountId=SERVER, ids=[one["id"]])["notFound"] == [one["id"]]


def test_a_change_is_told_and_pushed(root: JMAP) -> None:
    """RFC 8620 sections 5.2 and 7.1: a web admin sees what others do."""
    team = made(root, "Account", type="group", name="team", emails=["team@corp.example"])
    jane = made(root, "Account", type="individual", name="jane", emails=["jane@corp.example"])
    state = root.asks("Account/get", accountId=SERVER, ids=[])["state"]
    stream = root.listens("Account")
    told = root.asks("Account/set", accountId=SERVER, update={jane["id"]: {"memberOf": ["team"]}})
    assert list(told["updated"]) == [jane["id"]]
    assert "Account" in stream.change()["changed"][SERVER]
    changes = root.asks("Account/changes", accountId=SERVER, sinceState=state)
    assert sorted(changes["updated"]) == sorted([jane["id"], team["id"]])
    assert got(root, "Account", team["id"])["members"] == ["jane"]


def test_they_are_found_by_words_and_type(root: JMAP) -> None:
    """RFC 8620 section 5.5."""
    for name in ("anna", "bert", "cara"):
        made(root, "Account", type="individual", name=name, emails=[f"{name}@corp.example"], description="Sales")
    team = made(root, "Account", type="group", name="team", emails=["team@corp.example"], description="sales team")

    def names(**asked: Any) -> list[str]:
        ids = root.asks("Account/query", accountId=SERVER, **asked)["ids"]
        return [got(root, "Account", id_)["name"] for id_ in ids]

    assert names(filter={"text": "SALES"}) == ["anna", "bert", "cara", "team"]
    assert names(filter={"text": "sales", "type": "individual"}, sort=[{"property": "name", "isAscending": False}]) == [
        "cara",
        "bert",
        "anna",
    ]
    assert names(filter={"operator": "AND", "conditions": [{"text": "sales"}, {"name": "TEAM"}]}) == ["team"]
    assert names(filter={"text": "sales"}, anchor=team["id"], anchorOffset=-1, limit=1) == ["cara"]
    root.says("Account/query", accountId=SERVER, filter={"operator": "OR", "conditions": []})
    root.hears("error", type="unsupportedFilter")


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({"type": "individual"}, ["name"]),
        ({"type": "individual", "name": "x", "emails": ["x@nowhere.example"]}, ["emails"]),
        ({"type": "individual", "name": "x", "roles": ["boss"]}, ["roles"]),
        ({"type": "domain", "name": "x.example"}, ["type"]),
        ({"type": "individual", "name": "x", "shoe": 46}, ["shoe"]),
        ({"type": "individual", "name": "x", "quota": "much"}, ["quota"]),
        ({"type": "individual", "name": "x", "secrets": ["short"]}, ["secrets"]),
        ({"type": "individual", "name": "CORP.example"}, ["name"]),
    ],
)
def test_what_cannot_be_is_named(root: JMAP, properties: dict[str, Any], wrong: list[str]) -> None:
    """RFC 8620 section 5.3: invalidProperties."""
    error = refused(root, "Account", create={"it": properties})
    assert error == like(type="invalidProperties", properties=wrong)


def test_all_that_cannot_be_is_told_at_once(root: JMAP) -> None:
    """RFC 8620 section 5.3: "properties" lists all the properties that were invalid."""
    properties = {"type": "individual", "name": "x", "emails": ["x@nowhere.example"], "roles": ["boss"]}
    error = refused(root, "Account", create={"it": properties})
    assert error == like(type="invalidProperties", properties=["emails", "roles"])
    assert "nowhere.example" in error["description"]
    assert "boss" in error["description"]


def test_what_is_in_use_stays(root: JMAP) -> None:
    """Issue 6: deletion of what is in use."""
    made(root, "Account", type="individual", name="jane", emails=["jane@corp.example"])
    (id_,) = root.asks("Domain/query", accountId=SERVER, filter={"name": "corp.example"})["ids"]
    assert refused(root, "Domain", destroy=[id_])["type"] == "inUse"


def test_one_that_is_refused_leaves_the_others(root: JMAP) -> None:
    """RFC 8620 section 5.3: each is changed as a whole or not at all."""
    jane = made(root, "Account", type="individual", name="jane", emails=["jane@corp.example"])
    bert = made(root, "Account", type="individual", name="bert", emails=["bert@corp.example"])
    told = root.asks(
        "Account/set",
        accountId=SERVER,
        update={
            jane["id"]: {"description": "Jane", "emails": ["bert@corp.example"]},
            bert["id"]: {"description": "Bert"},
        },
    )
    assert (list(told["updated"]), list(told["notUpdated"])) == ([bert["id"]], [jane["id"]])
    assert got(root, "Account", jane["id"])["description"] is None
    assert got(root, "Account", bert["id"])["description"] == "Bert"


def test_a_new_domain_has_keys(home: Home, root: JMAP) -> None:
    """Issue 6: with DKIM keys made at once."""
    made(root, "Domain", name="new.example")
    told = Administrator(home, home.person("other"), "admin").does("GET", "dkim")
    assert {one["algorithm"] for one in told["items"] if one["domain"] == "new.example"} == {"rsa", "ed25519"}


def test_nobody_gives_what_they_lack(home: Home, root: JMAP) -> None:
    """Issue 6: attenuating only."""
    made(
        root,
        "Account",
        type="individual",
        name="clerk",
        emails=["clerk@corp.example"],
        secrets=["a long enough password"],
        roles=["user"],
        enabledPermissions=["principal-get", "principal-list", "principal-update", "individual-create"],
    )
    clerk = JMAP(home.web, "clerk@corp.example", "a long enough password", SERVER, 0)
    clerk.using = [CORE, ADMIN]
    error = refused(clerk, "Account", create={"it": {"type": "individual", "name": "boss", "roles": ["admin"]}})
    assert error == like(type="invalidProperties")
    assert "admin" in error["description"]
    error = refused(clerk, "Account", create={"it": {"type": "group", "name": "crew"}})
    assert error["type"] == "forbidden"
    assert clerk.asks("Account/get", accountId=SERVER, ids=None)["list"] == []
