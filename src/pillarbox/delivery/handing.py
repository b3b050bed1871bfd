"""Mail for a list goes on to its members: queued in the list's account, whence it reaches them here and elsewhere.

What becomes of each copy is the list's concern and no longer the sender's (RFC 5321 section 3.9.2): copies return to
the list, and what returns goes on to nobody. A list hands on the same message once, whatever way it came; so lists that
are members of each other, here or by way of other servers, come to an end.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from pillarbox.access import Principal
from pillarbox.datatypes.directory import listings
from pillarbox.datatypes.mail import Arrival
from pillarbox.datatypes.queue import Outgoing, Recipient, enqueue, how_many
from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.store import Store

__all__ = ["HandedOn", "NoRoom", "hand_on", "likeness"]

_TRIED = timedelta(days=5)
"""As long as senders should (RFC 5321 section 4.5.4.1)."""
_REMEMBERED = timedelta(days=7)
_MOST_WAITING = 1000
"""Messages on their way to a list's members; with more, somebody floods it."""
_SAME = frozenset(("message-id", "from", "date", "subject"))


@dataclass(frozen=True, slots=True)
class HandedOn:
    """It is on its way, to so many; to none if it was a report of what the list sent."""

    members: int


class NoRoom(Exception):
    """Too much is on its way already."""


def likeness(message: Arrival, body: memoryview) -> bytes:
    """What a message has in common with itself, however many servers have put their fields in front of it."""
    headers = cast("list[dict[str, str]]", message.apart["headers"])
    same = sorted((one["name"].lower(), one["value"].strip()) for one in headers if one["name"].lower() in _SAME)
    digest = hashlib.sha256(repr(same).encode("utf-8", "surrogatepass"))
    digest.update(body)
    return digest.digest()


def hand_on(store: Store, to: Principal, reverse_path: str, raw: bytes, like: bytes, now: float) -> HandedOn | None:
    """Queues a message for all members of a list; None if it was handed on before.

    What is told as handed on is on disk. Raises NoRoom; store.Unavailable and OSError, and then nothing was queued.
    """
    if not reverse_path:
        return HandedOn(0)
    moment = datetime.fromtimestamp(now, UTC)
    members = listings(store, to.number)
    # Account 0 is written to while nothing else is.
    expect(store, to.number, QUEUE, moment)
    with store.write(to.number) as unit:
        if not unit.once(b"list:" + like, int(now + _REMEMBERED.total_seconds()), int(now)):
            return None
        if how_many(unit) >= _MOST_WAITING:
            raise NoRoom
        if members:
            recipients = tuple(Recipient(one, {"NOTIFY": "NEVER"}) for one in members)
            blob = unit.add_blob(raw, int(now))
            enqueue(unit, Outgoing(blob, to.address, recipients, moment, moment + _TRIED), moment)
    return HandedOn(len(members))
