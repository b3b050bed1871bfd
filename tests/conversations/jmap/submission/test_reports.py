"""Reports that come in about what was sent (RFC 8621 section 7, "deliveryStatus", "dsnBlobIds" and "mdnBlobIds")."""

from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import draft, sent, tells
from tests.driver import JMAP, Home, like

from pillarbox.datatypes import REGISTRY
from pillarbox.delivery import Deposit, Filer, Policy

POLICY = Policy(
    host="home.example",
    timeout=10,
    max_recipients=10,
    max_size=1_000_000,
    max_received=10,
    sub_addressing=True,
    quota=None,
)
numbers = count()


def arrives(home: Home, message: str, sender: str = "") -> None:
    """A message comes in for Alice."""
    filer = Filer(home.directory, Deposit(home.store, REGISTRY, home.clock), POLICY, home.clock)
    mark = b"%d" % next(numbers)
    reply = filer.file(sender, "alice@home.example", message.replace("\n", "\r\n").encode(), mark, "1")
    assert str(reply).startswith("250"), reply


def dsn(action: str, recipient: str = "bob@far.example", message_id: str = "1@home.example", more: str = "") -> str:
    """A delivery status notification."""
    return f"""\
From: postmaster@far.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

About your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; far.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
{more}
--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>
--b--
"""


def mdn(disposition: str, recipient: str = "bob@far.example") -> str:
    """A message disposition notification."""
    return f"""\
From: bob@far.example
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b

Your message was seen.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;{recipient}
Original-Message-ID: <1@home.example>
Disposition: manual-action/MDN-sent-manually; {disposition}
--b--
"""


def relayed(home: Home, alice: JMAP) -> str:
    """A submission to Bob and Carol whose message was passed on."""
    submission = sent(alice, emailId=draft(alice, Cc="Carol@far.example"))
    with_carol = {"Carol": ("250 2.0.0 Ok", "unknown"), "bob": ("250 2.0.0 Ok", "unknown")}
    tells(home, alice, submission, **with_carol)
    return submission


def gets(alice: JMAP, submission: str) -> Any:
    (one,) = alice.asks("EmailSubmission/get", ids=[submission])["list"]
    return one


def blobs(alice: JMAP, mailbox: str = "inbox") -> list[str]:
    """Those of the messages in a Mailbox, the first first."""
    ids = alice.asks("Email/query", filter={"inMailbox": alice.mailbox(mailbox)})["ids"]
    return [one["blobId"] for one in alice.asks("Email/get", ids=ids, properties=["blobId"])["list"]]


@pytest.mark.parametrize(("action", "delivered"), [("delivered", "yes"), ("failed", "no")])
def test_a_dsn_decides(home: Home, alice: JMAP, action: str, delivered: str) -> None:
    """RFC 8621 section 7, "delivered": delivered SHOULD be "yes", failed "no"; smtpReply may be that of the DSN."""
    submission = relayed(home, alice)
    state = alice.state("EmailSubmission")

    arrives(home, dsn(action, "carol@FAR.example", more="Diagnostic-Code: smtp; 550 5.1.1 nobody here\n"))

    assert alice.asks("EmailSubmission/changes", sinceState=state)["updated"] == [submission]
    assert gets(alice, submission)["deliveryStatus"] == {
        "bob@far.example": like(delivered="unknown", smtpReply="250 2.0.0 Ok"),
        "Carol@far.example": like(delivered=delivered, smtpReply="550 5.1.1 nobody here", displayed="unknown"),
    }


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "invented"])
def test_other_dsns_decide_nothing(home: Home, alice: JMAP, action: str) -> None:
    """RFC 8621 section 7, "delivered": "Receipt of any other DSN SHOULD NOT affect this property"."""
    submission = relayed(home, alice)

    arrives(home, dsn(action))

    told = gets(alice, submission)
    assert told["deliveryStatus"]["bob@far.example"] == like(delivered="unknown", smtpReply="250 2.0.0 Ok")
    assert told["dsnBlobIds"] == blobs(alice)


def test_what_is_decided_stays(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "delivered": with "yes" and "no" the smtpReply is final."""
    submission = relayed(home, alice)
    arrives(home, dsn("failed"))
    before = gets(alice, submission)["deliveryStatus"]

    arrives(home, dsn("delivered"))

    assert gets(alice, submission)["deliveryStatus"] == before


@pytest.mark.parametrize(
    ("disposition", "displayed"), [("displayed", "yes"), ("Displayed/error", "yes"), ("deleted", "unknown")]
)
def test_an_mdn_says_that_it_was_displayed(home: Home, alice: JMAP, disposition: str, displayed: str) -> None:
    """RFC 8621 section 7, "displayed": for Disposition-Type "displayed" it SHOULD be "yes"."""
    submission = relayed(home, alice)

    arrives(home, mdn(disposition))

    told = gets(alice, submission)
    assert told["deliveryStatus"]["bob@far.example"] == like(displayed=displayed, delivered="unknown")
    assert (told["dsnBlobIds"], told["mdnBlobIds"]) == ([], blobs(alice))


def test_reports_are_shown_as_emails_as_well(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7: the whole message, in order of receipt; it is in the Inbox too, so none is hidden."""
    submission = relayed(home, alice)
    for report in (dsn("delayed"), dsn("failed")):
        arrives(home, report)

    told = gets(alice, submission)["dsnBlobIds"]

    assert told == blobs(alice)
    assert len(told) == 2
    assert b"Action: delayed" in alice.downloads(told[0]).octets


def keeps(home: Home, alice: JMAP, blob_ids: Iterable[str]) -> list[bool]:
    """Whether each blob is there still, long after nothing may need it."""
    home.clock.now += 10**6
    with home.store.write(alice.number) as unit:
        unit.collect(int(home.clock()))
    return [alice.downloads(blob_id).status == 200 for blob_id in blob_ids]


def test_reports_are_kept_as_long_as_the_submission(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6: a blob that an object refers to stays."""
    submission = relayed(home, alice)
    arrives(home, dsn("failed"))
    told = gets(alice, submission)["dsnBlobIds"]
    ids = alice.asks("Email/query", filter={"inMailbox": alice.mailbox("inbox")})["ids"]
    assert alice.asks("Email/set", destroy=ids)["destroyed"] == ids

    assert keeps(home, alice, told) == [True]
    alice.asks("EmailSubmission/set", destroy=[submission])
    assert keeps(home, alice, told) == [False]


@pytest.mark.parametrize(
    ("report", "sender"),
    [
        (dsn("failed", message_id="2@home.example"), ""),
        (dsn("failed", recipient="eve@far.example"), ""),
        (dsn("failed"), "bob@far.example"),
        (dsn("failed").replace("multipart/report", "multipart/mixed"), ""),
    ],
)
def test_other_messages_change_nothing(home: Home, alice: JMAP, report: str, sender: str) -> None:
    """Ours: a report is of a message that was sent, about somebody it went to; it has no return address."""
    submission = relayed(home, alice)
    before = gets(alice, submission)

    arrives(home, report, sender)

    assert gets(alice, submission) == before
    assert len(blobs(alice)) == 1


def test_the_message_id_may_be_the_servers(home: Home, alice: JMAP) -> None:
    """Ours: reports are recognised by the Message-ID that went out."""
    home.token = lambda: "made-here"
    home.build()
    submission = sent(alice, emailId=draft(alice, Message_ID=None))

    arrives(home, dsn("failed", message_id="made-here@home.example"))

    assert gets(alice, submission)["deliveryStatus"]["bob@far.example"]["delivered"] == "no"
