"""A message came in, or was not taken: an entry, written in the unit that files it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pillarbox.datatypes.journal.entry import JOURNAL_ENTRY, Direction, Fate, Step, shown, stepped
from pillarbox.store import Document, Writing
from pillarbox.wire.values import Id, utc_date

__all__ = ["Incoming", "note_incoming"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it was offered for one address, at a moment. `client` is null for one that was queued here."""

    sender: str
    recipient: str
    message_id: str | None
    size: int
    queue_id: str
    moment: datetime
    client: str | None
    tls: str | None


def note_incoming(unit: Writing, one: Incoming, fate: Fate, steps: Sequence[Step], email: Id | None = None) -> None:
    """Writes down what became of it; `email` is what it is in the account."""
    over = "" if one.tls is None else f" over {one.tls}"
    where = "from this server" if one.client is None else f"from {one.client}{over}"
    at = utc_date(one.moment)
    document: Document = {
        "direction": Direction.IN.value,
        "at": at,
        "sender": shown(one.sender),
        "recipients": [shown(one.recipient)],
        "messageId": None if one.message_id is None else shown(one.message_id),
        "size": one.size,
        "emailId": email,
        "queueId": one.queue_id,
        "client": one.client,
        "tls": one.tls,
        "steps": [{"at": at, "what": "received", "detail": shown(where)}, *stepped(steps)],
        "outcome": fate.value,
        "isPartial": False,
    }
    unit.insert(JOURNAL_ENTRY.table, unit.fresh(), document)
