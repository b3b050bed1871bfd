"""The shape of an Email (RFC 8621 section 4.1).

What lists show is in its document; the header fields and the structure of the body, with where each part stands in the
message, are kept apart. Both are made once, when the message is filed; a list never touches the message again.
"""

import re
from typing import Any, Literal

from pillarbox.datatypes.mail.email import body
from pillarbox.objects import Property, Record, prop
from pillarbox.wire.values import Date, Id, UnsignedInt, UTCDate

__all__ = ["Email", "is_keyword", "keywords_normal"]

# Section 4.1.1: %x21 to %x7e without ( ) { ] % * " and backslash.
_KEYWORD = re.compile(r"""[\x21-\x7e]{1,255}""")
_NOT_IN_KEYWORDS = frozenset('(){]%*"\\')


def is_keyword(text: str) -> bool:
    """Whether this is a keyword (section 4.1.1)."""
    return _KEYWORD.fullmatch(text) is not None and not _NOT_IN_KEYWORDS.intersection(text)


def keywords_normal(keywords: dict[str, bool]) -> dict[str, bool]:
    """Keywords as they are kept: in lower case (section 4.1.1)."""
    # What is no keyword stays what it is: there are letters beyond ASCII whose lower case is ASCII.
    return {keyword.lower() if keyword.isascii() else keyword: True for keyword in keywords}


def _keywords_problem(keywords: dict[str, bool]) -> str | None:
    wrong = [keyword for keyword in keywords if not is_keyword(keyword)]
    return f"{wrong[0][:64]!r} is no keyword" if wrong else None


def _mailboxes_problem(mailbox_ids: dict[str, bool]) -> str | None:
    return None if mailbox_ids else "an Email belongs to one Mailbox at least"


def _derived(**options: Any) -> Any:
    """A property that follows from the message."""
    return prop(server_set=True, immutable=True, **options)


class Email(Record):
    """A representation of a message."""

    # Section 4.1.1
    blob_id: Property[Id] = _derived()
    thread_id: Property[Id] = _derived()
    mailbox_ids: Property[dict[Id, Literal[True]]] = prop(refers_to="Mailbox", check=_mailboxes_problem)
    keywords: Property[dict[str, Literal[True]]] = prop(default={}, normal=keywords_normal, check=_keywords_problem)
    size: Property[UnsignedInt] = _derived()
    received_at: Property[UTCDate] = prop(immutable=True)
    # Section 4.1.3
    headers: Property[list[Any]] = _derived(apart=True)
    message_id: Property[list[str] | None] = _derived()
    in_reply_to: Property[list[str] | None] = _derived()
    references: Property[list[str] | None] = _derived()
    sender: Property[list[Any] | None] = _derived()
    from_: Property[list[Any] | None] = _derived(wire="from")
    to: Property[list[Any] | None] = _derived()
    cc: Property[list[Any] | None] = _derived()
    bcc: Property[list[Any] | None] = _derived()
    reply_to: Property[list[Any] | None] = _derived()
    subject: Property[str | None] = _derived()
    sent_at: Property[Date | None] = _derived()
    # Section 4.1.4
    body_structure: Property[Any] = _derived(computed=body.structure)
    body_values: Property[Any] = _derived(computed=body.values)
    text_body: Property[list[Any]] = _derived(computed=body.text_body)
    html_body: Property[list[Any]] = _derived(computed=body.html_body)
    attachments: Property[list[Any]] = _derived(computed=body.attachments)
    has_attachment: Property[bool] = _derived()
    preview: Property[str] = _derived()
