"""A message becomes an Email, whatever way it came: delivered, imported, or written by a client.

First it is read, which takes no transaction (`arrival`); then it is filed in one (`file`). Which Thread it joins
follows RFC 8621 section 3: both messages name one message id, and their base subjects are the same. A message that
meets two Threads joins the older one; none are merged, since a threadId is immutable.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pillarbox.datatypes.core import located, whole_id
from pillarbox.datatypes.mail.email import body
from pillarbox.datatypes.mail.email.header import CONVENIENT, HeaderName, header_value
from pillarbox.datatypes.mail.tally import Change, Tallies
from pillarbox.objects import Registry
from pillarbox.store import (
    Blob,
    Document,
    StoreError,
    Unavailable,
    Unit,
    Writing,
)
from pillarbox.wire.message import (
    Message,
    attachment_names,
    base_subject,
    indexable_header,
    parse,
    received_date,
    searchable,
)
from pillarbox.wire.values import JSON, UTCDate, utc_datetime
from pillarbox.wire.words import indexable

__all__ = ["FIELDS_WITH_TEXT", "TEXT_FIELDS", "Arrival", "NewEmail", "arrival", "file", "kept", "text_again"]

TEXT_FIELDS = ("from", "to", "cc", "bcc", "subject", "body", "attachments", "header")
FIELDS_WITH_TEXT = frozenset(("from", "to", "cc", "bcc", "subject"))
"""Header fields whose words are a text of their own; of the others they are in the text `header`."""

_MAX_THREAD_KEYS = 16

_ASKED = tuple((name, field.lower(), HeaderName(field, form, all=False)) for name, (field, form) in CONVENIENT.items())
"""Each property that stands for a header field, the field's name in lower case, and what is asked of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that has been read: what will be kept of it wherever it is filed."""

    document: dict[str, JSON]
    apart: dict[str, JSON]
    text: dict[str, str]
    received: datetime | None
    """When the last server before us took it, by its Received field."""
    sent: datetime | None
    """When it was written, by its Date field."""


@dataclass(frozen=True, slots=True)
class NewEmail:
    """What is not in the message: the numbers of its Mailboxes, its keywords, when it was received."""

    mailboxes: Collection[int]
    keywords: Iterable[str]
    received_at: UTCDate


def arrival(raw: bytes) -> Arrival:
    """The message that these octets are; any octets are one. Slow for large ones: call it outside of a unit."""
    message = parse(raw)
    document, apart = kept(raw, message)
    text = _text_of_document(document) | _text_of_message(raw, message)
    document["threadKeys"] = cast("JSON", _thread_keys(document))
    sent = cast("str | None", document["sentAt"])
    return Arrival(document, apart, text, received_date(message.headers), utc_datetime(sent) if sent else None)


def kept(raw: bytes, message: Message) -> tuple[dict[str, JSON], dict[str, JSON]]:
    """The properties that follow from a message: those in an Email's document, and those apart from it."""
    headers = [{"name": field.name, "value": field.value} for field in message.headers]
    document = _from_headers(headers)
    document |= {"size": len(raw), "hasAttachment": message.has_attachment, "preview": message.preview}
    return document, {"headers": cast("JSON", headers), **body.kept(message)}


def file(
    unit: Writing, registry: Registry, blob: Blob, message: Arrival, new: NewEmail, tallies: Tallies | None = None
) -> tuple[int, dict[str, Any]]:
    """Files a message whose octets are a blob of the account: the new Email's number and document.

    The blob is held, the Thread found or made, everything counted; in Mailboxes not until the tallies of a unit that
    files many are settled.
    """
    email, thread = registry["Email"], registry["Thread"]
    keys = cast("list[int]", message.document["threadKeys"])
    number = unit.fresh()
    joined = unit.first_group(email.table, "threadKeys", keys)
    thread_number = unit.fresh() if joined is None else joined
    document: dict[str, JSON] = {
        **message.document,
        "blobId": whole_id(blob.number),
        "threadId": thread.id(thread_number),
        "mailboxIds": {registry["Mailbox"].id(mailbox): True for mailbox in new.mailboxes},
        "keywords": dict.fromkeys(new.keywords, True),
        "receivedAt": new.received_at,
    }
    unit.insert(email.table, number, document, message.apart, message.text)
    unit.hold(blob.number)
    counting = tallies or Tallies(unit, registry)
    counting.count(Change(thread_number, None, document))
    if tallies is None:
        counting.settle()
    return number, document


def text_again(unit: Unit, document: Document) -> dict[str, str]:
    """The words of an Email as they were when it was filed; of what its document has, if its message is lost."""
    text = _text_of_document(document)
    octets = located(unit, cast("str", document["blobId"]))
    if octets is None:
        return text
    try:
        raw = octets.read(unit)
    except Unavailable:
        raise
    except StoreError:
        return text
    return text | _text_of_message(raw, parse(raw))


def _text_of_document(document: Document) -> dict[str, str]:
    text = {name: indexable(_addresses(document[name])) for name in ("from", "to", "cc", "bcc")}
    text["subject"] = indexable(cast("str | None", document["subject"]) or "")
    return text


def _text_of_message(raw: bytes, message: Message) -> dict[str, str]:
    return {
        "body": indexable(searchable(raw, message)),
        "attachments": indexable(" ".join(attachment_names(message))),
        "header": indexable_header(message.headers, FIELDS_WITH_TEXT),
    }


def _from_headers(headers: list[dict[str, str]]) -> dict[str, JSON]:
    # The last one of each name counts, so that no other has to be looked at for each property.
    last = {header["name"].lower(): header for header in headers}
    return {name: header_value(asked, (last[field],)) if field in last else None for name, field, asked in _ASKED}


def _addresses(value: JSON) -> str:
    found = cast("Sequence[dict[str, str | None]]", value or ())
    return " ".join(f"{address['name'] or ''} {address['email'] or ''}" for address in found)


def _thread_keys(document: dict[str, JSON]) -> list[int]:
    """What a message has in common with others of its Thread: a message id and the base subject, as 63 bits.

    Of many references the first and the last count: the root of the Thread, and the messages nearest. White space
    in subjects does not count.
    """
    subject = "".join(base_subject(cast("str | None", document["subject"]) or "").casefold().split())
    own, parents, references = (
        cast("list[str]", document[name] or []) for name in ("messageId", "inReplyTo", "references")
    )
    ids = dict.fromkeys([*own[:1], *references[:1], *parents[:4], *reversed(references[1:])])
    keys = []
    for message_id in list(ids)[:_MAX_THREAD_KEYS]:
        digest = hashlib.blake2b(f"{message_id}\0{subject}".encode(errors="replace"), digest_size=8).digest()
        keys.append(int.from_bytes(digest) >> 1)
    return keys
