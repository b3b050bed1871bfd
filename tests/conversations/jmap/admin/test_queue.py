"""The queue over JMAP, in the server's account: shown live, put off and given up (ours)."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conversations.management.outgoing import LETTER, queues
from tests.driver import ADMIN, CORE, JMAP, Home, like
from tests.driver.administrator import Administrator

from pillarbox.datatypes.queue import show_change

SERVER = "a0"


@pytest.fixture
def root(home: Home) -> JMAP:
    person = Administrator(home).person
    person.using = [CORE, ADMIN]
    return person


def id_of(home: Home, person: JMAP, *recipients: str) -> str:
    """Of a message that is queued, as JMAP has it."""
    return queues(home, person, *recipients).replace(".", "-")


def later(home: Home, **by: float) -> str:
    return (home.now() + timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_waits_is_found_and_told(home: Home, root: JMAP) -> None:
    """Issue 6: queued messages of all accounts, by the same functions as over REST."""
    alice, bert = home.person("alice"), home.person("bert")
    first, second = id_of(home, alice, "bob@far.example", "eve@far.example"), id_of(home, bert, "bob@far.example")
    found = root.asks("QueuedMessage/query", accountId=SERVER, calculateTotal=True)
    assert found == like(ids=[first, second], total=2, canCalculateChanges=False)
    assert root.asks("QueuedMessage/query", accountId=SERVER, filter={"text": "EVE"})["ids"] == [first]
    (told,) = root.asks("QueuedMessage/get", accountId=SERVER, ids=[first])["list"]
    assert told == like(id=first, sender="alice@home.example", size=len(LETTER), nextAttempt=later(home))
    assert told["recipients"][1] == like(address="eve@far.example", status="waiting", tries=0, reply=None)
    some = root.asks("QueuedMessage/get", accountId=SERVER, ids=None, properties=["sender"])["list"]
    assert some == [{"id": first, "sender": alice.name}, {"id": second, "sender": bert.name}]


def test_it_is_pushed_that_the_queue_moves(home: Home, root: JMAP) -> None:
    """RFC 8620 section 7.1: whoever shows it asks again; what has changed is in no one log (section 5.2)."""
    state = root.asks("QueuedMessage/get", accountId=SERVER, ids=[])["state"]
    stream = root.listens("QueuedMessage")
    show_change(home.store)
    moved = stream.change()["changed"][SERVER]["QueuedMessage"]
    assert moved == root.asks("QueuedMessage/get", accountId=SERVER, ids=[])["state"] != state
    root.says("QueuedMessage/changes", accountId=SERVER, sinceState=state)
    root.hears("error", type="cannotCalculateChanges")


def test_a_message_is_put_off_and_given_up(home: Home, root: JMAP) -> None:
    """Management API section 7, by /set."""
    id_ = id_of(home, home.person("alice"), "bob@far.example")
    at = later(home, hours=3)
    told = root.asks("QueuedMessage/set", accountId=SERVER, update={id_: {"nextAttempt": at}})
    assert told == like(updated={id_: None}, notUpdated=None)
    assert told["newState"] != told["oldState"]
    assert root.asks("QueuedMessage/get", accountId=SERVER, ids=[id_])["list"][0]["nextAttempt"] == at
    assert root.asks("QueuedMessage/set", accountId=SERVER, destroy=[id_])["destroyed"] == [id_]
    assert root.asks("QueuedMessage/get", accountId=SERVER, ids=[id_])["notFound"] == [id_]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"create": {"it": {}}}, "forbidden"),
        ({"update": {"a1-q1": {"nextAttempt": "2026-01-01T00:00:00Z"}}}, "notFound"),
        ({"update": {"nonsense": {"nextAttempt": "2026-01-01T00:00:00Z"}}}, "notFound"),
        ({"update": {"a1-q1": {"nextAttempt": "soon"}}}, "invalidProperties"),
        ({"update": {"a1-q1": {"nextAttempt": "2999-01-01T00:00:00Z"}}}, "invalidProperties"),
        ({"update": {"a1-q1": {"sender": "x"}}}, "invalidProperties"),
        ({"destroy": ["a1-q1"]}, "notFound"),
    ],
)
def test_what_cannot_be_done_is_told(root: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8620 section 5.3."""
    told = root.asks("QueuedMessage/set", accountId=SERVER, **arguments)
    (found,) = [one for of in ("notCreated", "notUpdated", "notDestroyed") for one in (told[of] or {}).values()]
    assert found["type"] == error


def test_it_is_paused_and_goes_on(root: JMAP) -> None:
    """RFC 8620 section 5: a singleton; what REST says is the same."""

    def is_paused() -> bool:
        (told,) = root.asks("Queue/get", accountId=SERVER, ids=None)["list"]
        assert told["id"] == "singleton"
        return bool(told["isPaused"])

    assert not is_paused()
    stream = root.listens("Queue")
    told = root.asks("Queue/set", accountId=SERVER, update={"singleton": {"isPaused": True}})
    assert told["newState"] != told["oldState"]
    assert is_paused()
    assert stream.change()["changed"][SERVER]["Queue"] == told["newState"]
    root.asks("Queue/set", accountId=SERVER, update={"singleton": {"isPaused": False}})
    assert not is_paused()
    told = root.asks("Queue/set", accountId=SERVER, destroy=["singleton"], create={"it": {}})
    assert told["notDestroyed"]["singleton"]["type"] == "singleton" == told["notCreated"]["it"]["type"]
