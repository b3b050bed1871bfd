"""Drafts that are created, and how that is answered."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

from tests.driver import JMAP, NOTHING, like


def written(alice: JMAP, **properties: Any) -> EmailMessage:
    """The message made of these properties, as Python's email package reads it."""
    properties.setdefault("mailboxIds", {alice.mailbox("drafts"): True})
    answer = alice.asks("Email/set", create={"d": properties})
    assert answer["notCreated"] is None, answer
    octets = alice.downloads(answer["created"]["d"]["blobId"]).octets
    assert len(octets) == answer["created"]["d"]["size"]
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def refused(alice: JMAP, **properties: Any) -> Any:
    """The SetError that creating an Email of these properties is answered with."""
    properties = {"mailboxIds": {alice.mailbox("drafts"): True}, **properties}
    sent = {name: value for name, value in properties.items() if value is not NOTHING}
    before = alice.state("Email")
    answer = alice.asks("Email/set", create={"d": sent})
    assert answer["created"] is None, answer
    assert answer["newState"] == before
    return answer["notCreated"]["d"]


def invalid(*names: str) -> Any:
    """An invalidProperties SetError that names these properties."""
    return like(type="invalidProperties", properties=list(names))
