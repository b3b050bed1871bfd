"""MDN/parse: what became of a message with its reader (RFC 9007 section 2.2)."""

from typing import Any

import pytest
from tests.driver import CORE, JMAP, MAIL, Home, like

MDN = "urn:ietf:params:jmap:mdn"
NOTIFICATION = """\
From: joe@far.example
To: alice@home.example
Subject: =?utf-8?q?Gelesen=3A_Gr=C3=BC=C3=9Fe?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=x

--x
Content-Type: text/plain; charset=utf-8

This receipt shows that the email has been displayed.
--x
Content-Type: message/disposition-notification

Reporting-UA: joes-pc.far.example; Foomail 97.1
Original-Recipient: rfc822;joe@far.example
Final-Recipient: rfc822; joe.doe@far.example
Original-Message-ID: <one@home.example>
Disposition: Manual-Action/MDN-sent-manually (really);
 displayed
X-Extension: some
 thing
--x--
"""


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client knows of notifications."""
    alice.using = [CORE, MAIL, MDN]
    return alice


def octets(message: str) -> bytes:
    return message.replace("\n", "\r\n").encode()


def parsed(alice: JMAP, message: str) -> Any:
    """The MDN that a message is."""
    blob = alice.uploads(octets(message))
    answer = alice.asks("MDN/parse", blobIds=[blob])
    assert answer["parsed"], answer
    return answer["parsed"][blob]


def test_the_capability_is_an_empty_object_in_both_places(alice: JMAP) -> None:
    """RFC 9007 section 1.3."""
    session = alice.sends("GET", "/.well-known/jmap").json()
    assert session["capabilities"][MDN] == {}
    assert session["accounts"][alice.account_id]["accountCapabilities"][MDN] == {}


def test_all_that_a_notification_says_is_told(alice: JMAP) -> None:
    """RFC 9007 section 2: every property; the words of the disposition in lower case."""
    blob = alice.uploads(octets(NOTIFICATION))
    alice.says("MDN/parse", blobIds=[blob])

    alice.hears_exactly(
        "MDN/parse",
        accountId=alice.account_id,
        parsed={
            blob: {
                "forEmailId": None,
                "subject": "Gelesen: Grüße",
                "textBody": "This receipt shows that the email has been displayed.",
                "includeOriginalMessage": False,
                "reportingUA": "joes-pc.far.example; Foomail 97.1",
                "disposition": {
                    "actionMode": "manual-action",
                    "sendingMode": "mdn-sent-manually",
                    "type": "displayed",
                },
                "mdnGateway": None,
                "originalRecipient": "rfc822;joe@far.example",
                "finalRecipient": "rfc822; joe.doe@far.example",
                "originalMessageId": "<one@home.example>",
                "error": None,
                "extensionFields": {"X-Extension": "some thing"},
            }
        },
        notParsable=None,
        notFound=None,
    )


def test_the_email_that_it_is_about_is_found(alice: JMAP) -> None:
    """RFC 9007 section 2.2: by the Message-ID, if there is one such Email and no other."""
    email = alice.receives("Message-ID: <one@home.example>\nSubject: x\n\nx\n", mailbox="sent")
    alice.receives("Message-ID: <two@home.example>\nIn-Reply-To: <one@home.example>\nSubject: x\n\nx\n")
    assert parsed(alice, NOTIFICATION)["forEmailId"] == email

    alice.receives("Message-ID: <one@home.example>\nSubject: y\n\ny\n")
    assert parsed(alice, NOTIFICATION)["forEmailId"] is None


def test_errors_gateway_and_original_are_told(alice: JMAP) -> None:
    """RFC 8098 sections 3 and 3.2: the third part, MDN-Gateway, and Error, which may be repeated."""
    more = NOTIFICATION.replace(
        "Reporting-UA: joes-pc.far.example; Foomail 97.1", "MDN-Gateway: dns; gate.far.example\nError: one\nError: two"
    )
    more = more.replace("displayed\nX", "processed/error\nX")
    more = more.replace("--x--\n", "--x\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n--x--\n")

    assert parsed(alice, more) == like(
        mdnGateway="dns; gate.far.example",
        reportingUA=None,
        error=["one", "two"],
        includeOriginalMessage=True,
        disposition=like(type="processed"),
    )


def test_text_of_several_forms_is_told(alice: JMAP) -> None:
    """RFC 9007 section 2: textBody is plain text."""
    html = NOTIFICATION.replace(
        "text/plain; charset=utf-8\n\nThis receipt", "text/html; charset=utf-8\n\n<p>This <b>receipt</b></p>"
    )
    assert parsed(alice, html)["textBody"].strip().startswith("This receipt")


@pytest.mark.parametrize(
    "message",
    [
        "Subject: x\n\nx\n",
        NOTIFICATION.replace("multipart/report", "multipart/mixed"),
        NOTIFICATION.replace("message/disposition-notification", "message/delivery-status"),
        NOTIFICATION.replace("Disposition:", "X-Disposition:"),
        NOTIFICATION.replace("Manual-Action/", ""),
        NOTIFICATION.replace(" displayed\nX", " eaten\nX"),
        NOTIFICATION.replace("Manual-Action", "by-magic"),
        "",
    ],
)
def test_what_is_no_notification_is_not_parsable(alice: JMAP, message: str) -> None:
    """RFC 9007 section 2.2: notParsable."""
    blob = alice.uploads(octets(message))
    assert alice.asks("MDN/parse", blobIds=[blob]) == like(parsed=None, notParsable=[blob], notFound=None)


def test_what_is_not_there_is_not_found(alice: JMAP, bob: JMAP) -> None:
    """RFC 9007 section 2.2: notFound, for another's blob as well."""
    for at in range(5):
        bob.uploads(b"%d" % at)
    others = bob.uploads(octets(NOTIFICATION))
    answer = alice.asks("MDN/parse", blobIds=["x", others])
    assert answer == like(parsed=None, notParsable=None, notFound=["x", others])


def test_more_than_allowed_at_once_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 9007 section 2.2: requestTooLarge."""
    home.build(parsed=2)
    alice.says("MDN/parse", blobIds=["a", "b", "c"])
    alice.hears("error", type="requestTooLarge")
