"""Which blobs of an account somebody may see: those that objects hold, and what they uploaded (RFC 8620 section 6.1).

"Unreferenced blobs MUST only be accessible to the uploader, even in shared accounts." In somebody's own account nobody
else uploads. In a group's, a key for each upload says for a week whose it was; that is longer than it lives unheld.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pillarbox.access import Actor, Grant
from pillarbox.datatypes.core.blob.place import Octets, located
from pillarbox.objects import Call, reference
from pillarbox.store import Blob, Unit, Writing

__all__ = ["note_upload", "note_uploaded", "octets_at", "reached"]

_REMEMBERED = 7 * 86_400


def octets_at(call: Call[Any], blob_id: str) -> Octets | None:
    """Where the octets of a blobId are that a client gave; None if its account has no such blob for it.

    A creation id after "#" stands for what was made under it (RFC 9404 section 4.1).
    """
    known = reference(call, blob_id)
    return reached(call.unit, call.context.actor, call.grant, known, call.context.now) if known is not None else None


def reached(unit: Unit, actor: Actor, grant: Grant, blob_id: str, now: datetime) -> Octets | None:
    """The same for an actor's grant, of which this is a unit."""
    octets = located(unit, blob_id)
    if octets is None or grant.personal or _is_held(unit, octets.blob.number):
        return octets
    return octets if unit.seen(_key(octets.blob, actor), int(now.timestamp())) else None


def note_uploaded(call: Call[Any], blobs: Iterable[Blob]) -> None:
    """These were uploaded by whoever calls."""
    for blob in blobs:
        note_upload(call.writing, call.context.actor, call.grant, blob, call.context.now)


def note_upload(unit: Writing, actor: Actor, grant: Grant, blob: Blob, now: datetime) -> None:
    """This was uploaded by the actor."""
    if not grant.personal:
        seconds = int(now.timestamp())
        unit.once(_key(blob, actor), seconds + _REMEMBERED, seconds)


def _is_held(unit: Unit, number: int) -> bool:
    return any(one.blob.number == number and one.holders > 0 for one in unit.blobs(number - 1, 1))


def _key(blob: Blob, actor: Actor) -> bytes:
    owner = next((grant.number for grant in actor.accounts.values() if grant.personal), 0)
    return b"uploaded:%d:%d" % (blob.number, owner)
