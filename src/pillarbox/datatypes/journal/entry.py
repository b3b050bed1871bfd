"""JournalEntry: the way of one message into the account or out of it (ours).

Nothing of the message itself is in it but its Message-ID: what it says is where it is. It is the account's own, so
whoever may write to the account reads it, and nobody else's mail is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique
from typing import Any, cast

from pillarbox.objects import (
    CHANGES,
    GET,
    QUERY,
    QUERY_CHANGES,
    STRING,
    Condition,
    DataType,
    Key,
    Property,
    Reach,
    Record,
    View,
    after,
    before,
    by,
    equal,
    key,
    prop,
)
from pillarbox.store import Column, Contains, Document, Filter
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import Id, UnsignedInt, UTCDate, utc_date

__all__ = [
    "JOURNAL",
    "JOURNAL_ENTRY",
    "LONGEST",
    "MOST_RECIPIENTS",
    "MOST_STEPS",
    "Direction",
    "Fate",
    "JournalEntry",
    "Step",
    "is_said",
    "shown",
    "stepped",
]

JOURNAL = "urn:pillarbox:params:jmap:journal"
"""The capability."""
MOST_STEPS, MOST_RECIPIENTS, LONGEST = 100, 100, 500
"""Of an entry; and characters of each of its texts."""


@unique
class Direction(Enum):
    """Which way a message goes."""

    IN = "in"
    OUT = "out"


@unique
class Fate(Enum):
    """What became of it, as far as is known."""

    DELIVERED = "delivered"
    """It came in, and is there; or it went out, and is with everybody."""
    REPEATED = "repeated"
    """It came in once more, and was there already."""
    DEFERRED = "deferred"
    """It was not taken in for now; whoever offered it will do so again."""
    REFUSED = "refused"
    WAITING = "waiting"
    """It is tried again for some of those to whom it goes."""
    PARTIAL = "partial"
    """It was given up for some, and is with others."""
    FAILED = "failed"
    """It was given up for everybody."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a message, in a word and in a sentence."""

    at: datetime
    what: str
    detail: str = ""


class JournalEntry(Record):
    """The way of one message.

    `at` is when it began. `recipients` are the envelope's that concern this account: all of a message that goes out,
    no more than 100. `queueId` is the id that the log knows it under. `client` is who handed a message in, null for one
    that was queued here, and `tls` the version over which, null for none. `steps` have an object each: `at`, `what`,
    `detail`; of more than 100, those after the first go. `isPartial` says that there is not everything.
    """

    direction: Property[str] = prop(immutable=True)
    at: Property[UTCDate] = prop(immutable=True)
    sender: Property[str] = prop(immutable=True)
    recipients: Property[list[Any]] = prop(immutable=True)
    message_id: Property[str | None] = prop(immutable=True)
    size: Property[UnsignedInt] = prop(immutable=True)
    email_id: Property[Id | None] = prop(default=None, immutable=True)
    queue_id: Property[str] = prop(immutable=True)
    client: Property[str | None] = prop(default=None, immutable=True)
    tls: Property[str | None] = prop(default=None, immutable=True)
    steps: Property[list[Any]] = prop()
    outcome: Property[str] = prop()
    is_partial: Property[bool] = prop(default=False)


def _said(document: Document) -> str:
    """All that is looked for, in one column: an entry is written with each message, and seldom looked for."""
    recipients = cast("list[str]", document["recipients"])
    said = (str(document["sender"]), *recipients, str(document["messageId"] or ""))
    return unicode_casemap(" ".join(said))


_SAID = Key(Column("said", "text"), _said, unicode_casemap, is_fixed=True)


def _holds(value: str) -> Filter:
    return Contains("said", unicode_casemap(value))


def _has_sender(seen: View, value: str) -> bool:
    return unicode_casemap(value) in unicode_casemap(str(seen.document["sender"]))


def _has_recipient(seen: View, value: str) -> bool:
    sought = unicode_casemap(value)
    return any(sought in unicode_casemap(one) for one in cast("list[str]", seen.document["recipients"]))


def _has_message_id(seen: View, value: str) -> bool:
    return seen.document["messageId"] == value.strip("<> ")


# There are some thousands at most, which are put into order when somebody asks; an index would cost each delivery.
_AT = key(JournalEntry.at)

JOURNAL_ENTRY = DataType(
    record=JournalEntry,
    rfc="ours",
    capability=JOURNAL,
    prefix="j",
    methods=(GET, CHANGES, QUERY, QUERY_CHANGES),
    filters=(
        equal("direction", JournalEntry.direction),
        after("after", _AT),
        before("before", _AT),
        Condition("text", STRING, _holds, Reach.OBJECT, keys=(_SAID,)),
        Condition("from", STRING, _holds, Reach.OBJECT, keys=(_SAID,), test=_has_sender),
        Condition("to", STRING, _holds, Reach.OBJECT, keys=(_SAID,), test=_has_recipient),
        Condition(
            "messageId",
            STRING,
            lambda value: _holds(value.strip("<> ")),
            Reach.OBJECT,
            keys=(_SAID,),
            test=_has_message_id,
        ),
    ),
    sorts=(by("at", _AT),),
)


def is_said(entry: JournalEntry, text: str) -> bool:
    """Whether sender, recipients or Message-ID of an entry have this in them, whatever the case of letters."""
    return unicode_casemap(text) in _said(entry.document)


def shown(text: str) -> str:
    """A text as it is written down: of bounded length, in whole characters."""
    cut = text[:LONGEST]
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode()


def stepped(steps: Iterable[Step]) -> list[Any]:
    """Steps as they are written down."""
    return [{"at": utc_date(one.at), "what": one.what, "detail": shown(one.detail)} for one in steps]
