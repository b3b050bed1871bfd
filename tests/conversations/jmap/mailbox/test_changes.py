"""Mailbox/changes (RFC 8621 section 2.2, RFC 8620 section 5.2)."""

import pytest
from tests.driver import ANY, JMAP, Home, like

COUNTS = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]


def made(alice: JMAP, name: str) -> str:
    return str(alice.asks("Mailbox/set", create={"it": {"name": name}})["created"]["it"]["id"])


def test_what_was_created_updated_and_destroyed_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.2: each in its list."""
    changed, gone = made(alice, "Changed"), made(alice, "Gone")
    since = alice.state("Mailbox")
    new = made(alice, "New")
    alice.asks("Mailbox/set", update={changed: {"name": "Other"}}, destroy=[gone])
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears_exactly(
        "Mailbox/changes",
        accountId=alice.account_id,
        oldState=since,
        newState=ANY,
        hasMoreChanges=False,
        created=[new],
        updated=[changed],
        destroyed=[gone],
        updatedProperties=None,
    )


def test_the_new_state_is_the_present_one(alice: JMAP) -> None:
    """RFC 8620 section 5.2: "newState"."""
    since = alice.state("Mailbox")
    made(alice, "New")

    assert alice.asks("Mailbox/changes", sinceState=since)["newState"] == alice.state("Mailbox")


def test_nothing_is_told_where_nothing_happened(alice: JMAP) -> None:
    """RFC 8620 section 5.2."""
    since = alice.state("Mailbox")
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", oldState=since, newState=since, created=[], updated=[], destroyed=[])


def test_what_was_created_and_then_changed_is_created(alice: JMAP) -> None:
    """RFC 8620 section 5.2: SHOULD be told once."""
    since = alice.state("Mailbox")
    new = made(alice, "New")
    alice.asks("Mailbox/set", update={new: {"name": "Newer"}})
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", created=[new], updated=[])


def test_what_was_changed_and_then_destroyed_is_destroyed(alice: JMAP) -> None:
    """RFC 8620 section 5.2: only there."""
    mailbox = made(alice, "Plans")
    since = alice.state("Mailbox")
    alice.asks("Mailbox/set", update={mailbox: {"name": "Other"}})
    alice.asks("Mailbox/set", destroy=[mailbox])
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", updated=[], destroyed=[mailbox])


def test_what_came_and_went_is_not_told(alice: JMAP) -> None:
    """RFC 8620 section 5.2: SHOULD be left out."""
    since = alice.state("Mailbox")
    alice.asks("Mailbox/set", destroy=[made(alice, "Plans")])
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", created=[], updated=[], destroyed=[])


def test_counts_that_changed_are_named(alice: JMAP) -> None:
    """RFC 8621 section 2.2, "updatedProperties": where only counts may have changed."""
    since = alice.state("Mailbox")
    alice.receives("Subject: x\n\nx")
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", updated=[ANY], updatedProperties=COUNTS)


def test_where_more_than_counts_changed_nothing_is_named(alice: JMAP) -> None:
    """RFC 8621 section 2.2, "updatedProperties": null, if any other property may have changed."""
    since = alice.state("Mailbox")
    alice.receives("Subject: x\n\nx")
    alice.asks("Mailbox/set", update={alice.mailbox("junk"): {"name": "Spam"}})
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", updated=[ANY, ANY], updatedProperties=None)


def test_a_rename_before_counts_is_not_hidden_by_them(alice: JMAP) -> None:
    """RFC 8621 section 2.2, "updatedProperties": for all that changed since, in whatever order."""
    inbox = alice.mailbox("inbox")
    since = alice.state("Mailbox")
    alice.asks("Mailbox/set", update={inbox: {"name": "Post"}})
    middle = alice.state("Mailbox")
    alice.receives("Subject: x\n\nx")

    alice.says("Mailbox/changes", sinceState=since)
    alice.hears("Mailbox/changes", updated=[inbox], updatedProperties=None)
    alice.says("Mailbox/changes", sinceState=middle)
    alice.hears("Mailbox/changes", updated=[inbox], updatedProperties=COUNTS)


def test_a_creation_does_not_hide_that_only_counts_changed(alice: JMAP) -> None:
    """RFC 8621 section 2.2, "updatedProperties": of those updated; null is allowed, a wrong list is not."""
    since = alice.state("Mailbox")
    alice.receives("Subject: x\n\nx")
    new = made(alice, "New")
    answer = alice.asks("Mailbox/changes", sinceState=since)

    assert answer["created"] == [new]
    assert answer["updatedProperties"] in (None, COUNTS)


@pytest.mark.parametrize("since", ["", "x", "0", "nothing-5", "-1"])
def test_a_state_that_was_never_given_cannot_be_gone_on_from(alice: JMAP, since: str) -> None:
    """RFC 8620 section 5.2: cannotCalculateChanges."""
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("error", type="cannotCalculateChanges")


def test_a_state_of_another_account_cannot_be_gone_on_from(alice: JMAP, bob: JMAP) -> None:
    """Architecture section 3: each account has an epoch of its own."""
    alice.says("Mailbox/changes", sinceState=bob.state("Mailbox"))

    alice.hears("error", type="cannotCalculateChanges")


def test_a_state_of_the_future_cannot_be_gone_on_from(alice: JMAP) -> None:
    """Architecture section 3: nor one that was lost with a backup."""
    epoch = alice.state("Mailbox").rpartition("-")[0]
    alice.says("Mailbox/changes", sinceState=f"{epoch}-999999")

    alice.hears("error", type="cannotCalculateChanges")


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_pages_lead_to_the_present(alice: JMAP, most: int) -> None:
    """RFC 8620 section 5.2, "maxChanges": no page is longer, and the last one ends at the present state."""
    known = {mailbox["id"] for mailbox in alice.asks("Mailbox/get")["list"]}
    since = alice.state("Mailbox")
    new = [made(alice, f"Plans {at}") for at in range(5)]
    alice.asks("Mailbox/set", destroy=[new[0], alice.mailbox("junk")], update={new[1]: {"name": "Other"}})
    alice.receives("Subject: x\n\nx")
    more = True
    while more:
        page = alice.asks("Mailbox/changes", sinceState=since, maxChanges=most)
        ids = page["created"] + page["updated"] + page["destroyed"]
        assert 1 <= len(ids) <= most
        assert len(set(ids)) == len(ids)
        assert known.isdisjoint(page["created"])
        # What came and went is known to a state in between.
        assert known.issuperset(page["updated"])
        known = (known | set(page["created"])) - set(page["destroyed"])
        since, more = page["newState"], page["hasMoreChanges"]

    assert since == alice.state("Mailbox")
    assert known == {mailbox["id"] for mailbox in alice.asks("Mailbox/get")["list"]}


def test_the_server_has_a_limit_of_its_own(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.2: the server may choose to return fewer."""
    since = alice.state("Mailbox")
    for at in range(5):
        made(alice, f"Plans {at}")
    home.build(changes=2)
    alice.says("Mailbox/changes", sinceState=since, maxChanges=100)
    alice.hears("Mailbox/changes", created=[ANY, ANY], hasMoreChanges=True)
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", created=[ANY, ANY], hasMoreChanges=True)


def test_all_of_one_call_is_one_state(alice: JMAP) -> None:
    """Architecture section 3.8: a type's state moves once in a call."""
    since = alice.state("Mailbox")
    alice.asks("Mailbox/set", create={"a": {"name": "A"}, "b": {"name": "B"}})
    alice.says("Mailbox/changes", sinceState=since)

    alice.hears("Mailbox/changes", created=[ANY, ANY], newState=ANY)
    assert alice.asks("Mailbox/changes", sinceState=alice.state("Mailbox")) == like(created=[])
