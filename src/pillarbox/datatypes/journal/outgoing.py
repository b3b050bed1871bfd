"""A message goes out: an entry from when it is released, to which each attempt adds what came of it.

An entry has the number of the QueuedMessage that it tells of: nothing need be looked up to go on with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson

from pillarbox.datatypes.journal.entry import (
    JOURNAL_ENTRY,
    MOST_RECIPIENTS,
    MOST_STEPS,
    Direction,
    Fate,
    Step,
    shown,
    stepped,
)
from pillarbox.store import Document, Writing
from pillarbox.wire.values import Id, utc_date

__all__ = ["Way", "message_id", "note_attempt", "note_release"]

_LOOKED_AT = 64 * 1024
_END = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*<([^<>\s]{1,400})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Way:
    """A message that goes out, by the number of its QueuedMessage, as its envelope has it; `email` is what it was."""

    number: int
    queue_id: str
    sender: str
    recipients: Sequence[str]
    created: datetime
    size: int
    message_id: str | None = None
    email: Id | None = None


def note_release(unit: Writing, way: Way, now: datetime) -> None:
    """It is on its way from now on, and nobody can stop it any more."""
    if _document(unit, way.number) is None:
        unit.insert(JOURNAL_ENTRY.table, way.number, _begun(way, (Step(now, "released"),), Fate.WAITING))


def note_attempt(unit: Writing, way: Way, steps: Sequence[Step], fate: Fate) -> None:
    """What came of an attempt. It is the first that is told of a message that was given up before it was released."""
    old = _document(unit, way.number)
    if old is None:
        unit.insert(JOURNAL_ENTRY.table, way.number, _begun(way, steps, fate))
        return
    first, *others = [*cast("list[Any]", old["steps"]), *stepped(steps)]
    kept = others[-(MOST_STEPS - 1) :]
    new: Document = {
        **old,
        "steps": [first, *kept],
        "outcome": fate.value,
        "isPartial": bool(old["isPartial"]) or len(kept) < len(others),
    }
    if new != old:
        unit.update(JOURNAL_ENTRY.table, way.number, old, new)


def message_id(octets: bytes) -> str | None:
    """The Message-ID of a message without its angle brackets, if it is found at the beginning."""
    end = _END.search(octets, 0, _LOOKED_AT)
    found = _MESSAGE_ID.search(octets, 0, end.start() if end else _LOOKED_AT)
    return None if found is None else shown(found[1].decode("utf-8", "replace"))


def _begun(way: Way, steps: Sequence[Step], fate: Fate) -> Document:
    told = (Step(way.created, "queued", f"for {len(way.recipients)}"), *steps)
    return {
        "direction": Direction.OUT.value,
        "at": utc_date(way.created),
        "sender": shown(way.sender),
        "recipients": [shown(one) for one in way.recipients[:MOST_RECIPIENTS]],
        "messageId": way.message_id,
        "size": way.size,
        "emailId": way.email,
        "queueId": way.queue_id,
        "client": None,
        "tls": None,
        "steps": stepped(told[:MOST_STEPS]),
        "outcome": fate.value,
        "isPartial": len(told) > MOST_STEPS or len(way.recipients) > MOST_RECIPIENTS,
    }


def _document(unit: Writing, number: int) -> Document | None:
    for stored in unit.get(JOURNAL_ENTRY.table, (number,)):
        return cast("Document", orjson.loads(stored.document))
    return None
