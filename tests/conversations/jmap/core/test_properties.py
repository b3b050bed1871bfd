"""Every property that RFC 8621 gives its types is there (section 1.1)."""

import pytest
from tests.driver import JMAP, MAIL, SUBMISSION

VACATION = "urn:ietf:params:jmap:vacationresponse"

PROPERTIES = {
    "Mailbox": (
        "id name parentId role sortOrder totalEmails unreadEmails totalThreads unreadThreads myRights isSubscribed"
    ),
    "Thread": "id emailIds",
    "Email": (
        "id blobId threadId mailboxIds keywords size receivedAt headers messageId inReplyTo references sender from to"
        " cc bcc replyTo subject sentAt bodyStructure bodyValues textBody htmlBody attachments hasAttachment preview"
    ),
    "Identity": "id name email replyTo bcc textSignature htmlSignature mayDelete",
    "EmailSubmission": (
        "id identityId emailId threadId envelope sendAt undoStatus deliveryStatus dsnBlobIds mdnBlobIds"
    ),
    "VacationResponse": "id isEnabled fromDate toDate subject textBody htmlBody",
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_of_the_type_is_told(alice: JMAP, name: str) -> None:
    """Section 1.1: servers "MUST support all properties specified for the new data types defined in this document"."""
    alice.using = [*alice.using, MAIL, SUBMISSION, VACATION]
    wanted = PROPERTIES[name].split()
    alice.receives("From: bob@far.example\nTo: alice@home.example\nSubject: all of it\n\nbody")
    (email,) = alice.asks("Email/get", ids=None, properties=["threadId"])["list"]
    if name == "EmailSubmission":
        (identity, *_) = alice.asks("Identity/get", ids=None)["list"]
        draft = {
            "mailboxIds": {alice.mailbox("drafts"): True},
            "from": [{"email": identity["email"]}],
            "to": [{"email": "bob@far.example"}],
        }
        made = alice.asks("Email/set", create={"d": draft})["created"]["d"]["id"]
        alice.asks("EmailSubmission/set", create={"s": {"emailId": made, "identityId": identity["id"]}})

    ids = [email["threadId"]] if name == "Thread" else None
    found = alice.asks(f"{name}/get", ids=ids, properties=wanted)["list"]

    assert found
    assert set(found[0]) == set(wanted)
