"""Mailboxes that conversations begin with."""

from typing import Any

from tests.driver import JMAP


def made(alice: JMAP, name: str, **properties: Any) -> str:
    """The id of a new Mailbox."""
    answer = alice.asks("Mailbox/set", create={"it": {"name": name, **properties}})
    assert answer["created"], answer
    return str(answer["created"]["it"]["id"])


def seen(alice: JMAP, mailbox: str) -> Any:
    return alice.asks("Mailbox/get", ids=[mailbox])["list"][0]
