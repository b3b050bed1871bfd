"""EmailSubmission/set create (RFC 8621 sections 7 and 7.5)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import (
    creates,
    draft,
    identity,
    octets,
    queue,
    sent,
)
from tests.driver import ANY, JMAP, NOTHING, Home, call, like
from tests.driver.roles import RoleChange, change_permissions

from pillarbox.access import PERMISSIONS

# The clock of the tests stands there.
NOW = "2027-01-15T08:00:00Z"


def envelope(*recipients: str, **parameters: str | None) -> dict[str, Any]:
    """From Alice to these, with parameters of mailFrom."""
    return {
        "mailFrom": {"email": "alice@home.example", "parameters": parameters or None},
        "rcptTo": [{"email": recipient, "parameters": None} for recipient in recipients or ("bob@far.example",)],
    }


def refused(alice: JMAP, **error: Any) -> None:
    """Hears that the creation was refused with this error."""
    alice.hears("EmailSubmission/set", created=None, notCreated={"it": like(**error)})


def test_an_email_is_sent_to_whom_it_says(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7: an envelope is made of the Email; what the server set is told."""
    email = draft(alice, Cc="carol@far.example")

    creates(alice, emailId=email)
    (told,) = alice.asks("Email/get", ids=[email], properties=["threadId"])["list"]
    hers = identity(alice)

    alice.says("EmailSubmission/get")
    waiting = {"smtpReply": "250 2.1.5 Waiting to be sent", "delivered": "queued", "displayed": "unknown"}
    alice.hears(
        "EmailSubmission/get",
        list=[
            {
                "id": ANY,
                "identityId": hers,
                "emailId": email,
                "threadId": told["threadId"],
                "envelope": envelope("bob@far.example", "carol@far.example"),
                "sendAt": NOW,
                "undoStatus": "pending",
                "deliveryStatus": {"bob@far.example": waiting, "carol@far.example": waiting},
                "dsnBlobIds": [],
                "mdnBlobIds": [],
            }
        ],
    )
    (message,) = queue(home, alice)
    assert [one["address"] for one in message["recipients"]] == ["bob@far.example", "carol@far.example"]
    assert (message["sender"], message["nextAttempt"]) == ("alice@home.example", NOW)


def test_what_the_client_did_not_say_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the server-set properties and the envelope that was made."""
    creates(alice)

    alice.hears(
        "EmailSubmission/set",
        created={
            "it": {
                "id": ANY,
                "threadId": ANY,
                "envelope": envelope(),
                "sendAt": NOW,
                "undoStatus": "pending",
                "deliveryStatus": ANY,
                "dsnBlobIds": [],
                "mdnBlobIds": [],
            }
        },
        notCreated=None,
    )


def test_recipients_are_named_once(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "rcptTo": the deduplicated set of To, Cc and Bcc, groups and repeated fields included."""
    email = draft(
        alice,
        To='"Bob" <bob@far.example>, Friends: carol@far.example, bob@FAR.example;',
        Cc="carol@far.example, dave@far.example\nTo: erin@far.example",
        Bcc="bob@far.example, frank@far.example",
    )

    sent(alice, emailId=email)

    (message,) = queue(home, alice)
    addresses = [one["address"].partition("@")[0] for one in message["recipients"]]
    assert addresses == ["bob", "carol", "erin", "dave", "frank"]


def test_a_draft_and_an_identity_of_the_same_request_are_sent(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.3: creation ids of other types resolve."""
    drafts = alice.mailbox("drafts")
    message = {
        "mailboxIds": {drafts: True},
        "from": [{"email": "alice@home.example"}],
        "to": [{"email": "bob@far.example"}],
        "textBody": [{"partId": "1", "type": "text/plain"}],
        "bodyValues": {"1": {"value": "Hello"}},
    }
    alice.says_all(
        call("Identity/set", "0", accountId=alice.account_id, create={"i": {"email": "alice@home.example"}}),
        call("Email/set", "1", accountId=alice.account_id, create={"e": message}),
        call(
            "EmailSubmission/set",
            "2",
            accountId=alice.account_id,
            create={"s": {"identityId": "#i", "emailId": "#e"}},
        ),
    )
    made = alice.hears("Identity/set")["created"]["i"]["id"]
    email = alice.hears("Email/set")["created"]["e"]["id"]

    alice.hears("EmailSubmission/set", created={"s": like(identityId=made, emailId=email)}, notCreated=None)
    assert b"\r\n\r\nHello" in octets(home, alice)


def test_bcc_goes_to_nobody(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: the server MUST remove any Bcc header field; the Email keeps it."""
    email = draft(alice, "bcc: in the text\nstays", Bcc="carol@far.example,\n eve@far.example", X_Last="kept")

    sent(alice, emailId=email)

    went = octets(home, alice)
    assert b"carol" not in went
    assert b"eve" not in went
    assert b"X-Last: kept\r\n" in went
    assert went.endswith(b"\r\n\r\nbcc: in the text\r\nstays\r\n")
    (kept,) = alice.asks("Email/get", ids=[email], properties=["bcc"])["list"]
    assert [one["email"] for one in kept["bcc"]] == ["carol@far.example", "eve@far.example"]


def test_what_every_message_has_is_added(home: Home, alice: JMAP) -> None:
    """RFC 6409 sections 8.2 and 8.3: a Date and a Message-ID."""
    sent(alice, emailId=draft(alice, Date=None, Message_ID=None))

    went = octets(home, alice)
    assert b"Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n" in went
    assert b"@home.example>\r\n" in went.partition(b"Message-ID: <")[2][:80]


@pytest.mark.parametrize("fields", [{"To": None}, {"To": "undisclosed-recipients:;"}])
def test_a_message_to_nobody(alice: JMAP, fields: dict[str, str | None]) -> None:
    """RFC 8621 section 7.5: noRecipients, of an envelope that was made."""
    creates(alice, emailId=draft(alice, **fields))

    refused(alice, type="noRecipients")


def test_an_envelope_to_nobody(alice: JMAP) -> None:
    """RFC 8621 section 7.5: noRecipients, of one that was given."""
    creates(alice, envelope={**envelope(), "rcptTo": []})

    refused(alice, type="noRecipients")


def test_too_many_recipients(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: tooManyRecipients with maxRecipients; the same address counts once."""
    home.build(recipients=2)
    creates(alice, envelope=envelope("a@far.example", "b@far.example", "c@far.example"))
    refused(alice, type="tooManyRecipients", maxRecipients=2)

    creates(alice, emailId=draft(alice, Cc="a@far.example, b@far.example"))
    refused(alice, type="tooManyRecipients", maxRecipients=2)

    sent(alice, envelope=envelope("a@far.example", "b@far.example", "a@far.example"))


@pytest.mark.parametrize(
    "address",
    [
        "bob",
        "@far.example",
        "bob@",
        "bob@far..example",
        "bob smith@far.example",
        "bob@far.example>",
        "bob@far.example\r\nDATA",
        "<bob@far.example>",
        "bob@far.example,carol@far.example",
        "b" * 250 + "@far.example",
        f"bob@{'x' * 64}.example",
        "",
    ],
)
def test_addresses_that_are_none(home: Home, alice: JMAP, address: str) -> None:
    """RFC 8621 section 7.5: invalidRecipients lists them all."""
    creates(alice, envelope=envelope("bob@far.example", address, "carol@"))

    refused(alice, type="invalidRecipients", invalidRecipients=[address, "carol@"])
    assert queue(home, alice) == []


@pytest.mark.parametrize(
    "address",
    ["bob@far.example", '"bob smith"@far.example', "bob@[192.0.2.1]", "bob@[IPv6:2001:db8::1]", "jörg@köln.example"],
)
def test_addresses_of_every_form(home: Home, alice: JMAP, address: str) -> None:
    """RFC 5321 section 4.1.2, RFC 6531 section 3.3: quoted local parts, address literals, any script."""
    sent(alice, envelope=envelope(address))

    (message,) = queue(home, alice)
    assert [one["address"] for one in message["recipients"]] == [address]


def test_who_may_not_send_is_told_so(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: forbiddenToSend; the permission is `email-send` (management API section 20)."""
    one = {"identityId": identity(alice), "emailId": draft(alice)}
    change_permissions(home.store, alice.name, RoleChange(disabled=["email-send"]), PERMISSIONS, datetime.now(UTC))

    alice.says("EmailSubmission/set", create={"a": one})

    alice.hears("EmailSubmission/set", created=None, notCreated={"a": like(type="forbiddenToSend", description=ANY)})
    assert queue(home, alice) == []


def test_too_many_messages_at_once(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: forbiddenToSend, right now, with a description; others of the call are sent."""
    home.build(queued=2)
    sent(alice)
    one = {"identityId": identity(alice), "emailId": draft(alice)}

    alice.says("EmailSubmission/set", create={"a": one, "b": one})

    alice.hears(
        "EmailSubmission/set", created={"a": ANY}, notCreated={"b": like(type="forbiddenToSend", description=ANY)}
    )
    assert len(queue(home, alice)) == 2


def test_a_message_that_is_too_large(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5: tooLarge with maxSize."""
    email = draft(alice, "much " * 1000)
    home.build(message=2000)

    creates(alice, emailId=email)

    refused(alice, type="tooLarge", maxSize=2000)


def test_sizes_that_are_said(home: Home, alice: JMAP) -> None:
    """RFC 1870 section 6.1: a message said to be larger than any may be is refused; nothing of it is passed on."""
    creates(alice, envelope=envelope(SIZE=str(home.limits.message + 1)))
    refused(alice, type="tooLarge", maxSize=home.limits.message)

    sent(alice, envelope=envelope(SIZE="1000"))
    (message,) = queue(home, alice)
    assert message["parameters"] == {}


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({"identityId": "i999"}, ["identityId"]),
        ({"identityId": "#none"}, ["identityId"]),
        ({"identityId": None}, ["identityId"]),
        ({"emailId": "e999"}, ["emailId"]),
        ({"emailId": 3, "identityId": 4}, ["identityId", "emailId"]),
        ({"undoStatus": "final"}, ["undoStatus"]),
        ({"sendAt": NOW}, ["sendAt"]),
        ({"threadId": "t1", "id": "s1", "priority": 1}, ["id", "priority", "threadId"]),
        ({"envelope": "bob@far.example"}, ["envelope"]),
        ({"envelope": {"rcptTo": []}}, ["envelope"]),
        ({"envelope": {**envelope(), "bcc": []}}, ["envelope"]),
        ({"envelope": {**envelope(), "mailFrom": None}}, ["envelope"]),
        ({"envelope": {**envelope(), "mailFrom": {"email": "not an address"}}}, ["envelope"]),
        ({"envelope": {**envelope(), "rcptTo": ["bob@far.example"]}}, ["envelope"]),
        ({"envelope": {**envelope(), "rcptTo": None}}, ["envelope"]),
        ({"envelope": {**envelope(), "rcptTo": [{"email": None}]}}, ["envelope"]),
        ({"envelope": {**envelope(), "rcptTo": [{"email": "a@b.example", "name": "A"}]}}, ["envelope"]),
        ({"envelope": {**envelope(), "rcptTo": [{"email": "a@b.example", "parameters": []}]}}, ["envelope"]),
    ],
)
def test_what_cannot_be(home: Home, alice: JMAP, properties: dict[str, Any], wrong: list[str]) -> None:
    """RFC 8621 section 7.5: an id that is not found is invalidProperties; RFC 8620 section 5.3: all of them."""
    creates(alice, **properties)

    error = alice.hears("EmailSubmission/set", created=None)["notCreated"]["it"]
    assert (error["type"], sorted(error["properties"])) == ("invalidProperties", sorted(wrong))
    assert queue(home, alice) == []


def test_others_emails_and_identities_are_not_found(alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 7.5: what is in another account cannot be found."""
    creates(bob, emailId=draft(alice))

    bob.hears("EmailSubmission/set", notCreated={"it": like(type="invalidProperties", properties=["emailId"])})


def test_what_one_may_not_send_others_may(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.3: each creation by itself."""
    email = draft(alice)
    good = {"identityId": identity(alice), "emailId": email}

    alice.says("EmailSubmission/set", create={"a": good, "b": {**good, "emailId": "e999"}, "c": good})

    alice.hears(
        "EmailSubmission/set",
        created={"a": like(id=ANY), "c": like(id=ANY)},
        notCreated={"b": like(type="invalidProperties")},
    )
    assert len(queue(home, alice)) == 2


def test_whoever_does_not_use_submission_does_not_send(alice: JMAP) -> None:
    """RFC 8620 section 3.3: a method exists for those who said that they use its capability."""
    alice.using = alice.using[:2]

    alice.says("EmailSubmission/get")

    alice.hears("error", type="unknownMethod", envelope=NOTHING)
