"""Email/import: uploaded messages become Emails (RFC 8621 section 4.8)."""

from collections.abc import Mapping
from typing import Any

from pillarbox.datatypes.core import octets_at, whole_id
from pillarbox.datatypes.mail.email.filing import Arrival, NewEmail, arrival, file
from pillarbox.datatypes.mail.email.request import filed_under, is_over_quota
from pillarbox.objects import (
    ID,
    OBJECT,
    STRING,
    Call,
    Method,
    MethodError,
    Refused,
    SetError,
    invalid,
    map_of,
    merged,
    nullable,
)
from pillarbox.wire.values import JSON, utc_date

__all__ = ["IMPORT"]

_KNOWN = frozenset(("blobId", "mailboxIds", "keywords", "receivedAt"))


def import_(call: Call[Any]) -> Mapping[str, JSON]:
    """Each message filed, or why it was not. Raises MethodError stateMismatch, requestTooLarge."""
    if_in_state = call.arguments.take("ifInState", nullable(STRING), None)
    emails = call.arguments.take("emails", map_of(ID, OBJECT))
    call.take_extra("import")
    limit = call.context.limits.objects_in_set
    if len(emails) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} messages can be imported at once")
    before = call.state()
    if if_in_state is not None and if_in_state != before:
        raise MethodError("stateMismatch")
    created: dict[str, JSON] = {}
    refused: dict[str, JSON] = {}
    for key, sent in emails.items():
        try:
            with call.writing.savepoint():
                told = _imported(call, sent)
        except Refused as refusal:
            refused[key] = refusal.error.wire()
        else:
            created[key] = told
            call.context.created_ids[key] = str(told["id"])
    return {
        "accountId": call.account_id,
        "oldState": before,
        "newState": call.state(),
        "created": created or None,
        "notCreated": refused or None,
    }


def _read_before(call: Call[Any]) -> dict[str, Arrival]:
    """The messages that are to be imported, by blobId, read while others may still write to the account.

    No more than an answer may have of octets; what is left is read later.
    """
    emails = call.arguments.take("emails", map_of(ID, OBJECT))
    read: dict[str, Arrival] = {}
    room = call.context.limits.answer
    for sent in emails.values():
        blob_id = sent.get("blobId")
        octets = octets_at(call, blob_id) if isinstance(blob_id, str) and blob_id not in read else None
        if octets is not None and octets.length <= min(room, call.context.limits.message):
            room -= octets.length
            read[str(blob_id)] = arrival(octets.read(call.unit))
    return read


def _imported(call: Call[Any], sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """The new Email's properties as its client is told. Raises Refused."""
    errors = [invalid(name, "no such property") for name in sent if name not in _KNOWN]
    under = filed_under(call, sent, errors)
    blob_id = sent.get("blobId")
    octets = octets_at(call, blob_id) if isinstance(blob_id, str) else None
    if octets is None:
        errors.append(invalid("blobId", "names no blob of the account"))
    wrong = merged(errors)
    if wrong is not None or octets is None:
        raise Refused(wrong or SetError("invalidProperties", ("blobId",)))
    limits = call.context.limits
    if octets.length > limits.message:
        raise Refused(SetError("tooLarge", (), f"a message has no more than {limits.message} octets"))
    raw = octets.read(call.unit)
    if is_over_quota(call, len(raw)):
        raise Refused(SetError("overQuota"))
    if not raw.strip():
        raise Refused(SetError("invalidEmail", (), "the blob is empty"))
    expires = int(call.context.now.timestamp()) + limits.upload_life
    # A part of a message has no row of its own; what is filed has.
    blob = octets.blob if octets.whole else call.writing.add_blob(raw, expires)
    message = call.prepared.get(blob_id) or arrival(raw)
    received_at = under.received_at or utc_date(message.received or call.context.now)
    new = NewEmail(under.mailboxes, under.keywords, received_at)
    number, document = file(call.writing, call.context.registry, blob, message, new)
    return {
        "id": call.kind.id(number),
        "blobId": whole_id(blob.number),
        "threadId": document["threadId"],
        "size": len(raw),
    }


IMPORT = Method("import", import_, writes=True, prepare=_read_before)
