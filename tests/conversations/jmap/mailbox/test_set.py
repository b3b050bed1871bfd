"""Mailbox/set: what may be created and changed (RFC 8621 sections 2 and 2.5, RFC 8620 section 5.3)."""

from typing import Any

import pytest
from tests.conversations.jmap.mailbox.mailboxes import made, seen
from tests.driver import ANY, JMAP, NOTHING, Home, call, like


def test_what_was_not_sent_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "created": every property that the client did not send, and only those."""
    alice.says("Mailbox/set", create={"a": {"name": "Plans", "sortOrder": 3}})

    alice.hears_exactly(
        "Mailbox/set",
        accountId=alice.account_id,
        oldState=ANY,
        newState=ANY,
        created={
            "a": {
                "id": ANY,
                "parentId": None,
                "role": None,
                "totalEmails": 0,
                "unreadEmails": 0,
                "totalThreads": 0,
                "unreadThreads": 0,
                "myRights": ANY,
                "isSubscribed": True,
            }
        },
        updated=None,
        destroyed=None,
        notCreated=None,
        notUpdated=None,
        notDestroyed=None,
    )


def test_the_states_enclose_the_change(alice: JMAP) -> None:
    """RFC 8620 section 5.3: oldState and newState."""
    before = alice.state("Mailbox")
    answer = alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})

    assert answer["oldState"] == before
    assert answer["newState"] == alice.state("Mailbox") != before


def test_a_call_that_changes_nothing_leaves_the_state(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the state is that of the data."""
    inbox = alice.mailbox("inbox")
    answer = alice.asks("Mailbox/set", update={inbox: {"name": "Inbox"}})

    assert answer["updated"] == {inbox: None}
    assert answer["oldState"] == answer["newState"]


def test_in_another_state_nothing_is_done(alice: JMAP) -> None:
    """RFC 8620 section 5.3: ifInState, stateMismatch (clarification Q6)."""
    state = alice.state("Mailbox")
    made(alice, "Plans")
    alice.says("Mailbox/set", ifInState=state, create={"a": {"name": "More"}})
    alice.hears("error", type="stateMismatch")

    alice.says("Mailbox/set", ifInState=alice.state("Mailbox"), create={"a": {"name": "More"}})
    alice.hears("Mailbox/set", created={"a": ANY})


def test_more_than_allowed_at_once_is_too_much(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.3: requestTooLarge; creates, updates and destroys count together."""
    home.build(objects_in_set=2)
    alice.says("Mailbox/set", create={"a": {"name": "A"}}, update={"m1": {}}, destroy=["m2"])

    alice.hears("error", type="requestTooLarge")


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": 1}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": "a\nb"}, ["name"]),
        ({"name": "a\0b"}, ["name"]),
        ({"name": "a\x7f"}, ["name"]),
        ({"name": "a\x85b"}, ["name"]),
        ({"name": "a\u2028b"}, ["name"]),
        ({"name": "x" * 256}, ["name"]),
        ({"name": "é" * 128}, ["name"]),
        ({"name": "ok", "parentId": "m9999"}, ["parentId"]),
        ({"name": "ok", "parentId": ""}, ["parentId"]),
        ({"name": "ok", "parentId": 1}, ["parentId"]),
        ({"name": "ok", "parentId": "#nothing"}, ["parentId"]),
        ({"name": "ok", "parentId": "e1"}, ["parentId"]),
        ({"name": "ok", "role": "inbox"}, ["role"]),
        ({"name": "ok", "role": "Inbox"}, ["role"]),
        ({"name": "ok", "role": "nothing"}, ["role"]),
        ({"name": "ok", "role": ""}, ["role"]),
        ({"name": "ok", "role": "Archive"}, ["role"]),
        ({"name": "ok", "sortOrder": -1}, ["sortOrder"]),
        ({"name": "ok", "sortOrder": 2**31}, ["sortOrder"]),
        ({"name": "ok", "sortOrder": 1.5}, ["sortOrder"]),
        ({"name": "ok", "sortOrder": "1"}, ["sortOrder"]),
        ({"name": "ok", "sortOrder": True}, ["sortOrder"]),
        ({"name": "ok", "isSubscribed": None}, ["isSubscribed"]),
        ({"name": "ok", "isSubscribed": 1}, ["isSubscribed"]),
        ({"name": "ok", "id": "m1"}, ["id"]),
        ({"name": "ok", "totalEmails": 0}, ["totalEmails"]),
        ({"name": "ok", "unreadThreads": 0}, ["unreadThreads"]),
        ({"name": "ok", "myRights": {}}, ["myRights"]),
        ({"name": "ok", "nothing": 1}, ["nothing"]),
        ({"name": "", "sortOrder": -1, "nothing": 1, "id": "m1"}, ["id", "name", "nothing", "sortOrder"]),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_new_mailbox_is_told(alice: JMAP, properties: dict[str, Any], wrong: list[str]) -> None:
    """RFC 8620 section 5.3: invalidProperties, naming every property that is invalid."""
    state = alice.state("Mailbox")
    answer = alice.asks("Mailbox/set", create={"a": properties})

    assert answer["notCreated"]["a"]["type"] == "invalidProperties"
    assert sorted(answer["notCreated"]["a"]["properties"]) == wrong
    assert alice.state("Mailbox") == state


def test_a_tree_can_be_turned_over_in_one_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the final state has no loop, though one of its steps has."""
    top = made(alice, "Top")
    below = made(alice, "Below", parentId=top)
    alice.says("Mailbox/set", update={top: {"parentId": below}, below: {"parentId": None}})

    alice.hears("Mailbox/set", updated={top: None, below: None})


def test_a_refusal_does_not_keep_the_others_from_being_done(alice: JMAP) -> None:
    """RFC 8620 section 5.3: each change is accepted or refused by itself, swaps among them included."""
    one, two = made(alice, "One"), made(alice, "Two")
    alice.says(
        "Mailbox/set",
        create={"a": {"name": "New"}, "b": {"name": "Bad", "role": "inbox"}, "c": {"name": "In new", "parentId": "#a"}},
        update={one: {"name": "Three"}, two: {"parentId": "m9999"}, "m9999": {"name": "x"}},
        destroy=["m9998"],
    )

    alice.hears(
        "Mailbox/set",
        created={"a": ANY, "c": ANY},
        updated={one: None},
        destroyed=None,
        notCreated={"b": like(type="invalidProperties", properties=["role"])},
        notUpdated={two: like(type="invalidProperties", properties=["parentId"]), "m9999": like(type="notFound")},
        notDestroyed={"m9998": like(type="notFound")},
    )


def test_a_parent_may_be_created_in_the_same_call_in_any_order(alice: JMAP) -> None:
    """RFC 8620 section 5.3: creates happen before what refers to them."""
    create = {
        "c": {"name": "C", "parentId": "#b"},
        "b": {"name": "B", "parentId": "#a"},
        "a": {"name": "A"},
    }
    answer = alice.asks("Mailbox/set", create=create)

    ids = {key: value["id"] for key, value in answer["created"].items()}
    assert answer["created"]["c"]["parentId"] == ids["b"]
    assert answer["created"]["b"]["parentId"] == ids["a"]


def test_parents_that_need_each_other_cannot_be_created(alice: JMAP) -> None:
    """RFC 8621 section 2, "parentId": no loop."""
    create = {"a": {"name": "A", "parentId": "#b"}, "b": {"name": "B", "parentId": "#a"}}
    alice.says("Mailbox/set", create=create)

    alice.hears("Mailbox/set", created=None, notCreated={"a": ANY, "b": ANY})


def test_what_was_created_can_be_changed_and_destroyed_in_the_same_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3, erratum 6607: creation ids with # as keys of update, and in destroy."""
    answer = alice.asks(
        "Mailbox/set",
        create={"a": {"name": "A"}, "b": {"name": "B"}},
        update={"#a": {"name": "Another"}},
        destroy=["#b"],
    )

    assert list(answer["updated"]) == [answer["created"]["a"]["id"]]
    assert answer["destroyed"] == [answer["created"]["b"]["id"]]
    assert seen(alice, answer["created"]["a"]["id"])["name"] == "Another"


def test_what_is_refused_to_a_creation_id_is_told_under_the_id(alice: JMAP) -> None:
    """RFC 8620 section 5.3: notUpdated and notDestroyed map the Foo id to a SetError; erratum 6607."""
    made = alice.asks(
        "Mailbox/set", create={"a": {"name": "A"}, "b": {"name": "B", "parentId": "#a"}}, update={"#b": {"name": ""}}
    )

    (refused,) = made["notUpdated"]
    assert refused == made["created"]["b"]["id"]

    more = alice.asks("Mailbox/set", create={"c": {"name": "C"}, "d": {"name": "D", "parentId": "#c"}}, destroy=["#c"])

    assert more["notDestroyed"] == {more["created"]["c"]["id"]: {"type": "mailboxHasChild"}}


def test_a_creation_id_that_is_not_there_is_not_found(alice: JMAP) -> None:
    """RFC 8620 section 5.3: notFound."""
    alice.says("Mailbox/set", update={"#a": {"name": "x"}}, destroy=["#b"])

    alice.hears("Mailbox/set", notUpdated={"#a": like(type="notFound")}, notDestroyed={"#b": like(type="notFound")})


@pytest.mark.parametrize(
    "patch",
    [
        {"name/first": "x"},
        {"nothing/x": 1},
        {"myRights/mayDelete/x": True},
        {"": 1},
        {"name~2": 1},
        {"parentId": None, "parentId/x": None},
    ],
    ids=str,
)
def test_a_patch_into_nowhere_is_refused(alice: JMAP, patch: dict[str, Any]) -> None:
    """RFC 8620 section 5.3: invalidPatch, or invalidProperties; nothing is changed."""
    mailbox = made(alice, "Plans")
    before = seen(alice, mailbox)
    answer = alice.asks("Mailbox/set", update={mailbox: patch})

    assert answer["updated"] is None
    assert answer["notUpdated"][mailbox]["type"] in ("invalidPatch", "invalidProperties")
    assert seen(alice, mailbox) == before


def test_what_the_server_sets_may_be_sent_as_it_is(alice: JMAP) -> None:
    """RFC 8620 section 5.3: it must equal the current value."""
    mailbox = made(alice, "Plans")
    whole = seen(alice, mailbox)
    alice.says("Mailbox/set", update={mailbox: {**whole, "name": "New"}})
    alice.hears("Mailbox/set", updated={mailbox: None})

    assert seen(alice, mailbox) == {**whole, "name": "New"}


@pytest.mark.parametrize(
    "patch",
    [{"id": "m1"}, {"totalEmails": 7}, {"unreadThreads": None}, {"myRights": {}}, {"myRights/mayDelete": False}],
)
def test_what_the_server_sets_cannot_be_changed(alice: JMAP, patch: dict[str, Any]) -> None:
    """RFC 8620 section 5.3: else it is invalidProperties."""
    mailbox = made(alice, "Plans")
    name = next(iter(patch)).split("/")[0]
    alice.says("Mailbox/set", update={mailbox: patch})

    alice.hears("Mailbox/set", notUpdated={mailbox: like(type="invalidProperties", properties=[name])})


def test_null_restores_a_default(alice: JMAP) -> None:
    """RFC 8620 section 5.3: null in a patch sets the default, if there is one."""
    mailbox = made(alice, "Plans", sortOrder=7, isSubscribed=False, parentId=made(alice, "Top"), role="memos")
    alice.asks(
        "Mailbox/set", update={mailbox: {"sortOrder": None, "isSubscribed": None, "parentId": None, "role": None}}
    )

    assert seen(alice, mailbox) == like(sortOrder=0, isSubscribed=True, parentId=None, role=None)


def test_null_removes_nothing_that_must_be_there(alice: JMAP) -> None:
    """RFC 8620 section 5.3: a property without a default."""
    mailbox = made(alice, "Plans")
    alice.says("Mailbox/set", update={mailbox: {"name": None}})

    alice.hears("Mailbox/set", notUpdated={mailbox: like(type="invalidProperties", properties=["name"])})


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_no_mailbox_is_below_itself(alice: JMAP, depth: int) -> None:
    """RFC 8621 section 2, "parentId": there MUST NOT be a loop."""
    top = made(alice, "Top")
    last = top
    for at in range(depth):
        last = made(alice, f"Level {at}", parentId=last)
    alice.says("Mailbox/set", update={top: {"parentId": last}})
    alice.hears("Mailbox/set", notUpdated={top: like(type="invalidProperties", properties=["parentId"])})

    assert seen(alice, top)["parentId"] is None


def test_two_moves_make_no_loop_together(alice: JMAP) -> None:
    """RFC 8621 section 2, "parentId": one of them is refused."""
    one, two = made(alice, "One"), made(alice, "Two")
    answer = alice.asks("Mailbox/set", update={one: {"parentId": two}, two: {"parentId": one}})

    assert [len(answer["updated"]), len(answer["notUpdated"])] == [1, 1]


def test_a_tree_is_no_deeper_than_announced(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 1.3.1, "maxMailboxDepth"."""
    home.build(mailbox_depth=3)
    one = made(alice, "1")
    two = made(alice, "2", parentId=one)
    three = made(alice, "3", parentId=two)
    alice.says("Mailbox/set", create={"4": {"name": "4", "parentId": three}})

    alice.hears("Mailbox/set", notCreated={"4": like(type="invalidProperties", properties=["parentId"])})


def test_a_tree_is_not_moved_deeper_than_announced(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 1.3.1, "maxMailboxDepth": what is below counts as well."""
    home.build(mailbox_depth=3)
    top, other = made(alice, "top"), made(alice, "other")
    below = made(alice, "below", parentId=top)
    made(alice, "lowest", parentId=below)
    alice.says("Mailbox/set", update={top: {"parentId": other}})
    alice.hears("Mailbox/set", notUpdated={top: like(type="invalidProperties", properties=["parentId"])})

    alice.says("Mailbox/set", update={below: {"parentId": other}})
    alice.hears("Mailbox/set", updated={below: None})


@pytest.mark.parametrize("role", ["all", "flagged", "important", "memos", "scheduled", "snoozed", "templates"])
def test_a_role_is_a_registered_name(alice: JMAP, role: str) -> None:
    """RFC 8621 section 2, "role": from the registry of IMAP mailbox name attributes, in lower case."""
    assert seen(alice, made(alice, "New", role=role))["role"] == role


def test_a_role_is_had_once(alice: JMAP) -> None:
    """RFC 8621 section 2, "role": no two Mailboxes in one account."""
    mailbox = made(alice, "Plans")
    alice.says("Mailbox/set", create={"a": {"name": "A", "role": "trash"}}, update={mailbox: {"role": "sent"}})

    alice.hears(
        "Mailbox/set",
        notCreated={"a": like(type="invalidProperties", properties=["role"])},
        notUpdated={mailbox: like(type="invalidProperties", properties=["role"])},
    )


def test_the_inbox_stays_where_mail_arrives(alice: JMAP) -> None:
    """Ours: the inbox keeps its role and is not destroyed; anything else of it may change."""
    inbox = alice.mailbox("inbox")
    alice.says("Mailbox/set", update={inbox: {"role": None}})
    alice.hears("Mailbox/set", notUpdated={inbox: like(type="forbidden")})
    alice.says("Mailbox/set", update={inbox: {"role": "archive"}})
    alice.hears("Mailbox/set", notUpdated={inbox: like(type="forbidden")})
    alice.says("Mailbox/set", destroy=[inbox], onDestroyRemoveEmails=True)
    alice.hears("Mailbox/set", notDestroyed={inbox: like(type="forbidden")})
    alice.says("Mailbox/set", update={inbox: {"name": "Post", "sortOrder": 9, "isSubscribed": False}})

    alice.hears("Mailbox/set", updated={inbox: None})


def test_what_was_refused_is_not_known_by_its_creation_id(alice: JMAP) -> None:
    """RFC 8620 section 5.3: only what was created has an id."""
    alice.says_all(
        call("Mailbox/set", create={"a": {"name": ""}}),
        call("Mailbox/set", create={"b": {"name": "B", "parentId": "#a"}}),
    )

    alice.hears("Mailbox/set", notCreated={"a": ANY})
    alice.hears("Mailbox/set", notCreated={"b": like(type="invalidProperties", properties=["parentId"])})


def test_an_error_has_no_members_that_are_not_its_own(alice: JMAP) -> None:
    """RFC 8620 section 5.3: properties belongs to invalidProperties."""
    made(alice, "Plans")
    alice.says("Mailbox/set", create={"a": {"name": "Plans"}})

    alice.hears("Mailbox/set", notCreated={"a": like(properties=NOTHING, existingId=ANY)})
