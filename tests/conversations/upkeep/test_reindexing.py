"""What follows from documents is made anew because somebody wants it."""

from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import EMAIL
from pillarbox.upkeep import reindex


def test_text_that_says_something_else_is_made_again(home: Home, alice: JMAP) -> None:
    """Management API section 3, 52: what was there counts for nothing."""
    emails = [alice.receives(f"Subject: plans\n\nto the sea {number}\n") for number in range(3)]
    with home.store.write(alice.number) as unit:
        for number in unit.numbers(EMAIL.table, 9):
            unit.index_text(EMAIL.table, number, {"body": "mountains"})
    assert alice.asks("Email/query", filter={"text": "sea"})["ids"] == []

    reindex(home.store, REGISTRY, alice.number)

    assert sorted(alice.asks("Email/query", filter={"text": "sea"})["ids"]) == sorted(emails)
    assert alice.asks("Email/query", filter={"text": "mountains"})["ids"] == []


def test_what_clients_know_stays_as_it_is(home: Home, alice: JMAP) -> None:
    """Ours: nothing changes for those who read the documents."""
    email = alice.receives("Subject: plans\n\nto the sea\n")
    before = alice.asks("Email/get", ids=[email])

    reindex(home.store, REGISTRY, alice.number)
    reindex(home.store, REGISTRY, 0)

    assert alice.asks("Email/get", ids=[email]) == before
