"""The journal through the management API: one's own, and for who manages the account (ours)."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from tests.conversations.jmap.test_journal import comes, goes
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator

from pillarbox.access import OWNER, Manager
from pillarbox.management import ENDPOINTS, Refusal, Sent, answered, found
from pillarbox.management.refusal import NotFound


@pytest.fixture
def root(home: Home, alice: JMAP, bob: JMAP) -> Administrator:
    """An administrator, Alice with mail that came and went, and Bob with some."""
    comes(home, alice, "bob@far.example")
    goes(home, alice, "dave@far.example", after=10)
    comes(home, bob, "eve@far.example")
    return Administrator(home)


def senders(answer: Any) -> list[str]:
    return [one["sender"] for one in answer["items"]]


def test_an_administrator_asks_for_an_account(root: Administrator) -> None:
    """Ours: the latest first."""
    found = root.does("GET", "journal", account="alice@home.example")
    assert (senders(found), found["total"]) == (["alice@home.example", "bob@far.example"], 2)
    assert found["items"][1]["steps"][1] == {"at": found["items"][1]["at"], "what": "filed", "detail": "in the Inbox"}


def test_entries_are_chosen(root: Administrator, home: Home) -> None:
    """Ours: as JournalEntry/query."""
    for query, wanted in (
        ({"direction": "in"}, ["bob@far.example"]),
        ({"from": "bob"}, ["bob@far.example"]),
        ({"to": "dave"}, ["alice@home.example"]),
        ({"text": "FAR"}, ["alice@home.example", "bob@far.example"]),
        ({"messageId": "1@far.example"}, ["bob@far.example"]),
        ({"before": home.now().isoformat()}, []),
        ({"limit": "1", "page": "2"}, ["bob@far.example"]),
    ):
        assert senders(root.does("GET", "journal", account="alice@home.example", **query)) == wanted, query


def test_one_entry_is_asked_for(root: Administrator) -> None:
    """Ours."""
    one = root.does("GET", "journal", account="alice@home.example")["items"][0]
    assert root.does("GET", f"journal/alice@home.example/{one['id']}") == one
    root.is_refused(404, "GET", f"journal/bob@home.example/{one['id']}", error="notFound")
    root.is_refused(404, "GET", "journal/alice@home.example/nonsense", error="notFound")


def test_no_account_is_told(root: Administrator) -> None:
    """Management API section 2.3."""
    root.is_refused(404, "GET", "journal?account=nobody@home.example", error="notFound")
    root.is_refused(400, "GET", "journal")


def test_everybody_has_their_own(root: Administrator, alice: JMAP, bob: JMAP) -> None:
    """Ours: no name is given, so that no other can be."""
    for person, wanted in ((alice, ["alice@home.example", "bob@far.example"]), (bob, ["eve@far.example"])):
        answer = orjson.loads(person.sends("GET", "/api/account/journal").octets)["data"]
        assert senders(answer) == wanted
        first = answer["items"][0]
        assert orjson.loads(person.sends("GET", f"/api/account/journal/{first['id']}").octets)["data"] == first
    theirs = root.does("GET", "journal", account="alice@home.example")["items"][0]["id"]
    assert bob.sends("GET", f"/api/account/journal/{theirs}").status == 404


def test_nobody_asks_for_others(root: Administrator, bob: JMAP) -> None:
    """Management API section 3: `tracing-list` and `tracing-get`."""
    somebody = Administrator(root.home, bob)
    assert "tracing-list" in somebody.is_refused(403, "GET", "journal?account=alice@home.example")["detail"]
    assert "tracing-get" in somebody.is_refused(403, "GET", "journal/alice@home.example/j1")["detail"]


def test_a_tenant_s_manager_sees_nothing_of_others(root: Administrator) -> None:
    """Management API section 20: principals of a tenant are invisible to other tenants, and those of none to all."""
    theirs = Manager("manager", OWNER.permissions, tenant=7)
    for path in ("/api/journal", "/api/journal/alice%40home.example/j1"):
        endpoint = found(ENDPOINTS, "GET", path)
        assert endpoint is not None
        sent = Sent("account=alice%40home.example" if path == "/api/journal" else "")
        with pytest.raises(Refusal) as refused:
            answered(endpoint[0], root.home.office, theirs, endpoint[1], sent)
        assert isinstance(refused.value, NotFound)


def test_who_has_no_account_has_no_journal(root: Administrator) -> None:
    """Ours: an API key is nobody's mail."""
    endpoint = found(ENDPOINTS, "GET", "/api/account/journal")
    assert endpoint is not None
    with pytest.raises(Refusal) as refused:
        answered(endpoint[0], root.home.office, replace(OWNER, account=None), endpoint[1], Sent())
    assert refused.value.status == 403
