"""onSuccessUpdateEmail and onSuccessDestroyEmail (RFC 8621 section 7.5)."""

from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import draft, identity, queue, sent
from tests.driver import ANY, JMAP, MAIL, Home, call, like


def to_sent(alice: JMAP) -> dict[str, Any]:
    """The patch of section 7.5.1: from the drafts to what was sent."""
    return {
        f"mailboxIds/{alice.mailbox('drafts')}": None,
        f"mailboxIds/{alice.mailbox('sent')}": True,
        "keywords/$draft": None,
    }


def test_a_draft_is_sent_and_filed(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5.1: two responses with one call id, the second of an implicit Email/set."""
    email, named, patch = draft(alice), identity(alice), to_sent(alice)
    alice.using.remove(MAIL)
    alice.says_all(
        call(
            "EmailSubmission/set",
            "7",
            accountId=alice.account_id,
            create={"k": {"identityId": named, "emailId": email}},
            onSuccessUpdateEmail={"#k": patch},
        )
    )

    alice.hears("EmailSubmission/set", "7", created={"k": like(id=ANY)}, notCreated=None)
    told = alice.hears("Email/set", "7", accountId=alice.account_id, updated={email: None}, notUpdated=None)
    alice.hears_nothing_more()
    assert told["oldState"] != told["newState"]
    alice.using.append(MAIL)
    (now,) = alice.asks("Email/get", ids=[email], properties=["mailboxIds", "keywords"])["list"]
    assert now == {"id": email, "mailboxIds": {alice.mailbox("sent"): True}, "keywords": {"$seen": True}}
    assert len(queue(home, alice)) == 1


def test_a_draft_is_sent_and_destroyed(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: the Email goes, the message is sent."""
    email = draft(alice)
    alice.says(
        "EmailSubmission/set",
        create={"k": {"identityId": identity(alice), "emailId": email}},
        onSuccessDestroyEmail=["#k"],
    )

    alice.hears("EmailSubmission/set", created={"k": ANY})
    alice.hears("Email/set", destroyed=[email])
    assert len(queue(home, alice)) == 1


def test_what_failed_has_no_consequence(alice: JMAP) -> None:
    """RFC 8621 section 7.5: only "if the create/update/destroy succeeds"."""
    good, bad, named, patch = draft(alice), draft(alice, To=None), identity(alice), to_sent(alice)
    alice.says(
        "EmailSubmission/set",
        create={"a": {"identityId": named, "emailId": bad}, "b": {"identityId": named, "emailId": good}},
        onSuccessUpdateEmail={"#a": patch, "#b": patch, "#c": patch, "s999": patch},
        onSuccessDestroyEmail=["#a"],
    )

    alice.hears("EmailSubmission/set", created={"b": ANY}, notCreated={"a": like(type="noRecipients")})
    alice.hears("Email/set", updated={good: None}, notUpdated=None, destroyed=None, notDestroyed=None)
    alice.hears_nothing_more()


def test_nothing_that_succeeded_is_no_call(alice: JMAP) -> None:
    """RFC 8621 section 7.5.1: the second example has one response alone."""
    alice.says(
        "EmailSubmission/set",
        create={"k": {"identityId": identity(alice), "emailId": draft(alice, To=None)}},
        onSuccessUpdateEmail={"#k": {"keywords/$draft": None}},
    )

    alice.hears("EmailSubmission/set", notCreated={"k": ANY})
    alice.hears_nothing_more()


def test_what_was_not_touched_has_no_consequence(alice: JMAP) -> None:
    """RFC 8621 section 7.5: a submission of another call has not succeeded in this one."""
    submission = sent(alice)

    alice.says("EmailSubmission/set", onSuccessDestroyEmail=[submission])

    alice.hears("EmailSubmission/set")
    alice.hears_nothing_more()


@pytest.mark.parametrize("what", ["update", "destroy"])
def test_updates_and_destroys_have_consequences_too(alice: JMAP, what: str) -> None:
    """RFC 8621 section 7.5: of what is canceled, or whose record is removed, the Email can be changed as well."""
    email = draft(alice)
    submission = sent(alice, emailId=email)

    changes: dict[str, Any] = {"update": {submission: {"undoStatus": "canceled"}}, "destroy": [submission]}
    alice.says(
        "EmailSubmission/set",
        **{what: changes[what]},
        onSuccessUpdateEmail={submission: {"keywords/$flagged": True}},
    )

    alice.hears("EmailSubmission/set")
    alice.hears("Email/set", updated={email: None})


def test_one_call_is_made_for_all(alice: JMAP) -> None:
    """RFC 8621 section 7.5: "a single implicit Email/set call"; patches of one Email go together."""
    one, two, named = draft(alice), draft(alice), identity(alice)
    alice.says(
        "EmailSubmission/set",
        create={
            "a": {"identityId": named, "emailId": one},
            "b": {"identityId": named, "emailId": one},
            "c": {"identityId": named, "emailId": two},
        },
        onSuccessUpdateEmail={"#a": {"keywords/a": True}, "#b": {"keywords/b": True}, "#c": {"keywords/c": True}},
        onSuccessDestroyEmail=["#c"],
    )

    alice.hears("EmailSubmission/set", notCreated=None)
    alice.hears("Email/set", updated={one: None}, destroyed=[two])
    alice.hears_nothing_more()
    (now,) = alice.asks("Email/get", ids=[one], properties=["keywords"])["list"]
    assert {"a", "b"} <= now["keywords"].keys()


def test_a_wrong_patch_is_the_emails_error(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: the submission has succeeded already."""
    email = draft(alice)
    alice.says(
        "EmailSubmission/set",
        create={"k": {"identityId": identity(alice), "emailId": email}},
        onSuccessUpdateEmail={"#k": {"subject": "Other"}},
    )

    alice.hears("EmailSubmission/set", created={"k": ANY})
    alice.hears("Email/set", notUpdated={email: like(type="invalidProperties")})
    assert len(queue(home, alice)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"onSuccessUpdateEmail": ["#k"]},
        {"onSuccessUpdateEmail": {"#k": None}},
        {"onSuccessDestroyEmail": {"#k": True}},
        {"onSuccessDestroyEmail": [None]},
        {"onSuccess": []},
    ],
)
def test_arguments_of_another_type(home: Home, alice: JMAP, arguments: dict[str, Any]) -> None:
    """RFC 8620 section 3.6.2: invalidArguments, and nothing is sent."""
    create = {"k": {"identityId": identity(alice), "emailId": draft(alice)}}

    alice.says("EmailSubmission/set", create=create, **arguments)

    alice.hears("error", type="invalidArguments")
    alice.hears_nothing_more()
    assert queue(home, alice) == []


def test_nothing_follows_from_another_state(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.3: stateMismatch, and no change is made."""
    create = {"k": {"identityId": identity(alice), "emailId": draft(alice)}}

    alice.says("EmailSubmission/set", ifInState="other", create=create, onSuccessDestroyEmail=["#k"])

    alice.hears("error", type="stateMismatch")
    alice.hears_nothing_more()
    assert queue(home, alice) == []
