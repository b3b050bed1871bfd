"""Email/parse: blobs read as messages, of which nothing is kept (RFC 8621 section 4.9)."""

from collections.abc import Mapping
from typing import Any

from pillarbox.datatypes.core import all_parsed
from pillarbox.datatypes.mail.email.filing import kept
from pillarbox.datatypes.mail.email.unfiled import Unfiled
from pillarbox.objects import STRING, Call, Method, Projection, list_of, nullable, projection
from pillarbox.wire.message import parse
from pillarbox.wire.values import JSON, Id

__all__ = ["PARSE", "TOLD"]

TOLD = (
    "messageId",
    "inReplyTo",
    "references",
    "sender",
    "from",
    "to",
    "cc",
    "bcc",
    "replyTo",
    "subject",
    "sentAt",
    "hasAttachment",
    "preview",
    "bodyValues",
    "textBody",
    "htmlBody",
    "attachments",
)
"""What is told of a message unless a client says what to tell (RFC 8621 sections 4.2 and 4.9)."""
_OF_FILED: Mapping[str, JSON] = dict.fromkeys(("mailboxIds", "keywords", "receivedAt", "threadId"))
"""Null, as the id is: what an Email has once it is filed."""


def parse_(call: Call[Any]) -> Mapping[str, JSON]:
    """The message in each blob, as Email/get would tell it.

    What has not one header field is no message; everything else is read as well as can be, as imports do.
    Raises MethodError requestTooLarge, and invalidArguments for properties that there are not.
    """
    blob_ids = call.arguments.take("blobIds", list_of(STRING))
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    call.take_extra("parse")
    wanted = projection(call.kind, TOLD if names is None else names)
    first: dict[str, JSON] = {"id": None} if "id" in (names or ()) else {}

    def read(blob_id: Id, octets: bytes) -> JSON:
        message = _read(call, blob_id, octets)
        return {**first, **_told(message, wanted)} if message is not None else None

    return all_parsed(call, blob_ids, read)


def _read(call: Call[Any], blob_id: Id, raw: bytes) -> Unfiled | None:
    message = parse(raw)
    if not message.headers:
        return None
    document, apart = kept(raw, message)
    return Unfiled(call, raw, {**document, **_OF_FILED, "blobId": blob_id}, apart)


def _told(message: Unfiled, wanted: Projection) -> dict[str, JSON]:
    # As for Email/get, what is computed counts for more than it may be long.
    message.call.context.tell(256 * len(wanted.computed))
    told: dict[str, JSON] = {name: message.document[name] for name, _ in wanted.plain}
    told.update((name, message.apart[name]) for name in wanted.apart)
    told.update((name, value(message)) for name, value in wanted.computed)
    return told


PARSE = Method("parse", parse_, writes=False)
