"""MDN/send: the author of a message hears that it was displayed (RFC 9007 section 2.1, RFC 8098)."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, NOTHING, Home, like

from pillarbox.datatypes.queue import upcoming
from pillarbox.datatypes.server import QUEUE, due

SUBMISSION = "urn:ietf:params:jmap:submission"
MDN = "urn:ietf:params:jmap:mdn"
ASKING = """\
From: Joe <joe@far.example>
To: alice@home.example
Disposition-Notification-To: Joe <Receipts@far.example>
Message-ID: <one@far.example>
Subject: World domination

x
"""
DISPLAYED = {"actionMode": "manual-action", "sendingMode": "mdn-sent-manually", "type": "displayed"}


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client knows of notifications."""
    alice.using = [CORE, MAIL, SUBMISSION, MDN]
    return alice


def identity(alice: JMAP) -> str:
    return str(alice.asks("Identity/get")["list"][0]["id"])


def sends(alice: JMAP, *mdns: dict[str, Any], **arguments: Any) -> None:
    """Sends notifications, k0, k1 and so on; their Emails are marked."""
    keys = [f"k{at}" for at in range(len(mdns))]
    alice.says(
        "MDN/send",
        **{
            "identityId": identity(alice),
            "send": {key: {"disposition": DISPLAYED, **mdn} for key, mdn in zip(keys, mdns, strict=True)},
            "onSuccessUpdateEmail": {f"#{key}": {"keywords/$mdnsent": True} for key in keys},
            **arguments,
        },
    )


def refused(alice: JMAP, **mdn: Any) -> Any:
    """The SetError that a notification is answered with; nothing is queued then."""
    given = {name: value for name, value in mdn.items() if value is not NOTHING}
    sends(alice, given)
    error = alice.hears("MDN/send", sent=None)["notSent"]["k0"]
    alice.hears_nothing_more()
    return error


def queued(home: Home, alice: JMAP) -> list[tuple[str, list[str], EmailMessage]]:
    """What is on its way: sender, recipients, and the message."""
    found = []
    with home.store.read(alice.number) as unit:
        for one in upcoming(unit, 100):
            blob = unit.blob(one.blob)
            assert blob is not None
            message = email.message_from_bytes(unit.octets(blob, 0, blob.size), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append((one.sender, [recipient.address for recipient in one.recipients], message))
    return found


def test_a_notification_is_queued_and_its_email_marked(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 3.1: what the client did not set is told; Email/set is answered after it."""
    one = alice.receives(ASKING)
    sends(alice, {"forEmailId": one, "subject": "Read", "textBody": "Seen.", "reportingUA": "pc; Foomail 1"})

    alice.hears_exactly(
        "MDN/send",
        "0",
        accountId=alice.account_id,
        sent={
            "k0": {
                "includeOriginalMessage": False,
                "mdnGateway": None,
                "originalRecipient": None,
                "finalRecipient": "rfc822; alice@home.example",
                "originalMessageId": "<one@far.example>",
                "error": None,
                "extensionFields": None,
            }
        },
        notSent=None,
    )
    alice.hears("Email/set", "0", updated={one: None}, notUpdated=None)
    (got,) = alice.asks("Email/get", ids=[one], properties=["keywords"])["list"]
    assert got["keywords"] == {"$mdnsent": True}
    assert due(home.store, QUEUE) == [alice.number]


def test_the_message_is_as_the_format_has_it(home: Home, alice: JMAP) -> None:
    """RFC 8098 section 3: to who asked, from an empty reverse-path, a report of two parts that asks for nothing."""
    sends(
        alice,
        {
            "forEmailId": alice.receives(
                ASKING.replace("To: alice", "Original-Recipient: rfc822;al@home.example\nTo: alice")
            ),
            "subject": "Gelesen: Größe",
            "textBody": "Ja, gelesen.\n",
            "reportingUA": "pc; Foomail 1",
            "extensionFields": {"X-Mood": "good"},
        },
    )
    ((sender, recipients, message),) = queued(home, alice)

    assert (sender, recipients) == ("", ["Receipts@far.example"])
    assert message["To"] == "Receipts@far.example"
    assert message["From"].addresses[0].addr_spec == "alice@home.example"
    assert message["Subject"] == "Gelesen: Größe"
    assert message["Message-ID"] != "<one@far.example>"
    assert "Disposition-Notification-To" not in message
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "disposition-notification"
    text, told = message.iter_parts()
    assert text.get_content().strip() == "Ja, gelesen."
    assert told.get_content_type() == "message/disposition-notification"
    assert told["Content-Transfer-Encoding"] == "7bit"
    # Python reads the content of any message/ type as groups of fields.
    raw = message.as_bytes().replace(b"\r\n", b"\n")
    assert (
        b"Reporting-UA: pc; Foomail 1\n"
        b"Original-Recipient: rfc822;al@home.example\n"
        b"Final-Recipient: rfc822; alice@home.example\n"
        b"Original-Message-ID: <one@far.example>\n"
        b"Disposition: manual-action/mdn-sent-manually; displayed\n"
        b"X-Mood: good\n"
    ) in raw


def test_what_is_sent_can_be_parsed(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.2: both methods mean the same by an MDN."""
    one = alice.receives(ASKING)
    modes = {"actionMode": "automatic-action", "sendingMode": "mdn-sent-automatically", "type": "deleted"}
    sends(alice, {"forEmailId": one, "includeOriginalMessage": True, "disposition": modes})
    ((_, _, message),) = queued(home, alice)
    blob = alice.uploads(message.as_bytes())

    assert message["Auto-Submitted"] == "auto-replied"
    assert alice.asks("MDN/parse", blobIds=[blob])["parsed"][blob] == like(
        forEmailId=one,
        subject="Read receipt for: World domination",
        includeOriginalMessage=True,
        disposition=modes,
        finalRecipient="rfc822; alice@home.example",
        originalMessageId="<one@far.example>",
    )


def test_only_one_is_sent_for_an_email(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.1: mdnAlreadySent, within one call as well."""
    one = alice.receives(ASKING)
    sends(alice, {"forEmailId": one}, {"forEmailId": one})
    alice.hears("MDN/send", sent={"k0": ANY}, notSent={"k1": like(type="mdnAlreadySent")})

    assert refused(alice, forEmailId=one) == like(type="mdnAlreadySent")
    assert len(queued(home, alice)) == 1


@pytest.mark.parametrize(
    "message",
    [
        ASKING.replace("Disposition-Notification-To", "X-To"),
        ASKING.replace("Joe <Receipts@far.example>", "nobody"),
        ASKING.replace("Joe <Receipts@far.example>", "<re ceipts@far.example>"),
        ASKING.replace("Joe <Receipts@far.example>", "<re\x01ceipts@far.example>"),
        ASKING.replace("Subject:", "Disposition-Notification-To: more@far.example\nSubject:"),
        ASKING.replace("Joe <Receipts@far.example>", ", ".join(f"r{at}@far.example" for at in range(11))),
    ],
)
def test_who_did_not_ask_properly_hears_nothing(home: Home, alice: JMAP, message: str) -> None:
    """RFC 9007 section 2.1: notFound without a "valid Disposition-Notification-To header field"."""
    assert refused(alice, forEmailId=alice.receives(message)) == like(type="notFound")
    assert queued(home, alice) == []


def test_an_email_that_is_not_there_is_not_found(alice: JMAP, bob: JMAP) -> None:
    """RFC 9007 section 2.1: notFound, for another's as well."""
    bob.receives(ASKING)
    others = bob.receives(ASKING)
    assert refused(alice, forEmailId=others) == like(type="notFound")


@pytest.mark.parametrize(
    ("mdn", "names"),
    [
        ({"forEmailId": NOTHING}, ["forEmailId"]),
        ({"forEmailId": None}, ["forEmailId"]),
        ({"disposition": None}, ["disposition"]),
        ({"disposition": {**DISPLAYED, "type": "Displayed"}}, ["disposition"]),
        ({"disposition": {**DISPLAYED, "actionMode": ["manual-action"]}}, ["disposition"]),
        ({"disposition": {"type": "displayed"}}, ["disposition"]),
        ({"subject": 7}, ["subject"]),
        ({"textBody": "x" * 65_537}, ["textBody"]),
        ({"reportingUA": "pc\r\nDisposition: x"}, ["reportingUA"]),
        ({"includeOriginalMessage": "yes"}, ["includeOriginalMessage"]),
        ({"extensionFields": {"Disposition": "x"}}, ["extensionFields"]),
        ({"extensionFields": {"X": "a\r\nb"}}, ["extensionFields"]),
        ({"extensionFields": {"a b": "x"}}, ["extensionFields"]),
        ({"mdnGateway": "x", "error": ["x"]}, ["error", "mdnGateway"]),
        ({"originalMessageId": "<x@y>", "originalRecipient": "x"}, ["originalMessageId", "originalRecipient"]),
        ({"nonsense": 1}, ["nonsense"]),
    ],
)
def test_what_is_wrong_is_told(alice: JMAP, mdn: dict[str, Any], names: list[str]) -> None:
    """RFC 9007 section 2.1: invalidProperties."""
    error = refused(alice, **{"forEmailId": alice.receives(ASKING), **mdn})
    assert (error["type"], sorted(error["properties"])) == ("invalidProperties", names)


def test_the_final_recipient_is_an_address_of_the_account(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.1: forbiddenFrom."""
    one = alice.receives(ASKING)
    for other in ("rfc822; bob@home.example", "nobody", "rfc822; alice@home.example, x"):
        assert refused(alice, forEmailId=one, finalRecipient=other) == like(type="forbiddenFrom")
    sends(alice, {"forEmailId": one, "finalRecipient": "RFC822;Alice@home.example"})
    assert alice.hears("MDN/send")["sent"]["k0"].get("finalRecipient", "told not") == "told not"


def test_without_the_mark_nothing_is_sent(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.1: the server MUST reject a call that does not set $mdnsent."""
    one = alice.receives(ASKING)
    for patches in (None, {}, {"#k1": {"keywords/$mdnsent": True}}, {"#k0": {"keywords/$seen": True}}):
        sends(alice, {"forEmailId": one}, onSuccessUpdateEmail=patches)
        alice.hears("error", type="invalidArguments")
    assert queued(home, alice) == []

    sends(alice, {"forEmailId": one}, onSuccessUpdateEmail={"#k0": {"keywords": {"$mdnsent": True}}})
    alice.hears("MDN/send", sent={"k0": ANY})


def test_an_identity_that_is_not_there_sends_nothing(alice: JMAP, bob: JMAP) -> None:
    """RFC 9007 section 2.1: invalidArguments."""
    sends(alice, {"forEmailId": alice.receives(ASKING)}, identityId="i9999")
    alice.hears("error", type="invalidArguments")


def test_an_account_that_is_not_there_is_an_invalid_argument(alice: JMAP) -> None:
    """RFC 9007 section 2.1: invalidArguments, where RFC 8620 section 3.6.2 has accountNotFound."""
    alice.says("MDN/send", accountId="a9999", identityId="i1", send={})
    alice.hears("error", type="invalidArguments")


def test_it_needs_the_capability_of_mail_as_well(alice: JMAP) -> None:
    """RFC 9007 section 2.1: using "MUST contain" both."""
    alice.using = [CORE, MDN]
    alice.says("MDN/send", identityId="i1", send={})
    alice.hears("error", type="unknownMethod")


def test_limits_hold_for_notifications(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.1: tooLarge, overQuota; RFC 8620 section 3.6.2: requestTooLarge."""
    one = alice.receives(ASKING + "x" * 1000)
    home.build(message=500)
    assert refused(alice, forEmailId=one, includeOriginalMessage=True) == like(type="tooLarge")
    home.build(message=50_000, quota=1300)
    assert refused(alice, forEmailId=one) == like(type="overQuota")
    home.build(quota=1_000_000, queued=0)
    assert refused(alice, forEmailId=one) == like(type="overQuota")
    home.build(objects_in_set=1)
    sends(alice, {}, {})
    alice.hears("error", type="requestTooLarge")
