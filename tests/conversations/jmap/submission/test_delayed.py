"""Messages that wait, and parameters of the envelope (RFC 8621 section 7; RFC 4865, RFC 3461)."""

from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import creates, draft, queue, sent
from tests.driver import JMAP, SUBMISSION, Home, like
from tests.toy.clock import Clock


def envelope(mail: dict[str, Any] | None, recipient: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "mailFrom": {"email": "alice@home.example", "parameters": mail},
        "rcptTo": [{"email": "bob@far.example", "parameters": recipient}],
    }


# The clock of the tests stands at 2027-01-15T08:00:00Z.
@pytest.mark.parametrize(
    ("parameters", "at"),
    [
        ({"HOLDFOR": "3600"}, "2027-01-15T09:00:00Z"),
        ({"holdfor": "2592000"}, "2027-02-14T08:00:00Z"),
        ({"HOLDUNTIL": "2027-01-16T00:00:00Z"}, "2027-01-16T00:00:00Z"),
        ({"HoldUntil": "2027-01-16T00:00:00.5Z"}, "2027-01-16T00:00:01Z"),
        ({"HOLDUNTIL": "2027-01-15T07:00:00Z"}, "2027-01-15T08:00:00Z"),
    ],
)
def test_a_message_is_held(home: Home, alice: JMAP, parameters: dict[str, Any], at: str) -> None:
    """RFC 8621 section 7, "sendAt": the time when the server will release it, which is not before that."""
    submission = sent(alice, envelope=envelope(parameters))

    (told,) = alice.asks("EmailSubmission/get", ids=[submission])["list"]
    assert (told["sendAt"], told["undoStatus"]) == (at, "pending")
    assert told["envelope"]["mailFrom"]["parameters"] == parameters
    (message,) = queue(home, alice)
    assert max(message["nextAttempt"], "2027-01-15T08:00:00Z") == at
    assert message["parameters"] == {}


def test_what_is_held_can_be_canceled(home: Home, alice: JMAP, clock: Clock) -> None:
    """RFC 8621 section 7, "undoStatus": "pending" until it is released."""
    submission = sent(alice, envelope=envelope({"HOLDFOR": "3600"}))
    clock.now += 3000

    alice.says("EmailSubmission/set", update={submission: {"undoStatus": "canceled"}})

    alice.hears("EmailSubmission/set", notUpdated=None)
    assert queue(home, alice) == []


@pytest.mark.parametrize(
    ("mail", "recipient"),
    [
        ({"HOLDFOR": "2592001"}, None),
        ({"HOLDFOR": "0"}, None),
        ({"HOLDFOR": "-1"}, None),
        ({"HOLDFOR": "soon"}, None),
        ({"HOLDFOR": None}, None),
        ({"HOLDFOR": 60}, None),
        ({"HOLDFOR": "1000000000"}, None),
        ({"HOLDUNTIL": "2027-02-14T08:00:01Z"}, None),
        ({"HOLDUNTIL": "tomorrow"}, None),
        ({"HOLDUNTIL": "2027-01-16T00:00:00+01:00"}, None),
        ({"HOLDFOR": "60", "HOLDUNTIL": "2027-01-16T00:00:00Z"}, None),
        ({"HOLDFOR": "60", "holdfor": "60"}, None),
        ({"SIZE": "large"}, None),
        ({"RET": "SOME"}, None),
        ({"RET": None}, None),
        ({"ENVID": ""}, None),
        ({"ENVID": "x" * 101}, None),
        ({"ENVID": "a\r\nDATA"}, None),
        ({"BODY": "8BITMIME"}, None),
        ({"AUTH": "bob@home.example"}, None),
        ({"X\r\nDATA": None}, None),
        ({"NOTIFY": "NEVER"}, None),
        (None, {"NOTIFY": "NEVER,FAILURE"}),
        (None, {"NOTIFY": "ALWAYS"}),
        (None, {"NOTIFY": "FAILURE,FAILURE"}),
        (None, {"NOTIFY": None}),
        (None, {"ORCPT": "bob@far.example"}),
        (None, {"ORCPT": "rfc822;bob\r\n@far.example"}),
        (None, {"ORCPT": "rfc822;jörg@far.example"}),
        (None, {"ORCPT": "rfc822;" + "x" * 500}),
        (None, {"RET": "FULL"}),
    ],
)
def test_parameters_that_cannot_be(
    home: Home, alice: JMAP, mail: dict[str, Any] | None, recipient: dict[str, Any] | None
) -> None:
    """RFC 4865 section 4.2, RFC 3461 section 5.1: unknown or malformed; here, invalidProperties of envelope."""
    creates(alice, envelope=envelope(mail, recipient))

    alice.hears("EmailSubmission/set", notCreated={"it": like(type="invalidProperties", properties=["envelope"])})
    assert queue(home, alice) == []


def test_dsn_parameters_go_out(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "parameters"; RFC 3461 section 4: words in any case, and ORCPT as it is."""
    mail = {"ret": "hdrs", "ENVID": "a b+c=d"}
    recipient = {"NOTIFY": "success,Delay", "ORCPT": "rfc822;Bob@Far.example"}

    submission = sent(alice, envelope=envelope(mail, recipient))

    (message,) = queue(home, alice)
    assert message["parameters"] == {"RET": "HDRS", "ENVID": "a b+c=d"}
    assert message["recipients"][0]["parameters"] == {"NOTIFY": "SUCCESS,DELAY", "ORCPT": "rfc822;Bob@Far.example"}
    (told,) = alice.asks("EmailSubmission/get", ids=[submission])["list"]
    assert told["envelope"] == envelope(mail, recipient)


@pytest.mark.parametrize("original", ["utf-8;jörg@far.example", "x400;/G=Bob/S=Builder/", "rfc822;a b"])
def test_original_recipients(home: Home, alice: JMAP, original: str) -> None:
    """RFC 3461 section 4.2, RFC 6533 section 3: of any registered type, of type utf-8 in any script."""
    sent(alice, envelope=envelope(None, {"ORCPT": original}))

    (message,) = queue(home, alice)
    assert message["recipients"][0]["parameters"] == {"ORCPT": original}


def test_where_nothing_can_be_held(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 1.3.2: maxDelayedSend 0 is no delayed send, and FUTURERELEASE is not shown then."""
    home.build(delayed_send=0, message=1000)
    session = alice.sends("GET", "/.well-known/jmap").json()
    told = session["accounts"][alice.account_id]["accountCapabilities"][SUBMISSION]
    assert told == {"maxDelayedSend": 0, "submissionExtensions": {"SIZE": ["1000"], "DSN": []}}
    for parameters in ({"HOLDFOR": "1"}, {"HOLDUNTIL": "2027-01-15T07:00:00Z"}):
        creates(alice, envelope=envelope(parameters))
        alice.hears("EmailSubmission/set", notCreated={"it": like(properties=["envelope"])})


def test_what_is_held_has_a_quota(home: Home, alice: JMAP) -> None:
    """RFC 4865 section 6: storage for it SHOULD be subject to a per-user quota."""
    email = draft(alice)
    home.build(quota=100)

    creates(alice, emailId=email, envelope=envelope({"HOLDFOR": "60"}))
    alice.hears("EmailSubmission/set", notCreated={"it": like(type="overQuota")})

    sent(alice, emailId=email)
