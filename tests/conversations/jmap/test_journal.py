"""JournalEntry over JMAP: for whose mail it is, and for nobody else (ours)."""

from datetime import timedelta

import pytest
from tests.driver import JMAP, Home

from pillarbox.datatypes.journal import (
    JOURNAL,
    Fate,
    Incoming,
    Step,
    Way,
    forget_journal,
    keeping,
    note_attempt,
    note_incoming,
)


def comes(home: Home, person: JMAP, sender: str, message_id: str = "1@far.example", after: int = 0) -> None:
    """A message from somebody is filed, so many seconds from now."""
    moment = home.now() + timedelta(seconds=after)
    came = Incoming(sender, person.name, message_id, 1000, "t1", moment, "192.0.2.1", "TLSv1.3")
    with home.store.write(person.number) as unit:
        note_incoming(unit, came, Fate.DELIVERED, (Step(moment, "filed", "in the Inbox"),))


def goes(home: Home, person: JMAP, *recipients: str, after: int = 0) -> None:
    """A message to these was sent."""
    moment = home.now() + timedelta(seconds=after)
    with home.store.write(person.number) as unit:
        way = Way(unit.fresh(), "q1", person.name, recipients, moment, 500)
        note_attempt(unit, way, (Step(moment, "relayed"),), Fate.DELIVERED)


@pytest.fixture
def reader(home: Home, alice: JMAP) -> JMAP:
    """Alice, with mail that came from Bob and Carol and some that she sent."""
    alice.using.append(JOURNAL)
    comes(home, alice, "bob@far.example")
    comes(home, alice, "Carol@far.example", "2@far.example", after=10)
    goes(home, alice, "dave@far.example", "erin@near.example", after=20)
    return alice


def senders(person: JMAP, **arguments: object) -> list[str]:
    found = person.asks("JournalEntry/query", sort=[{"property": "at"}], **arguments)["ids"]
    return [one["sender"] for one in person.asks("JournalEntry/get", ids=found)["list"]]


def test_the_session_has_it(reader: JMAP) -> None:
    """RFC 8620 section 2."""
    session = reader.sends("GET", "/.well-known/jmap").json()
    assert session["capabilities"][JOURNAL] == {}
    assert session["accounts"][reader.account_id]["accountCapabilities"][JOURNAL] == {}


def test_what_came_and_went_is_told(reader: JMAP) -> None:
    """RFC 8620 section 5.1."""
    entry = reader.asks("JournalEntry/get", ids=None)["list"][0]
    assert entry["steps"] == [
        {"at": entry["at"], "what": "received", "detail": "from 192.0.2.1 over TLSv1.3"},
        {"at": entry["at"], "what": "filed", "detail": "in the Inbox"},
    ]


def test_entries_are_found(home: Home, reader: JMAP) -> None:
    """RFC 8620 section 5.5."""
    everybody = ["bob@far.example", "Carol@far.example", "alice@home.example"]
    at = (home.now() + timedelta(seconds=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for wanted, found in (
        (None, everybody),
        ({"direction": "in"}, everybody[:2]),
        ({"direction": "out"}, everybody[2:]),
        ({"from": "carol"}, ["Carol@far.example"]),
        ({"from": "dave"}, []),
        ({"to": "dave@far"}, ["alice@home.example"]),
        ({"to": "ALICE"}, everybody[:2]),
        ({"text": "alice"}, everybody),
        ({"text": "2@far"}, ["Carol@far.example"]),
        ({"messageId": "<2@far.example>"}, ["Carol@far.example"]),
        ({"messageId": "2@far"}, []),
        ({"after": at}, everybody[1:]),
        ({"before": at}, everybody[:1]),
    ):
        assert senders(reader, filter=wanted) == found, wanted


def test_news_are_told(home: Home, reader: JMAP) -> None:
    """RFC 8620 sections 5.2 and 5.6."""
    before = reader.asks("JournalEntry/query", filter={"from": "bob"})
    state = reader.asks("JournalEntry/get", ids=[])["state"]
    comes(home, reader, "bob@near.example", after=30)

    (made,) = reader.asks("JournalEntry/changes", sinceState=state)["created"]
    changed = reader.asks("JournalEntry/queryChanges", filter={"from": "bob"}, sinceQueryState=before["queryState"])
    assert [one["id"] for one in changed["added"]] == [made]


def test_nobody_writes_it(reader: JMAP) -> None:
    """Ours: what happened has happened."""
    reader.says("JournalEntry/set", destroy=["j1"])
    reader.hears("error", type="unknownMethod")


def test_it_is_nobody_else_s(reader: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: an account of others is not there."""
    bob.using.append(JOURNAL)
    for method, arguments in (
        ("get", {"ids": None}),
        ("query", {}),
        ("changes", {"sinceState": "1"}),
        ("queryChanges", {"sinceQueryState": "1"}),
    ):
        bob.says(f"JournalEntry/{method}", accountId=reader.account_id, **arguments)
        bob.hears("error", type="accountNotFound")
    assert bob.asks("JournalEntry/get", ids=None)["list"] == []


def test_who_may_only_read_an_account_does_not_see_its_journal(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: a reader of a group's mail does not learn of what was refused, or to whom it is sent."""
    alice.using.append(JOURNAL)
    bob.using.append(JOURNAL)
    group = home.group("team", alice, readers=[bob])

    assert alice.asks("JournalEntry/get", ids=None, accountId=group.id)["list"] == []
    bob.says("JournalEntry/get", ids=None, accountId=group.id)
    bob.hears("error", type="accountNotSupportedByMethod")


def test_the_old_is_forgotten(home: Home, reader: JMAP) -> None:
    """Settings: `journal.keep`."""
    with home.store.write(reader.number) as unit:
        assert forget_journal(unit, home.now() + timedelta(seconds=15)) == 2
    assert senders(reader) == ["alice@home.example"]


def test_of_too_many_the_oldest_go(home: Home, reader: JMAP, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: the journal is no part of the quota, so it has a bound of its own."""
    monkeypatch.setattr(keeping, "MOST", 2)
    with home.store.write(reader.number) as unit:
        assert forget_journal(unit, home.now()) == 1
    assert senders(reader) == ["Carol@far.example", "alice@home.example"]
