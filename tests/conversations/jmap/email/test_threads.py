"""Which Emails belong together (RFC 8621 section 3)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import letter
from tests.driver import JMAP


def thread(alice: JMAP, email: str) -> str:
    """The threadId of an Email."""
    (got,) = alice.asks("Email/get", ids=[email], properties=["threadId"])["list"]
    return str(got["threadId"])


def emails(alice: JMAP, thread_id: str) -> Any:
    """The emailIds of a Thread."""
    (got,) = alice.asks("Thread/get", ids=[thread_id])["list"]
    return got["emailIds"]


def test_every_email_belongs_to_a_thread(alice: JMAP) -> None:
    """RFC 8621 section 3: even if it is the only one, and has no message id."""
    one, two = alice.receives("Hello"), alice.receives("Hello")

    assert thread(alice, one) != thread(alice, two)
    assert emails(alice, thread(alice, one)) == [one]


@pytest.mark.parametrize("field", ["In_Reply_To", "References"])
@pytest.mark.parametrize(
    "subject", ["Re: Plan", "Re: Re: Plan (fwd)", "[list] re: PLAN", "Fwd:  Plan ", "P lan", "plan"]
)
def test_a_reply_joins_its_parent(alice: JMAP, field: str, subject: str) -> None:
    """RFC 8621 section 3: a message id in both, and the same subject without prefixes and white space."""
    parent = alice.receives(letter(Message_ID="<a@x>", Subject="Plan"))

    reply = alice.receives(letter(Message_ID="<b@x>", Subject=subject, **{field: "<a@x>"}))

    assert thread(alice, reply) == thread(alice, parent)


def test_the_same_subject_alone_stays_apart(alice: JMAP) -> None:
    """RFC 8621 section 3: both conditions apply."""
    one = alice.receives(letter(Message_ID="<a@x>", Subject="Plan"))
    two = alice.receives(letter(Message_ID="<b@x>", Subject="Re: Plan"))

    assert thread(alice, one) != thread(alice, two)


def test_another_subject_starts_a_new_thread(alice: JMAP) -> None:
    """RFC 8621 section 3: a reply to an old message as a convenient way of finding the recipient."""
    one = alice.receives(letter(Message_ID="<a@x>", Subject="Plan"))
    two = alice.receives(letter(Message_ID="<b@x>", Subject="Lunch", In_Reply_To="<a@x>"))

    assert thread(alice, one) != thread(alice, two)


def test_siblings_meet_through_a_parent_that_is_not_there(alice: JMAP) -> None:
    """RFC 8621 section 3: an identical message id in References of both."""
    one = alice.receives(letter(Message_ID="<b@x>", References="<a@x>"))
    two = alice.receives(letter(Message_ID="<c@x>", In_Reply_To="<a@x>"))

    assert thread(alice, one) == thread(alice, two)


def test_a_parent_that_arrives_later_joins_its_replies(alice: JMAP) -> None:
    """RFC 8621 section 3: messages may be delivered out of order."""
    reply = alice.receives(letter(Message_ID="<b@x>", In_Reply_To="<a@x>"), receivedAt="2026-01-01T00:00:00Z")

    parent = alice.receives(letter(Message_ID="<a@x>"), receivedAt="2025-01-01T00:00:00Z")

    assert thread(alice, parent) == thread(alice, reply)
    assert emails(alice, thread(alice, parent)) == [parent, reply]


def test_a_message_that_meets_two_threads_joins_the_older(alice: JMAP) -> None:
    """RFC 8621 section 3: threadId is immutable; the server need not merge."""
    one = alice.receives(letter(Message_ID="<a@x>"))
    two = alice.receives(letter(Message_ID="<b@x>"))

    both = alice.receives(letter(Message_ID="<c@x>", References="<b@x> <a@x>"))

    assert thread(alice, both) == thread(alice, one)
    assert thread(alice, two) != thread(alice, one)


def test_a_long_conversation_is_one_thread(alice: JMAP) -> None:
    """Ours: of many references the first and the last are looked at."""
    ids = [f"<m{number}@x>" for number in range(60)]
    received = [
        alice.receives(letter(Message_ID=id_, References=" ".join(ids[:number]))) for number, id_ in enumerate(ids)
    ]

    assert len({thread(alice, one) for one in received[::10]}) == 1


def test_the_emails_of_a_thread_are_oldest_first(alice: JMAP) -> None:
    """RFC 8621 section 3, "emailIds": by receivedAt, and stable."""
    dates = ["2026-01-03", "2026-01-01", "2026-01-02", "2026-01-02"]
    ids = [
        alice.receives(letter(Message_ID=f"<{n}@x>", References="<r@x>"), receivedAt=f"{date}T00:00:00Z")
        for n, date in enumerate(dates)
    ]

    assert emails(alice, thread(alice, ids[0])) == [ids[1], ids[2], ids[3], ids[0]]


def test_a_draft_that_answers_joins_the_thread(alice: JMAP) -> None:
    """RFC 8621 section 3, for messages that are created."""
    parent = alice.receives(letter(Message_ID="<a@x>", Subject="Plan"))

    created = alice.asks(
        "Email/set",
        create={"d": {"mailboxIds": {alice.mailbox("drafts"): True}, "inReplyTo": ["a@x"], "subject": "Re: Plan"}},
    )["created"]["d"]

    assert created["threadId"] == thread(alice, parent)


def test_changes_of_a_thread_are_told(alice: JMAP) -> None:
    """RFC 8621 section 3.2: created with its first Email, updated with the next, destroyed with the last."""
    state = alice.state("Thread")
    one = alice.receives(letter(Message_ID="<a@x>"))
    id_ = thread(alice, one)
    alice.says("Thread/changes", sinceState=state)
    alice.hears("Thread/changes", created=[id_], updated=[], destroyed=[])

    state = alice.state("Thread")
    two = alice.receives(letter(Message_ID="<b@x>", References="<a@x>"))
    alice.says("Thread/changes", sinceState=state)
    alice.hears("Thread/changes", created=[], updated=[id_], destroyed=[])

    state = alice.state("Thread")
    alice.asks("Email/set", update={two: {"keywords/$seen": True}})
    assert alice.state("Thread") == state

    alice.asks("Email/set", destroy=[one, two])
    alice.says("Thread/changes", sinceState=state)
    alice.hears("Thread/changes", created=[], updated=[], destroyed=[id_])


def test_a_thread_that_is_not_there_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "notFound"."""
    email = alice.receives(letter())

    alice.says("Thread/get", ids=["t999", email, "nobody"])

    alice.hears("Thread/get", list=[], notFound=["t999", email, "nobody"])


def test_a_thread_has_two_properties(alice: JMAP) -> None:
    """RFC 8621 section 3: id and emailIds."""
    email = alice.receives(letter())
    id_ = thread(alice, email)

    alice.says("Thread/get", ids=None)

    alice.hears("Thread/get", list=[{"id": id_, "emailIds": [email]}], notFound=[])
