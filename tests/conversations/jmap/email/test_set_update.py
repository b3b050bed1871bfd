"""Email/set update and destroy (RFC 8621 section 4.6; RFC 8620 section 5.3)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, letter
from tests.driver import ANY, JMAP, NOTHING, Home, like


def updated(alice: JMAP, patch: dict[str, Any], **filed: Any) -> Any:
    """Keywords and mailboxIds of a new Email after a patch that is accepted."""
    email = alice.receives(LETTER, **filed)
    alice.says("Email/set", update={email: patch})
    alice.hears("Email/set", updated={email: None}, notUpdated=None)
    (got,) = alice.asks("Email/get", ids=[email], properties=["keywords", "mailboxIds"])["list"]
    return got


def refused(alice: JMAP, patch: dict[str, Any], **filed: Any) -> Any:
    """The SetError that a patch of a new Email is answered with; the Email stays as it was."""
    email = alice.receives(LETTER, **filed)
    before = alice.asks("Email/get", ids=[email])
    answer = alice.asks("Email/set", update={email: patch})
    assert answer["updated"] is None, answer
    assert answer["oldState"] == answer["newState"]
    assert alice.asks("Email/get", ids=[email]) == before
    return answer["notUpdated"][email]


def test_keywords_are_replaced_as_a_whole(alice: JMAP) -> None:
    """RFC 8621 section 4.6."""
    got = updated(alice, {"keywords": {"$seen": True}}, keywords={"$flagged": True})

    assert got["keywords"] == {"$seen": True}


def test_a_keyword_is_added_by_patch(alice: JMAP) -> None:
    """RFC 8621 section 4.6, RFC 8620 section 5.3."""
    got = updated(alice, {"keywords/$seen": True}, keywords={"$flagged": True})

    assert got["keywords"] == {"$flagged": True, "$seen": True}


def test_a_keyword_is_removed_by_patch(alice: JMAP) -> None:
    """RFC 8621 section 4.10: keywords/$seen null."""
    got = updated(alice, {"keywords/$seen": None, "keywords/other": None}, keywords={"$flagged": True, "$seen": True})

    assert got["keywords"] == {"$flagged": True}


def test_a_keyword_is_meant_in_any_case(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1: a keyword is a case-insensitive string."""
    got = updated(alice, {"keywords/$SEEN": None, "keywords/$Flagged": True}, keywords={"$seen": True})

    assert got["keywords"] == {"$flagged": True}


def test_keywords_that_are_kept_otherwise_are_told(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "updated": what changed in a way the client did not ask for."""
    email = alice.receives(LETTER)

    alice.says("Email/set", update={email: {"keywords": {"$Seen": True}}})

    alice.hears("Email/set", updated={email: {"keywords": {"$seen": True}}})


def test_keywords_null_are_none(alice: JMAP) -> None:
    """RFC 8620 section 5.3: null sets the default."""
    assert updated(alice, {"keywords": None}, keywords={"$seen": True})["keywords"] == {}


def test_an_email_is_moved(alice: JMAP) -> None:
    """RFC 8621 section 4.6."""
    archive = alice.mailbox("archive")

    assert updated(alice, {"mailboxIds": {archive: True}})["mailboxIds"] == {archive: True}


def test_an_email_is_moved_by_patch(alice: JMAP) -> None:
    """RFC 8621 section 4.6."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")

    got = updated(alice, {f"mailboxIds/{archive}": True, f"mailboxIds/{inbox}": None})

    assert got["mailboxIds"] == {archive: True}


def test_an_email_is_copied_to_a_second_mailbox(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1: one or more Mailboxes."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")

    assert updated(alice, {f"mailboxIds/{archive}": True})["mailboxIds"] == {inbox: True, archive: True}


@pytest.mark.parametrize(
    "patch",
    [
        {"keywords/$seen": False}, {"keywords": {"$seen": False}}, {"keywords": {"$seen": 1}}, {"keywords/a b": True},
        {"keywords": []}, {"keywords": {"ä": True}}, {"keywords/$seen": {}},
    ],
)  # fmt: skip
def test_keywords_that_are_none_are_refused(alice: JMAP, patch: dict[str, Any]) -> None:
    """RFC 8621 section 4.1.1: each value MUST be true, each name a keyword."""
    assert refused(alice, patch) == like(type="invalidProperties", properties=["keywords"])


@pytest.mark.parametrize(
    "patch",
    [
        {"mailboxIds": {}}, {"mailboxIds": None}, {"mailboxIds": {"m999": True}}, {"mailboxIds/m999": True},
        {"mailboxIds": []}, {"mailboxIds/#nobody": True}, {"mailboxIds": {"nobody": False}},
    ],
)  # fmt: skip
def test_mailbox_ids_that_are_none_are_refused(alice: JMAP, patch: dict[str, Any]) -> None:
    """RFC 8621 section 4.1.1: an Email belongs to one Mailbox or more, at all times."""
    assert refused(alice, patch) == like(type="invalidProperties", properties=["mailboxIds"])


def test_the_last_mailbox_is_not_removed(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1."""
    assert refused(alice, {f"mailboxIds/{alice.mailbox('inbox')}": None}) == like(
        type="invalidProperties", properties=["mailboxIds"]
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "e1"), ("blobId", "b1"), ("threadId", "t1"), ("size", 1), ("receivedAt", "2020-01-01T00:00:00Z"),
        ("subject", "Other"), ("from", []), ("messageId", None), ("sentAt", None), ("preview", ""), ("headers", []),
        ("hasAttachment", False), ("textBody", []), ("bodyStructure", {}), ("header:Subject", "x"), ("nothing", 1),
    ],
)  # fmt: skip
def test_what_cannot_change_is_refused(alice: JMAP, name: str, value: object) -> None:
    """RFC 8621 section 4.1: immutable, or set by the server."""
    assert refused(alice, {name: value}) == like(type="invalidProperties", properties=[name])


@pytest.mark.parametrize(
    "name",
    [
        "id", "blobId", "threadId", "size", "receivedAt", "subject", "from", "messageId", "sentAt", "preview",
        "hasAttachment", "headers", "textBody", "bodyStructure", "bodyValues", "header:Subject:asText",
        "header:X-None", "keywords", "mailboxIds",
    ],
)  # fmt: skip
def test_what_cannot_change_may_be_sent_as_it_is(alice: JMAP, name: str) -> None:
    """RFC 8620 section 5.3: the client may send immutable and server-set properties that are the same."""
    email = alice.receives(LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=[name])["list"]

    alice.says("Email/set", update={email: {name: got[name]}})

    alice.hears("Email/set", updated={email: None}, notUpdated=None)


@pytest.mark.parametrize(
    "patch",
    [
        {"keywords/a/b": True}, {"nothing/a": True}, {"keywords": {}, "keywords/a": True}, {"keywords/a~2": True},
        {"from/0/email": "x"}, {"subject/a": "x"},
    ],
)  # fmt: skip
def test_a_patch_into_nowhere_is_refused(alice: JMAP, patch: dict[str, Any]) -> None:
    """RFC 8620 section 5.3, "invalidPatch"."""
    assert refused(alice, patch) == like(type="invalidPatch")


def test_too_many_keywords_are_refused(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 4.6, "tooManyKeywords"."""
    home.build(keywords=2)

    assert refused(alice, {"keywords/c": True}, keywords={"a": True, "b": True}) == like(type="tooManyKeywords")


def test_an_email_with_too_many_keywords_can_be_moved(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 4.6: it is the change to the keywords that would exceed the maximum."""
    email = alice.receives(LETTER, keywords={"a": True, "b": True, "c": True})
    home.build(keywords=2)

    alice.says("Email/set", update={email: {"mailboxIds": {alice.mailbox("archive"): True}}})

    alice.hears("Email/set", updated={email: None})


def test_an_email_that_is_not_there_is_not_updated(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "notFound"."""
    alice.says("Email/set", update={"e999": {"keywords/a": True}, "nobody": {}, "#new": {}})

    alice.hears("Email/set", notUpdated={name: like(type="notFound") for name in ("e999", "nobody", "#new")})


def test_nothing_changed_changes_no_state(alice: JMAP) -> None:
    """RFC 8620 section 5.1: the state changes when the data does."""
    email = alice.receives(LETTER, keywords={"$seen": True})

    answer = alice.asks("Email/set", update={email: {"keywords/$seen": True}})

    assert answer["oldState"] == answer["newState"]


def test_another_state_refuses_everything(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "stateMismatch"."""
    email = alice.receives(LETTER)
    state = alice.state("Email")
    alice.receives(LETTER)

    alice.says("Email/set", ifInState=state, destroy=[email])

    alice.hears("error", type="stateMismatch")
    alice.says("Email/get", ids=[email], properties=["id"])
    alice.hears("Email/get", list=[{"id": email}])


def test_a_destroyed_email_is_gone_from_everywhere(alice: JMAP) -> None:
    """RFC 8621 section 4.6: it is removed from all Mailboxes."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")
    email = alice.receives(LETTER, mailboxIds={inbox: True, archive: True})
    (thread,) = alice.asks("Email/get", ids=[email], properties=["threadId"])["list"]

    alice.says("Email/set", destroy=[email])

    alice.hears("Email/set", destroyed=[email], notDestroyed=None)
    alice.says("Email/get", ids=[email])
    alice.hears("Email/get", list=[], notFound=[email])
    alice.says("Thread/get", ids=[thread["threadId"]])
    alice.hears("Thread/get", list=[], notFound=[thread["threadId"]])
    alice.says("Mailbox/get", ids=[inbox, archive], properties=["totalEmails", "totalThreads"])
    alice.hears("Mailbox/get", list=[like(totalEmails=0, totalThreads=0)] * 2)


def test_destroying_twice_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "notFound"."""
    email = alice.receives(LETTER)
    alice.asks("Email/set", destroy=[email])

    alice.says("Email/set", destroy=[email, "nobody"])

    alice.hears(
        "Email/set", destroyed=None, notDestroyed={email: like(type="notFound"), "nobody": like(type="notFound")}
    )


def test_the_message_of_a_destroyed_email_can_be_had_for_a_while(alice: JMAP) -> None:
    """RFC 8620 section 6: a blob is kept as long as an upload once nothing refers to it."""
    email = alice.receives(LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=["blobId"])["list"]

    alice.asks("Email/set", destroy=[email])

    assert alice.downloads(got["blobId"]).status == 200


def test_one_refusal_does_not_stop_the_others(alice: JMAP) -> None:
    """RFC 8620 section 5.3: each object is accepted or refused by itself."""
    one, two = alice.receives(letter("one")), alice.receives(letter("two"))

    alice.says(
        "Email/set",
        create={"bad": {"mailboxIds": {}}, "good": {"mailboxIds": {alice.mailbox("drafts"): True}}},
        update={one: {"keywords/$seen": True}, two: {"size": 0}},
        destroy=["nobody"],
    )

    alice.hears(
        "Email/set",
        created={"good": like(id=ANY)},
        notCreated={"bad": like(type="invalidProperties")},
        updated={one: None},
        notUpdated={two: like(type="invalidProperties")},
        destroyed=None,
        notDestroyed={"nobody": like(type="notFound")},
    )


def test_a_keyword_moves_the_counts(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadEmails" and "unreadThreads"."""
    email = alice.receives(LETTER)
    inbox = alice.mailbox("inbox")
    alice.says("Mailbox/get", ids=[inbox])
    alice.hears("Mailbox/get", list=[like(totalEmails=1, unreadEmails=1, totalThreads=1, unreadThreads=1)])

    alice.asks("Email/set", update={email: {"keywords/$seen": True}})

    alice.says("Mailbox/get", ids=[inbox])
    alice.hears("Mailbox/get", list=[like(totalEmails=1, unreadEmails=0, totalThreads=1, unreadThreads=0)])


def test_arguments_of_the_wrong_type_are_refused(alice: JMAP) -> None:
    """RFC 8620 section 3.6.2, invalidArguments."""
    wrong: list[dict[str, Any]] = [
        {"create": []}, {"create": {"a": 1}}, {"update": []}, {"update": {"e1": None}}, {"destroy": {}},
        {"destroy": [1]}, {"ifInState": 1}, {"nothing": 1}, {"accountId": NOTHING}, {"accountId": None},
    ]  # fmt: skip
    for arguments in wrong:
        alice.says("Email/set", **arguments)
        alice.hears("error", type="invalidArguments")
