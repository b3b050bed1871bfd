"""The shape of an EmailSubmission (RFC 8621 section 7)."""

import hashlib
from typing import Any

from pillarbox.objects import Property, Record, prop
from pillarbox.wire.values import Id, UnsignedInt, UTCDate

__all__ = ["CANCELED", "FINAL", "PENDING", "EmailSubmission", "message_key"]

PENDING, FINAL, CANCELED = "pending", "final", "canceled"


def _undo_problem(status: str) -> str | None:
    return None if status in (PENDING, FINAL, CANCELED) else f"must be {PENDING}, {FINAL} or {CANCELED}"


class EmailSubmission(Record):
    """An Email on its way, or sent, to the recipients of an envelope.

    Identity and Email may be gone: the submission keeps their ids.
    """

    identity_id: Property[Id] = prop(immutable=True)
    email_id: Property[Id] = prop(immutable=True)
    thread_id: Property[Id] = prop(server_set=True, immutable=True)
    envelope: Property[dict[str, Any] | None] = prop(default=None, immutable=True)
    send_at: Property[UTCDate] = prop(server_set=True, immutable=True)
    undo_status: Property[str] = prop(default=PENDING, check=_undo_problem)
    delivery_status: Property[dict[str, Any] | None] = prop(default=None, server_set=True)
    dsn_blob_ids: Property[list[Id]] = prop(default=[], server_set=True)
    mdn_blob_ids: Property[list[Id]] = prop(default=[], server_set=True)

    message_key: Property[UnsignedInt | None] = prop(default=None, server_set=True, secret=True)
    """Ours: what reports about the message are recognised by (`message_key`)."""


def message_key(message_id: str) -> UnsignedInt:
    """A message id as it is looked for: 53 bits of it."""
    digest = hashlib.blake2b(message_id.encode(errors="replace"), digest_size=8).digest()
    return UnsignedInt(int.from_bytes(digest) >> 11)
