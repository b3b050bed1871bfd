"""Email/changes and Email/queryChanges (RFC 8621 sections 4.3 and 4.5); every state is in tests/properties."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import letter
from tests.driver import ANY, JMAP


def test_what_became_of_emails_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.2."""
    kept, gone = alice.receives(letter()), alice.receives(letter())
    state = alice.state("Email")
    new = alice.receives(letter())
    alice.asks("Email/set", update={kept: {"keywords/$seen": True}}, destroy=[gone])

    alice.says("Email/changes", sinceState=state)

    alice.hears_exactly(
        "Email/changes",
        accountId=alice.account_id,
        oldState=state,
        newState=ANY,
        hasMoreChanges=False,
        created=[new],
        updated=[kept],
        destroyed=[gone],
    )


def test_what_came_and_went_is_not_told(alice: JMAP) -> None:
    """RFC 8620 section 5.2: an object created and destroyed since SHOULD be left out."""
    state = alice.state("Email")
    email = alice.receives(letter())
    alice.asks("Email/set", destroy=[email])

    alice.says("Email/changes", sinceState=state)

    alice.hears("Email/changes", created=[], updated=[], destroyed=[])


@pytest.mark.parametrize("state", ["", "nonsense", "x-0", "-1"])
def test_a_state_that_was_never_given_out_is_refused(alice: JMAP, state: str) -> None:
    """RFC 8620 section 5.2, "cannotCalculateChanges"."""
    for method, name in (("Email/changes", "sinceState"), ("Email/queryChanges", "sinceQueryState")):
        alice.says(method, **{name: state})
        alice.hears("error", type="cannotCalculateChanges")


def test_an_email_that_arrives_is_added_to_a_result(alice: JMAP) -> None:
    """RFC 8621 section 4.10: its place in the new result."""
    inbox = {
        "filter": {"inMailbox": alice.mailbox("inbox")},
        "sort": [{"property": "receivedAt", "isAscending": False}],
    }
    alice.receives(letter(), receivedAt="2026-01-01T00:00:00Z")
    state = alice.asks("Email/query", **inbox)["queryState"]
    email = alice.receives(letter(), receivedAt="2026-01-02T00:00:00Z")

    alice.says("Email/queryChanges", **inbox, sinceQueryState=state, calculateTotal=True)

    alice.hears_exactly(
        "Email/queryChanges",
        accountId=alice.account_id,
        oldQueryState=state,
        newQueryState=ANY,
        total=2,
        removed=[],
        added=[{"id": email, "index": 0}],
    )


def test_an_email_that_leaves_is_removed_from_a_result(alice: JMAP) -> None:
    """RFC 8620 section 5.6, "removed"."""
    inbox = {"filter": {"inMailbox": alice.mailbox("inbox")}}
    email = alice.receives(letter())
    state = alice.asks("Email/query", **inbox)["queryState"]
    alice.asks("Email/set", update={email: {"mailboxIds": {alice.mailbox("trash"): True}}})

    alice.says("Email/queryChanges", **inbox, sinceQueryState=state)

    alice.hears("Email/queryChanges", removed=[email], added=[])


def test_a_collapsed_result_follows_its_threads(alice: JMAP) -> None:
    """RFC 8621 section 4.5: a reply takes the place of its parent."""
    newest = {"sort": [{"property": "receivedAt", "isAscending": False}], "collapseThreads": True}
    parent = alice.receives(letter(Message_ID="<a@x>"), receivedAt="2026-01-01T00:00:00Z")
    other = alice.receives(letter(), receivedAt="2026-01-02T00:00:00Z")
    state = alice.asks("Email/query", **newest)["queryState"]
    reply = alice.receives(letter(In_Reply_To="<a@x>"), receivedAt="2026-01-03T00:00:00Z")

    answer = alice.asks("Email/queryChanges", **newest, sinceQueryState=state)

    ids = [id_ for id_ in (other, parent) if id_ not in answer["removed"]]
    for added in answer["added"]:
        ids.insert(added["index"], added["id"])
    assert ids == [reply, other]


def test_a_keyword_reaches_the_whole_thread(alice: JMAP) -> None:
    """RFC 8620 section 5.6: an Email moves although only another of its Thread has changed."""
    unseen = {"filter": {"noneInThreadHaveKeyword": "$seen"}}
    one = alice.receives(letter(Message_ID="<a@x>"))
    two = alice.receives(letter(Message_ID="<b@x>", In_Reply_To="<a@x>"))
    state = alice.asks("Email/query", **unseen)["queryState"]
    alice.asks("Email/set", update={one: {"keywords/$seen": True}})

    answer = alice.asks("Email/queryChanges", **unseen, sinceQueryState=state)

    assert sorted(answer["removed"]) == sorted([one, two])
    assert answer["added"] == []


def test_more_changes_than_wanted_are_refused(alice: JMAP) -> None:
    """RFC 8620 section 5.6, "tooManyChanges"."""
    state = alice.asks("Email/query")["queryState"]
    alice.receives(letter())
    alice.receives(letter())

    alice.says("Email/queryChanges", sinceQueryState=state, maxChanges=1)

    alice.hears("error", type="tooManyChanges")


@pytest.mark.parametrize("most", [0, -1, 1.5, "1"])
def test_max_changes_is_a_positive_number(alice: JMAP, most: object) -> None:
    """RFC 8620 sections 5.2 and 5.6."""
    for method, name in (("Email/changes", "sinceState"), ("Email/queryChanges", "sinceQueryState")):
        alice.says(method, **{name: alice.state("Email")}, maxChanges=most)
        alice.hears("error", type="invalidArguments")


def test_what_lay_beyond_the_last_known_id_is_left_out(alice: JMAP) -> None:
    """RFC 8620 section 5.6, erratum 6603: ids with a higher index than upToId in the old results SHOULD be omitted."""
    newest = [
        alice.receives(letter(Subject=name), receivedAt=f"2026-01-0{day}T00:00:00Z")
        for day, name in ((3, "c"), (2, "b"))
    ]
    beyond, gone = alice.receives(letter(), receivedAt="2026-01-01T00:00:00Z"), alice.receives(letter())
    query = {"filter": {"notKeyword": "$flagged"}, "sort": [{"property": "receivedAt", "isAscending": False}]}
    state = alice.asks("Email/query", **query)["queryState"]
    flagged = {"keywords/$flagged": True}
    alice.asks("Email/set", update={newest[0]: flagged, beyond: flagged}, destroy=[gone])

    def changes(**arguments: Any) -> list[list[str]]:
        told = alice.asks("Email/queryChanges", **{**query, "sinceQueryState": state, **arguments})
        return [sorted(told["removed"]), [item["id"] for item in told["added"]]]

    # Where what is destroyed was, nobody knows; an id that changed may not have been in the old results.
    assert changes(upToId=newest[1]) == [sorted([newest[0], gone]), []]
    assert changes(upToId=newest[0]) == changes() == [sorted([newest[0], beyond, gone]), []]
    assert changes(upToId=newest[1], collapseThreads=True)[0] == sorted([newest[0], beyond, gone])
