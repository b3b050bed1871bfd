"""Blob/copy: octets of another account (RFC 8620 section 6.3)."""

from collections.abc import Mapping
from typing import Any

from pillarbox.datatypes.core.blob.place import room_for, whole_id
from pillarbox.datatypes.core.blob.reach import note_uploaded, reached
from pillarbox.objects import ID, Call, Method, MethodError, SetError, list_of, origin
from pillarbox.store import Blob
from pillarbox.wire.values import JSON

__all__ = ["COPY", "copy"]


def copy(call: Call[Any]) -> Mapping[str, JSON]:
    """Blobs of another account, copied into this one (section 6.3). Raises MethodError fromAccountNotFound."""
    from_id = call.arguments.take("fromAccountId", ID)
    blob_ids = call.arguments.take("blobIds", list_of(ID))
    call.take_extra("copy")
    limits = call.context.limits
    if len(blob_ids) > limits.objects_in_set:
        raise MethodError("requestTooLarge", f"no more than {limits.objects_in_set} blobs can be copied at once")
    grant = origin(call, from_id)
    copied: dict[str, JSON] = {}
    missing: dict[str, JSON] = {}
    added: list[Blob] = []
    expires = int(call.context.now.timestamp()) + limits.upload_life
    with call.context.store.read(grant.number) as unit:
        for blob_id in dict.fromkeys(blob_ids):
            octets = reached(unit, call.context.actor, grant, blob_id, call.context.now)
            if octets is None:
                missing[blob_id] = SetError("notFound").wire()
                continue
            data = octets.read(unit)
            blob = call.writing.add_blob(data, expires)
            added.append(blob)
            copied[blob_id] = whole_id(blob.number)
    note_uploaded(call, added)
    room_for(call.writing, added, limits)
    return {
        "fromAccountId": from_id,
        "accountId": call.account_id,
        "copied": copied or None,
        "notCopied": missing or None,
    }


COPY = Method("copy", copy, writes=True)
"""Its capability is the core's (RFC 9404 section 4)."""
