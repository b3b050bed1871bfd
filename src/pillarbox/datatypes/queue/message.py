"""QueuedMessage: a message on its way out of an account, and how far it is with each recipient (ours).

It is kept in the account that sends it, so that it commits together with the submission that it stands for; account 0
knows which accounts have any (`server.due`). Clients never see it: a submission's own properties tell them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import orjson

from pillarbox.objects import GATHERED, DataType, Property, Record, before, equal, key, prop
from pillarbox.store import Blob, Document, Equal, Select, Unit, Writing
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date

__all__ = ["QUEUED_MESSAGE", "Outgoing", "QueuedMessage", "Recipient", "enqueue", "queued", "withdraw"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom a message goes: the address, and the parameters of RCPT TO (RFC 5321 section 4.1.1.3)."""

    address: str
    parameters: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent: what goes into the envelope, which blob, for which submission, from when and until when.

    `sender` is the reverse-path, empty for none. `submission` is the number of an EmailSubmission, None for what the
    server sends by itself.
    """

    blob: Blob
    sender: str
    recipients: tuple[Recipient, ...]
    release: datetime
    expires: datetime
    submission: int | None = None
    parameters: dict[str, str | None] = field(default_factory=dict)


class QueuedMessage(Record):
    """One message; `recipients` has an object for each, by its place in the envelope:

    `address`, `parameters`, `status` ("waiting", "sending" from when an attempt begins until its outcome is written
    down, "delivered" to an account here, "relayed" to another server, or "failed"), `tries`, `nextAttempt`, `reply`,
    the last that some server gave, null before, and `isNoticed`, whether the sender was told that it is late.

    `isHurried` when an administrator wants it tried now, until it was. `prefix` is what goes out in front of the
    message, as its signatures, made when it is released.
    """

    submission: Property[UnsignedInt | None] = prop(immutable=True)
    blob: Property[UnsignedInt] = prop(immutable=True)
    sender: Property[str] = prop(immutable=True)
    parameters: Property[dict[str, Any]] = prop(immutable=True)
    recipients: Property[list[Any]] = prop()
    created: Property[UTCDate] = prop(immutable=True)
    release: Property[UTCDate] = prop(immutable=True)
    expires: Property[UTCDate] = prop()
    next_attempt: Property[UTCDate] = prop()
    is_released: Property[bool] = prop(default=False)
    is_hurried: Property[bool] = prop(default=False)
    prefix: Property[str] = prop(default="")


QUEUED_MESSAGE = DataType(
    record=QueuedMessage,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="q",
    methods=GATHERED,
    filters=(
        equal("submission", QueuedMessage.submission, sorted=True),
        before("nextAttemptBefore", key(QueuedMessage.next_attempt, sorted=True)),
    ),
    holds=lambda document: (cast("int", document["blob"]),),
)


def enqueue(unit: Writing, message: Outgoing, now: datetime) -> int:
    """The message is to be sent, once the unit has committed; the number of its QueuedMessage.

    `server.expect(store, account, QUEUE, now)` must have been called before the commit.
    """
    number = unit.fresh()
    unit.hold(message.blob.number)
    document: Document = {
        "submission": message.submission,
        "blob": message.blob.number,
        "sender": message.sender,
        "parameters": dict(message.parameters),
        "recipients": [
            {
                "address": one.address,
                "parameters": dict(one.parameters),
                "status": "waiting",
                "tries": 0,
                "nextAttempt": utc_date(message.release),
                "reply": None,
                "isNoticed": False,
            }
            for one in message.recipients
        ],
        "created": utc_date(now),
        "release": utc_date(message.release),
        "expires": utc_date(message.expires),
        "nextAttempt": utc_date(message.release),
        "isReleased": False,
        "isHurried": False,
        "prefix": "",
    }
    unit.insert(QUEUED_MESSAGE.table, number, document)
    return number


def queued(unit: Unit, submission: int) -> tuple[int, Document] | None:
    """The QueuedMessage of a submission and its document, None once all is done."""
    numbers = unit.page(QUEUED_MESSAGE.table, Select(Equal("submission", submission)), 0, 1)
    for stored in unit.get(QUEUED_MESSAGE.table, numbers):
        return stored.number, orjson.loads(stored.document)
    return None


def withdraw(unit: Writing, submission: int, now: datetime) -> bool:
    """Whether the message of a submission could be stopped before it was released: then it is gone."""
    found = queued(unit, submission)
    if found is None or found[1]["isReleased"]:
        return False
    number, document = found
    unit.delete(QUEUED_MESSAGE.table, number, document)
    unit.release(cast("int", document["blob"]), int(now.timestamp()))
    return True
