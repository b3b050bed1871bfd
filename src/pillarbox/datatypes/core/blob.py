"""Blob: octets that never change (RFC 8620 section 6), whole ones and parts of messages.

A blob's id is that of what is kept; the id of a message's part names the octets within it, so that it takes no look-up
and no room: `b3k-1c-2f0-b` is base64 of octets 1c to 1c+2f0 (hexadecimal) of blob `b3k`. Whoever makes one up reads no
more than parts of what is theirs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pillarbox.objects import (
    ID,
    Call,
    DataType,
    Limits,
    Method,
    MethodError,
    Record,
    SetError,
    granted,
    list_of,
)
from pillarbox.store import Blob, Unit, Writing
from pillarbox.wire import message
from pillarbox.wire.values import JSON, Id, id_number, id_text

__all__ = ["BLOB", "Octets", "located", "part_id", "room_for", "whole_id"]

_LETTER = "b"
_PART = re.compile(r"(b[0-9a-z]+)-([0-9a-f]{1,12})-([0-9a-f]{1,12})-([bqui])")
_ENCODINGS = {"b": "base64", "q": "quoted-printable", "u": "uuencode", "i": "identity"}
_LETTERS = {encoding: letter for letter, encoding in _ENCODINGS.items()}


@dataclass(frozen=True, slots=True)
class Octets:
    """Where the octets of a blobId are: a range of a blob, and how it is encoded there."""

    blob: Blob
    offset: int
    length: int
    encoding: str

    @property
    def whole(self) -> bool:
        """Whether they are the blob itself."""
        return self.encoding == "identity" and self.length == self.blob.size

    def read(self, unit: Unit) -> bytes:
        """All of them, decoded."""
        return message.decode(unit.octets(self.blob, self.offset, self.length), self.encoding)


def whole_id(number: int) -> Id:
    """The id of a blob."""
    return id_text(_LETTER, number)


def part_id(blob_id: Id, offset: int, length: int, encoding: str) -> Id:
    """The id of a range of a blob, decoded. An encoding that nobody knows is none (RFC 8621 section 4.1.4)."""
    return Id(f"{blob_id}-{offset:x}-{length:x}-{_LETTERS.get(encoding, 'i')}")


def located(unit: Unit, blob_id: str) -> Octets | None:
    """Where a blobId's octets are, or None if the account has no such blob."""
    part = _PART.fullmatch(blob_id)
    number = id_number(_LETTER, part[1] if part else blob_id)
    blob = unit.blob(number) if number is not None else None
    if blob is None:
        return None
    if part is None:
        return Octets(blob, 0, blob.size, "identity")
    offset, length = int(part[2], 16), int(part[3], 16)
    return Octets(blob, offset, length, _ENCODINGS[part[4]]) if offset + length <= blob.size else None


def room_for(unit: Writing, added: Iterable[Blob], limits: Limits) -> None:
    """Drops the oldest of the blobs that nothing refers to, if they are too many now (section 6).

    "The server MUST delete unreferenced blobs in date order, oldest first, until there is room": those just added are
    the newest, and stay however large they are.
    """
    sizes = {blob.number: blob.size for blob in added}
    # One more than allowed, since what is added counts already; no limit stays none.
    files = max(limits.uploads, len(sizes)) + 1 if limits.uploads else 0
    total = max(limits.uploads_size, sum(sizes.values())) if limits.uploads_size else 0
    unit.make_room(0, files, total)


class BlobObject(Record):
    """What a blobId names; it has no properties, and no standard methods until RFC 9404 is served."""


def copy(call: Call[BlobObject]) -> Mapping[str, JSON]:
    """Blobs of another account, copied into this one (section 6.3). Raises MethodError fromAccountNotFound."""
    from_id = call.arguments.take("fromAccountId", ID)
    blob_ids = call.arguments.take("blobIds", list_of(ID))
    call.take_extra("copy")
    limits = call.context.limits
    if len(blob_ids) > limits.objects_in_set:
        raise MethodError("requestTooLarge", f"no more than {limits.objects_in_set} blobs can be copied at once")
    if from_id == call.account_id:
        raise MethodError("invalidArguments", "fromAccountId is the account itself")
    try:
        origin = granted(call.context.actor, from_id, to_write=False)
    except MethodError:
        raise MethodError("fromAccountNotFound") from None
    copied: dict[str, JSON] = {}
    missing: dict[str, JSON] = {}
    added: list[Blob] = []
    expires = int(call.context.now.timestamp()) + limits.upload_life
    with call.context.store.read(origin.number) as unit:
        for blob_id in dict.fromkeys(blob_ids):
            octets = located(unit, blob_id)
            if octets is None:
                missing[blob_id] = SetError("notFound").wire()
                continue
            data = octets.read(unit)
            blob = call.writing.add_blob(data, expires)
            added.append(blob)
            copied[blob_id] = whole_id(blob.number)
    room_for(call.writing, added, limits)
    return {
        "fromAccountId": from_id,
        "accountId": call.account_id,
        "copied": copied or None,
        "notCopied": missing or None,
    }


BLOB = DataType(
    record=BlobObject,
    name="Blob",
    rfc="8620 section 6",
    capability="urn:ietf:params:jmap:core",
    letter=_LETTER,
    methods=(Method("copy", copy, writes=True),),
)
