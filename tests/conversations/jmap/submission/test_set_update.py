"""Submissions that are canceled, destroyed, delivered (RFC 8621 sections 7 and 7.5)."""

import re
from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import (
    draft,
    queue,
    releases,
    sent,
    tells,
)
from tests.driver import ANY, JMAP, Home, like
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.queue import finish, upcoming, withdraw
from pillarbox.objects import number_of
from pillarbox.store import Blob
from pillarbox.upkeep import tend


def gets(alice: JMAP, submission: str) -> Any:
    """A submission as its owner sees it."""
    (one,) = alice.asks("EmailSubmission/get", ids=[submission])["list"]
    return one


def cancels(alice: JMAP, submission: str) -> None:
    alice.says("EmailSubmission/set", update={submission: {"undoStatus": "canceled"}})


def test_what_is_pending_can_be_canceled(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "undoStatus": then nothing was delivered, nor will be."""
    submission = sent(alice)

    cancels(alice, submission)

    alice.hears("EmailSubmission/set", updated={submission: {"deliveryStatus": ANY}}, notUpdated=None)
    assert queue(home, alice) == []
    told = gets(alice, submission)
    assert told["undoStatus"] == "canceled"
    assert told["deliveryStatus"]["bob@far.example"] == {
        "smtpReply": "554 5.7.1 Canceled before it was sent",
        "delivered": "no",
        "displayed": "unknown",
    }


def test_what_went_out_cannot_be_canceled(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: cannotUnsend; undoStatus is final (section 7)."""
    submission = sent(alice)
    releases(home, alice, submission)
    assert gets(alice, submission)["undoStatus"] == "final"

    cancels(alice, submission)

    alice.hears("EmailSubmission/set", updated=None, notUpdated={submission: like(type="cannotUnsend")})
    assert len(queue(home, alice)) == 1


def test_what_the_queue_does_not_have_any_more_cannot_be_canceled(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: cannotUnsend."""
    submission = sent(alice)
    with home.store.write(alice.number) as unit:
        assert withdraw(unit, number_of(submission), home.now())

    cancels(alice, submission)

    alice.hears("EmailSubmission/set", notUpdated={submission: like(type="cannotUnsend")})
    assert gets(alice, submission)["undoStatus"] == "pending"


@pytest.mark.parametrize(
    ("patch", "wrong"),
    [
        ({"undoStatus": "final"}, "undoStatus"),
        ({"undoStatus": "gone"}, "undoStatus"),
        ({"emailId": "e1"}, "emailId"),
        ({"identityId": "i999"}, "identityId"),
        ({"envelope": None}, "envelope"),
        ({"envelope/rcptTo": []}, "envelope"),
        ({"sendAt": "2030-01-01T00:00:00Z"}, "sendAt"),
        ({"deliveryStatus": None}, "deliveryStatus"),
        ({"dsnBlobIds": ["b1"]}, "dsnBlobIds"),
    ],
)
def test_nothing_else_can_be_changed(alice: JMAP, patch: dict[str, Any], wrong: str) -> None:
    """RFC 8621 section 7: all others are immutable or set by the server."""
    submission = sent(alice)

    alice.says("EmailSubmission/set", update={submission: patch})

    alice.hears("EmailSubmission/set", notUpdated={submission: like(type="invalidProperties", properties=[wrong])})


def test_what_is_canceled_stays_so(alice: JMAP) -> None:
    """RFC 8621 section 7, "undoStatus": nothing leads back."""
    submission = sent(alice)
    cancels(alice, submission)
    alice.hears("EmailSubmission/set")

    cancels(alice, submission)
    alice.hears("EmailSubmission/set", updated={submission: None})
    alice.says("EmailSubmission/set", update={submission: {"undoStatus": "pending"}})
    alice.hears("EmailSubmission/set", notUpdated={submission: like(properties=["undoStatus"])})


def test_destroying_a_submission_stops_nothing(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: it MUST NOT affect the deliveries; "it purely removes the record"."""
    submission = sent(alice)

    alice.says("EmailSubmission/set", destroy=[submission])

    alice.hears("EmailSubmission/set", destroyed=[submission])
    assert len(queue(home, alice)) == 1
    releases(home, alice, submission)
    tells(home, alice, submission, bob=("250 2.0.0 Ok", "unknown"))
    assert alice.asks("EmailSubmission/get")["list"] == []


def test_destroying_the_email_stops_nothing(home: Home, alice: JMAP, clock: Clock) -> None:
    """RFC 8621 section 7.5: it MUST NOT change the submission, whose emailId and threadId remain."""
    email = draft(alice)
    submission = sent(alice, emailId=email)
    before = gets(alice, submission)

    alice.asks("Email/set", destroy=[email])
    clock.now += 10**7
    with home.store.write(alice.number) as unit:
        unit.collect(int(clock()))

    assert gets(alice, submission) == before
    (message,) = queue(home, alice)
    with home.store.read(alice.number) as unit:
        blob = unit.blob(message["blob"])
        assert isinstance(blob, Blob)
        assert b"Hello." in unit.octets(blob, 0, blob.size)


def test_deliveries_are_told(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "deliveryStatus": a change of it updates the submission; relaying is no delivery."""
    submission = sent(alice, emailId=draft(alice, Cc="carol@far.example"))
    releases(home, alice, submission)
    state = alice.state("EmailSubmission")

    tells(home, alice, submission, bob=("250 2.0.0 Ok: queued as 1", "unknown"), eve=("250 2.0.0 Ok", "yes"))

    assert alice.asks("EmailSubmission/changes", sinceState=state)["updated"] == [submission]
    told = gets(alice, submission)
    assert told["undoStatus"] == "final"
    assert told["deliveryStatus"] == {
        "bob@far.example": {"smtpReply": "250 2.0.0 Ok: queued as 1", "delivered": "unknown", "displayed": "unknown"},
        "carol@far.example": like(delivered="queued"),
    }


def test_what_is_told_twice_is_no_change(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.2: a state stays as it is while nothing changes."""
    submission = sent(alice)
    tells(home, alice, submission, bob=("451 4.3.0 Later", "queued"))
    state = alice.state("EmailSubmission")

    tells(home, alice, submission, bob=("451 4.3.0 Later", "queued"))

    assert alice.state("EmailSubmission") == state


def test_a_reply_of_several_lines_is_one(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "smtpReply": the example there."""
    submission = sent(alice)

    reply = "550-5.7.1 Our system has detected that this message is\r\n550 5.7.1 likely spam."
    tells(home, alice, submission, bob=(reply, "no"))

    told = gets(alice, submission)["deliveryStatus"]["bob@far.example"]
    assert told["smtpReply"] == "550 5.7.1 Our system has detected that this message is likely spam."


def test_replies_of_our_own_have_their_form(alice: JMAP) -> None:
    """RFC 8621 section 7, "smtpReply": a code of RFC 5321, an enhanced one of RFC 3463, and what a reader is told."""
    submission = sent(alice)
    replies = [gets(alice, submission)["deliveryStatus"]["bob@far.example"]["smtpReply"]]
    cancels(alice, submission)
    replies.append(gets(alice, submission)["deliveryStatus"]["bob@far.example"]["smtpReply"])

    for reply in replies:
        assert re.fullmatch(r"[2-5][0-9]{2} ([245])\.[0-9]{1,3}\.[0-9]{1,3} [ -~]+", reply)


def test_old_submissions_are_forgotten(home: Home, alice: JMAP, clock: Clock) -> None:
    """RFC 8621 section 7: the server MAY destroy them after the message was sent; here, 30 days later."""
    submission = sent(alice)
    state = alice.state("EmailSubmission")

    days_pass(home, alice, clock, 31)
    assert gets(alice, submission)["undoStatus"] == "pending", "it is on its way still"
    leaves_the_queue(home, alice)
    days_pass(home, alice, clock, 0)
    assert alice.asks("EmailSubmission/changes", sinceState=state)["destroyed"] == [submission]

    submission = sent(alice)
    leaves_the_queue(home, alice)
    days_pass(home, alice, clock, 29)
    assert gets(alice, submission)["undoStatus"] == "pending"
    days_pass(home, alice, clock, 2)
    assert alice.asks("EmailSubmission/get")["list"] == []


def days_pass(home: Home, alice: JMAP, clock: Clock, days: int) -> None:
    """Days later, the account is tended."""
    clock.now += days * 86_400
    tend(home.store, REGISTRY, alice.number, int(clock()), None)


def leaves_the_queue(home: Home, alice: JMAP) -> None:
    """All is done for what is on its way."""
    with home.store.write(alice.number) as unit:
        for message in upcoming(unit, 100):
            finish(unit, message, home.now())
