"""isSubscribed is each reader's own (RFC 8621 section 2, "isSubscribed")."""

import pytest
from tests.driver import ANY, JMAP, Home, like

from pillarbox.access import Principal


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group of two, and of one who may only read."""
    return home.group("team", alice, bob, readers=[home.person("carol")])


@pytest.fixture
def alices(alice: JMAP, team: Principal) -> JMAP:
    """Alice as a client of the group's account."""
    return JMAP(alice.web, alice.name, alice.password, team.id, team.number)


@pytest.fixture
def bobs(bob: JMAP, team: Principal) -> JMAP:
    """Bob as a client of the group's account."""
    return JMAP(bob.web, bob.name, bob.password, team.id, team.number)


def subscribed(person: JMAP) -> list[str]:
    """The names of the Mailboxes that somebody is subscribed to."""
    return [one["name"] for one in person.asks("Mailbox/get")["list"] if one["isSubscribed"]]


def test_mailboxes_of_a_group_are_not_subscribed_to_at_first(alice: JMAP, alices: JMAP) -> None:
    """Section 2: false in shared accounts, true in one's own."""
    assert subscribed(alices) == []
    assert len(subscribed(alice)) == 6


def test_what_one_makes_one_is_subscribed_to(alices: JMAP, bobs: JMAP) -> None:
    """Section 2: true for new Mailboxes created by the user."""
    alices.says("Mailbox/set", create={"a": {"name": "Plans"}})
    alices.hears("Mailbox/set", created={"a": like(isSubscribed=True)})
    bobs.says("Mailbox/set", create={"b": {"name": "Notes", "isSubscribed": False}})
    bobs.hears("Mailbox/set", created={"b": ANY})

    assert subscribed(alices) == ["Plans"]
    assert subscribed(bobs) == []


def test_each_subscribes_for_themselves(alices: JMAP, bobs: JMAP) -> None:
    """Section 2: stored separately for each user."""
    inbox = alices.mailbox("inbox")
    alices.says("Mailbox/set", update={inbox: {"isSubscribed": True}})
    alices.hears("Mailbox/set", updated={inbox: None})
    assert (subscribed(alices), subscribed(bobs)) == (["Inbox"], [])

    bobs.asks("Mailbox/set", update={inbox: {"isSubscribed": True}})
    alices.asks("Mailbox/set", update={inbox: {"isSubscribed": False, "name": "In"}})
    assert (subscribed(alices), subscribed(bobs)) == ([], ["In"])


def test_a_query_finds_one_s_own(alices: JMAP, bobs: JMAP) -> None:
    """Section 2.3, "isSubscribed"; and /queryChanges tells both of the change."""
    inbox = alices.mailbox("inbox")
    state = bobs.asks("Mailbox/query", filter={"isSubscribed": True})["queryState"]
    alices.asks("Mailbox/set", update={inbox: {"isSubscribed": True}})

    assert alices.asks("Mailbox/query", filter={"isSubscribed": True})["ids"] == [inbox]
    assert bobs.asks("Mailbox/query", filter={"isSubscribed": True})["ids"] == []
    assert len(bobs.asks("Mailbox/query", filter={"isSubscribed": False})["ids"]) == 6
    bobs.says("Mailbox/queryChanges", sinceQueryState=state, filter={"isSubscribed": True})
    bobs.hears("Mailbox/queryChanges", removed=[inbox], added=[])
    alices.says("Mailbox/queryChanges", sinceQueryState=state, filter={"isSubscribed": True})
    alices.hears("Mailbox/queryChanges", added=[{"id": inbox, "index": 0}])


@pytest.mark.parametrize("path", ["subscribers", "subscribers/3"])
def test_nobody_learns_or_sets_what_others_said(alices: JMAP, bobs: JMAP, bob: JMAP, path: str) -> None:
    """Ours: what is kept for others is no property."""
    inbox = alices.mailbox("inbox")
    bobs.asks("Mailbox/set", update={inbox: {"isSubscribed": True}})
    assert bob.number == 3
    alices.says("Mailbox/get", properties=["subscribers"])
    alices.hears("error", type="invalidArguments")
    alices.says("Mailbox/set", update={inbox: {path: {"3": True}}})
    alices.hears("Mailbox/set", updated=None, notUpdated={inbox: ANY})
    assert "subscribers" not in alices.asks("Mailbox/get", ids=[inbox])["list"][0]
