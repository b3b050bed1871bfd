"""Blob/upload: blobs made of texts, base64 and pieces of other blobs (RFC 9404 section 4.1)."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pillarbox.datatypes.core.blob.getting import CAPABILITY
from pillarbox.datatypes.core.blob.place import room_for, whole_id
from pillarbox.datatypes.core.blob.reach import note_uploaded, octets_at
from pillarbox.objects import (
    ID,
    OBJECT,
    STRING,
    UNSIGNED,
    Call,
    Method,
    MethodError,
    Refused,
    SetError,
    invalid,
    map_of,
    nullable,
    reference,
)
from pillarbox.store import Blob
from pillarbox.wire.values import JSON

__all__ = ["MAX_SOURCES", "UPLOAD"]

MAX_SOURCES = 100
"""Of one blob; the RFC's least is 64 (section 3.1)."""
_UNNAMED = "application/octet-stream"
_SOURCES = ("data:asText", "data:asBase64", "blobId")


def upload(call: Call[Any]) -> Mapping[str, JSON]:
    """Each blob made, or why it was not. Raises MethodError requestTooLarge."""
    create = call.arguments.take("create", map_of(ID, OBJECT))
    call.take_extra("upload")
    limits = call.context.limits
    if len(create) > limits.objects_in_set:
        raise MethodError("requestTooLarge", f"no more than {limits.objects_in_set} blobs can be made at once")
    made = _Made(call)
    created: dict[str, JSON] = {}
    refused: dict[str, JSON] = {}
    for key in _in_order_of_reference(create):
        try:
            blob = made.one(create[key])
        except Refused as refusal:
            refused[key] = refusal.error.wire()
            continue
        blob_id = whole_id(blob.number)
        call.context.created_ids[key] = blob_id
        created[key] = {"id": blob_id, "type": create[key].get("type") or _UNNAMED, "size": blob.size}
    note_uploaded(call, made.blobs)
    room_for(call.writing, made.blobs, limits)
    return {"accountId": call.account_id, "created": created or None, "notCreated": refused or None}


class _Made:
    """The blobs of one call, and what they may still take: together no more than uploads may."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call
        limits = call.context.limits
        self._expires = int(call.context.now.timestamp()) + limits.upload_life
        self._room = max(limits.uploads_size, limits.upload) if limits.uploads_size else None
        self.blobs: list[Blob] = []

    def one(self, sent: Mapping[str, JSON]) -> Blob:
        """The blob that an UploadObject describes. Raises Refused: what is wrong with one source is wrong with it."""
        unknown = [name for name in sent if name not in ("data", "type")]
        if unknown:
            raise Refused(invalid(unknown[0][:64], "no such property"))
        if not nullable(STRING).holds(sent.get("type")):
            raise Refused(invalid("type", "must be String|null"))
        sources = sent.get("data")
        if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
            raise Refused(invalid("data", "must be DataSourceObject[]"))
        if len(sources) > MAX_SOURCES:
            raise Refused(invalid("data", f"has no more than {MAX_SOURCES} sources"))
        limits = self._call.context.limits
        if limits.uploads and len(self.blobs) >= limits.uploads:
            raise Refused(SetError("overQuota", (), f"no more than {limits.uploads} uploads"))
        octets = bytearray()
        for source in cast("list[Mapping[str, JSON]]", sources):
            octets += self._octets(source, limits.upload - len(octets))
        if self._room is not None:
            if len(octets) > self._room:
                raise Refused(SetError("overQuota", (), "too many octets for one call"))
            self._room -= len(octets)
        self.blobs.append(self._call.writing.add_blob(bytes(octets), self._expires))
        return self.blobs[-1]

    def _octets(self, source: Mapping[str, JSON], room: int) -> bytes:
        """The octets of a source, no more than there is room for. Raises Refused."""
        given = [name for name in _SOURCES if source.get(name) is not None]
        others = [name for name, value in source.items() if name not in _SOURCES and value is not None]
        if len(given) != 1:
            raise Refused(invalid("data", f"a source has exactly one of {', '.join(_SOURCES)}"))
        value = source[given[0]]
        if not isinstance(value, str):
            raise Refused(invalid("data", f"{given[0]} must be a string"))
        if given[0] == "blobId":
            return self._piece(value, source, others, room)
        if others:
            raise Refused(invalid("data", f"{others[0][:64]} cannot be given beside {given[0]}"))
        try:
            octets = value.encode() if given[0] == "data:asText" else base64.b64decode(value.encode(), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise Refused(invalid("data", f"{given[0]} is none")) from None
        return self._fitting(octets, room)

    def _piece(self, blob_id: str, source: Mapping[str, JSON], others: list[str], room: int) -> bytes:
        unknown = [name for name in others if name not in ("offset", "length")]
        if unknown:
            raise Refused(invalid("data", f"{unknown[0][:64]}: no such property"))
        offset, length = source.get("offset"), source.get("length")
        if not nullable(UNSIGNED).holds(offset) or not nullable(UNSIGNED).holds(length):
            raise Refused(invalid("data", "offset and length must be UnsignedInt|null"))
        unit = self._call.unit
        known = reference(self._call, blob_id)
        found = octets_at(self._call, known) if known is not None else None
        if found is None:
            raise Refused(SetError("blobNotFound", (), None, {"notFound": [blob_id]}))
        start = cast("int | None", offset) or 0
        if not found.is_plain:
            # An encoded part: where in it an octet is, is known once all of it is decoded, however little is wanted.
            self._fits(found.length, self._call.context.limits.upload)
            self._call.context.tell(found.length)
            whole = found.read(unit)
            return self._fitting(whole[start : self._end(start, length, len(whole))], room)
        end = self._end(start, length, found.length)
        self._fits(end - start, room)
        return unit.octets(found.blob, found.offset + start, end - start)

    def _end(self, start: int, length: JSON, size: int) -> int:
        """Where a range ends. Raises Refused for one that is not all there."""
        end = size if length is None else start + cast("int", length)
        if start > size or end > size:
            raise Refused(invalid("data", "the range is not all within the blob"))
        return end

    def _fitting(self, octets: bytes, room: int) -> bytes:
        self._fits(len(octets), room)
        return octets

    def _fits(self, size: int, room: int) -> None:
        if size > room:
            raise Refused(
                SetError("tooLarge", (), f"a blob has no more than {self._call.context.limits.upload} octets")
            )


def _in_order_of_reference(create: Mapping[str, Mapping[str, JSON]]) -> list[str]:
    """Creation ids such that what is a source comes before what is made of it."""
    order: dict[str, None] = {}
    for start in create:
        path: dict[str, Iterator[str]] = {start: _references(create[start])}
        while path:
            key = next(reversed(path))
            following = next((one for one in path[key] if one in create and one not in order and one not in path), None)
            if following is not None:
                path[following] = _references(create[following])
            else:
                order[key] = None
                del path[key]
    return list(order)


def _references(sent: Mapping[str, JSON]) -> Iterator[str]:
    sources = sent.get("data")
    for source in sources if isinstance(sources, list) else ():
        blob_id = source.get("blobId") if isinstance(source, dict) else None
        if isinstance(blob_id, str) and blob_id.startswith("#"):
            yield blob_id[1:]


UPLOAD = Method("upload", upload, writes=True, capability=CAPABILITY)
