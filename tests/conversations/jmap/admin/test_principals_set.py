"""What /set says of principals that it has made and changed (RFC 8620 section 5.3), and how /query orders them."""

from typing import Any

import pytest
from tests.driver import ADMIN, CORE, JMAP, Home
from tests.driver.administrator import Administrator

SERVER = "a0"


@pytest.fixture
def root(home: Home) -> JMAP:
    """An administrator, over JMAP."""
    person = Administrator(home).person
    person.using = [CORE, ADMIN]
    return person


def sets(root: JMAP, type_: str, **arguments: Any) -> Any:
    """What is answered."""
    return root.asks(f"{type_}/set", accountId=SERVER, **arguments)


def test_what_was_left_out_is_told_with_its_default(root: JMAP) -> None:
    """RFC 8620 section 5.3: "any properties that were omitted by the client and thus set to a default"."""
    for type_, sent in (
        ("Account", {"type": "individual", "name": "Jane", "description": "J", "secrets": ["a long enough password"]}),
        ("Account", {"type": "list", "name": "all"}),
        ("Domain", {"name": "corp.example"}),
        ("Tenant", {"name": "acme", "quota": [5]}),
    ):
        made = sets(root, type_, create={"it": sent})["created"]["it"]
        (told,) = root.asks(f"{type_}/get", accountId=SERVER, ids=[made["id"]])["list"]
        assert {**{name: sent[name] for name in sent.keys() & told.keys()}, **made} == told


def test_what_is_null_can_be_set_to_null(root: JMAP) -> None:
    """RFC 8620 section 5.3: null is the default; what is told of an object can be sent back."""
    jane = sets(root, "Account", create={"it": {"type": "individual", "name": "jane", "description": "J"}})
    id_ = jane["created"]["it"]["id"]
    (told,) = root.asks("Account/get", accountId=SERVER, ids=[id_])["list"]
    changed = sets(root, "Account", update={id_: {**told, "description": None}})
    assert (changed["notUpdated"], changed["updated"]) == (None, {id_: None})
    (told,) = root.asks("Account/get", accountId=SERVER, ids=[id_], properties=["description"])["list"]
    assert told["description"] is None


def test_what_has_become_another_is_told(root: JMAP) -> None:
    """RFC 8620 section 5.3: what changed in a way that was not asked for, or null."""
    id_ = sets(root, "Account", create={"it": {"type": "individual", "name": "jane"}})["created"]["it"]["id"]
    assert sets(root, "Account", update={id_: {"name": "JANET", "quota": 5}})["updated"] == {id_: {"name": "janet"}}
    assert sets(root, "Account", update={id_: {"quota": 6}})["updated"] == {id_: None}


def test_an_order_that_is_not_there_is_refused(root: JMAP) -> None:
    """RFC 8620 section 5.5: unsupportedSort, for a property, and for a collation that is not recognised."""
    by_name = {"property": "name", "collation": "i;unicode-casemap"}
    assert root.asks("Account/query", accountId=SERVER, sort=[by_name])["ids"]
    for wrong in ({"property": "quota"}, {**by_name, "collation": "i;ascii-numeric"}, {**by_name, "collation": []}):
        root.says("Account/query", accountId=SERVER, sort=[wrong])
        root.hears("error", type="unsupportedSort")
