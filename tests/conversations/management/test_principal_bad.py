"""Bad input about principals: every bad field is named, and nothing is changed."""

import threading
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.access import OWNER
from pillarbox.datatypes.directory import AccountError
from pillarbox.datatypes.directory.principals import Kind, make, working
from pillarbox.management.principals import several


@pytest.fixture
def root(home: Home) -> Administrator:
    found = Administrator(home)
    found.does("POST", "principal", {"type": "domain", "name": "corp.example"})
    return found


def steps(*wanted: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"action": action, "field": field, "value": value} for action, field, value in wanted]


def everything(root: Administrator) -> Any:
    return root.does("GET", "principal")


def named(refused: Any) -> list[str]:
    """The fields that a refusal names."""
    return sorted(one["field"] for one in refused["invalid"])


def test_every_field_of_a_wrong_form_is_named(root: Administrator) -> None:
    """Issue 7: unknown fields and wrong types."""
    before = everything(root)
    wrong = {"type": "individual", "name": 5, "colour": "green", "quota": "much", "emails": [5], "secrets": {}}
    refused = root.is_refused(400, "POST", "principal", wrong)
    assert named(refused) == ["colour", "emails/0", "name", "quota", "secrets"]
    told = {one["field"]: one["detail"] for one in refused["invalid"]}
    assert told["quota"] == "null or a whole number or a list is expected"
    assert told["emails/0"] == "a text is expected"
    refused = root.is_refused(400, "POST", "principal", {"type": "list", "name": "a", "quota": -1})
    assert refused["invalid"] == [
        {"field": "quota", "detail": "a number from 0 to 9007199254740991 is expected"},
    ]
    refused = root.is_refused(400, "POST", "principal", {"type": "other", "roles": [["user"]]})
    assert named(refused) == ["name", "roles/0", "type"]
    refused = root.is_refused(
        400, "PATCH", "principal/corp.example", [{"action": "put", "field": "name"}, {**steps(("set", "a", {}))[0]}, 5]
    )
    assert named(refused) == ["0/action", "0/value", "1/value", "2"]
    for body in (b"[", b"[]", b"null", b'{"type":"list","type":"list","name":"a"}', b'{"a":1}{}'):
        assert root.calls("POST", "principal", body).status == 400
    refused = root.is_refused(400, "POST", "principal", b"type=list")
    assert refused["detail"] == "this is no JSON: Expecting value at character 0"
    assert everything(root) == before


def test_every_field_that_cannot_be_so_is_named(root: Administrator) -> None:
    """Issue 7: a problem document naming every bad field, nothing changed; the first is told as the reference does."""
    before = everything(root)
    wrong = {
        "type": "individual",
        "name": "with blanks",
        "quota": [1, 2],
        "emails": ["jane@elsewhere.example"],
        "memberOf": ["nobody"],
        "roles": ["user", "nothing"],
        "enabledPermissions": ["fly"],
        "urls": ["https://a.example"],
        "externalMembers": ["jo@far.example"],
    }
    refused = root.is_refused(400, "POST", "principal", wrong, error="other")
    assert named(refused) == sorted(wrong.keys() - {"type"})
    wrong = {"type": "list", "name": "corp.example", "emails": ["@", "a@corp.example"], "members": ["corp.example"]}
    refused = root.is_refused(409, "POST", "principal", wrong, error="fieldAlreadyExists", field="name")
    assert named(refused) == ["emails", "members", "name"]
    assert not [one for one in refused["invalid"] if one["detail"].startswith(one["field"])]
    assert everything(root) == before


def test_a_step_that_cannot_be_done_is_named(root: Administrator) -> None:
    """Issue 7; ours: the place is that of its value."""
    good = ("set", "description", "Ours")
    refused = root.is_refused(400, "PATCH", "principal/corp.example", steps(good, ("set", "emails", [])), operation=1)
    assert named(refused) == ["1/value"]
    assert "description" not in root.does("GET", "principal/corp.example")


SAME: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({"type": "group", "name": "Stra\u00dfe"}, {"type": "list", "name": "STRASSE"}, None),
    ({"type": "group", "name": "\u00c5ngstr\u00f6m"}, {"type": "apiKey", "name": "a\u030aNGSTRO\u0308M"}, "name"),
    (
        {"type": "domain", "name": "b\u00fccher.example"},
        {"type": "domain", "name": "XN--BCHER-KVA.example."},
        "name",
    ),
    (
        {"type": "group", "name": "one", "emails": ["j\u00fcrgen@corp.example"]},
        {"type": "group", "name": "two", "emails": ["JU\u0308RGEN@CORP.example"]},
        "emails",
    ),
    (
        {"type": "group", "name": "one", "emails": ["@corp.example"]},
        {"type": "individual", "name": "two", "emails": ["@CORP.example"]},
        "emails",
    ),
]


def test_what_differs_in_case_or_form_alone_is_taken(root: Administrator) -> None:
    """Issue 7; RFC 5051: i;unicode-casemap, by which sharp s is another letter than ss."""
    for first, second, field in SAME:
        root.does("POST", "principal", first)
        if field is None:
            root.does("POST", "principal", second)
            root.does("DELETE", f"principal/{quote(second['name'])}")
        else:
            root.is_refused(409, "POST", "principal", second, error="fieldAlreadyExists", field=field)
        root.does("DELETE", f"principal/{quote(first['name'])}")


def test_what_is_in_use_stays(root: Administrator) -> None:
    """Issue 7: deletion of what is in use; management API section 4.5."""
    root.does("POST", "principal", {"type": "role", "name": "inner"})
    root.does("POST", "principal", {"type": "role", "name": "outer", "roles": ["inner"]})
    root.does("POST", "principal", {"type": "group", "name": "team", "emails": ["@corp.example"]})
    root.does("POST", "principal", {"type": "tenant", "name": "acme"})
    root.does("POST", "principal", {"type": "domain", "name": "acme.example", "tenant": "acme"})
    before = everything(root)
    root.is_refused(409, "DELETE", "principal/corp.example", details="Domain has members")
    root.is_refused(409, "DELETE", "principal?type=domain&confirm=true", details="Domain has members")
    root.is_refused(409, "DELETE", "principal/inner", details="Role is in use")
    root.is_refused(409, "DELETE", "principal?type=role&confirm=true", details="Role is in use")
    root.is_refused(409, "DELETE", "principal/acme", details="Tenant has members")
    root.is_refused(400, "PATCH", "principal/inner", steps(("addItem", "roles", "inner")), error="other")
    assert everything(root) == before
    root.does("PATCH", "principal/outer", steps(("set", "roles", [])))
    root.does("PATCH", "principal/team", steps(("removeItem", "emails", "@corp.example")))
    root.does("DELETE", "principal/inner")
    root.does("DELETE", "principal/corp.example")


def test_several_go_together_or_not_at_all(root: Administrator, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 7: last administrator removed, nothing changed. Ours: `confirm`, and one type."""
    for name in ("anna", "zoe"):
        root.does("POST", "principal", {"type": "individual", "name": name})
    monkeypatch.setattr(several, "_AT_ONCE", 1)
    before = everything(root)
    root.is_refused(409, "DELETE", "principal?type=individual&confirm=true")
    for query in ("type=individual", "type=individual&confirm=false", "confirm=true", "type=%20&confirm=true"):
        root.is_refused(400, "DELETE", f"principal?{query}&filter=anna")
    root.is_refused(400, "DELETE", "principal?type=individual,group&confirm=true")
    assert everything(root) == before
    assert root.does("DELETE", "principal", type="individual", filter="nobody", confirm="true") is False
    assert root.does("DELETE", "principal", type="individual", filter="AN NN", confirm="true") is True
    assert [one["name"] for one in root.does("GET", "principal", types="individual")["items"]] == [
        root.person.name,
        "zoe",
    ]


def test_of_two_who_take_a_name_at_once_one_does(home: Home, root: Administrator) -> None:
    """Issue 7: concurrent edits."""
    made: list[str] = []
    begin = threading.Barrier(2)

    def makes(kind: Kind, name: str) -> None:
        begin.wait()
        with suppress(AccountError), home.directory.errand(OWNER, home.now()) as errand:
            made.append(make(errand, kind, {"name": name}).name)

    threads = [threading.Thread(target=makes, args=one) for one in ((Kind.INDIVIDUAL, "jane"), (Kind.API_KEY, "JANE"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == ["jane"]


def test_no_secret_is_told_of_one_that_is_refused(root: Administrator) -> None:
    """Issue 7: secrets are never returned."""
    for secrets in (["first secret", "second secret"], ["$app$phone$first secret"], "otpauth://first secret"):
        body = {"type": "individual", "name": "jane", "secrets": secrets}
        refused = root.is_refused(400, "POST", "principal", body)
        assert b"first secret" not in orjson.dumps(refused)


def test_nobody_looks_like_somebody_else_for_what_is_not_seen(root: Administrator) -> None:
    """Issue 7: names that differ in what nobody sees."""
    before = everything(root)
    for unseen in ("\u200b", "\u202e", "\u2066", "\u009b", "\u00ad"):
        for name in (f"ja{unseen}ne", f"ja{unseen}ne@corp.example"):
            refused = root.is_refused(400, "POST", "principal", {"type": "individual", "name": name}, error="other")
            assert named(refused) == ["name"]
        body = {"type": "list", "name": "new", "emails": [f"ja{unseen}ne@corp.example"]}
        assert named(root.is_refused(400, "POST", "principal", body, error="other")) == ["emails"]
    assert everything(root) == before


@pytest.mark.parametrize("kind", ["role", "apiKey", "tenant"])
def test_of_what_is_read_as_a_whole_there_are_no_more_than_there_may_be(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """House: every input has a bound; what there is already can still be changed."""
    monkeypatch.setattr(working, "MOST_OF_A_FEW", 2)
    root = Administrator(home)
    for name in ("one", "two"):
        root.does("POST", "principal", {"type": kind, "name": name})
    refused = root.is_refused(400, "POST", "principal", {"type": kind, "name": "three"})
    assert "no room for more" in refused["detail"]
    root.does("PATCH", "principal/two", [{"action": "set", "field": "description", "value": "The second"}])
