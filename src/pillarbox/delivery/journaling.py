"""What the journal is told of a message that was offered: that it was filed, or why it was not."""

from pillarbox.datatypes.journal import Fate, Incoming, Step, note_incoming
from pillarbox.delivery.reply import Reply
from pillarbox.delivery.trace import Hop
from pillarbox.store import Writing
from pillarbox.wire.values import Id

__all__ = ["journal_filed", "journal_refused", "journal_repeated"]


def journal_filed(unit: Writing, hop: Hop, to: str, size: int, message_id: str | None, email: Id) -> None:
    """It is filed, in this unit."""
    filed = Step(hop.moment, "filed", "in the Inbox")
    note_incoming(unit, _incoming(hop, to, size, message_id), Fate.DELIVERED, (filed,), email)


def journal_repeated(unit: Writing, hop: Hop, to: str, size: int, message_id: str | None) -> None:
    """It was filed before, and was offered once more."""
    known = Step(hop.moment, "recognised", "it was filed before")
    note_incoming(unit, _incoming(hop, to, size, message_id), Fate.REPEATED, (known,))


def journal_refused(unit: Writing, hop: Hop, to: str, size: int, message_id: str | None, told: Reply) -> None:
    """It was not filed, and whoever offered it was told so."""
    fate = Fate.DEFERRED if told.code < 500 else Fate.REFUSED
    note_incoming(unit, _incoming(hop, to, size, message_id), fate, (Step(hop.moment, fate.value, str(told)),))


def _incoming(hop: Hop, to: str, size: int, message_id: str | None) -> Incoming:
    client = None if hop.is_ours else hop.address or hop.client
    return Incoming(hop.reverse_path, to, message_id, size, hop.id, hop.moment, client, hop.tls)
