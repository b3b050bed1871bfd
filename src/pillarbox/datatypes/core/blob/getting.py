"""Blob/get: octets of blobs, or their digest, as JSON (RFC 9404 section 4.2)."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pillarbox.datatypes.core.blob.place import Octets
from pillarbox.datatypes.core.blob.reach import octets_at
from pillarbox.objects import STRING, UNSIGNED, Call, Method, MethodError, list_of, nullable, reference
from pillarbox.wire.values import JSON

__all__ = ["CAPABILITY", "DIGESTS", "GET"]

CAPABILITY = "urn:ietf:params:jmap:blob"

DIGESTS: Mapping[str, Callable[[], Any]] = {
    "sha-256": hashlib.sha256,
    "sha-512": hashlib.sha512,
    # Named by RFC 3230, and by clients that compare files; nothing here relies on it.
    "sha": lambda: hashlib.sha1(usedforsecurity=False),
}
"""By the names of the "HTTP Digest Algorithm Values" registry in lower case, in order of preference."""

_DIGEST = "digest:"
_DATA = frozenset(("data", "data:asText", "data:asBase64"))
_KNOWN = frozenset((*_DATA, "size", "id", *(f"{_DIGEST}{name}" for name in DIGESTS)))
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be told: which properties, of which octets."""

    properties: frozenset[str]
    offset: int
    length: int | None


def get(call: Call[Any]) -> Mapping[str, JSON]:
    """What was asked of each blob.

    Raises MethodError invalidArguments for properties that there are not, and requestTooLarge for too many blobs, or
    for more octets than a request may read.
    """
    ids = call.arguments.take("ids", nullable(list_of(STRING)))
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    offset = call.arguments.take("offset", nullable(UNSIGNED), None)
    length = call.arguments.take("length", nullable(UNSIGNED), None)
    call.take_extra("get")
    limit = call.context.limits.objects_in_get
    if ids is None:
        raise MethodError("invalidArguments", "ids: blobs can only be had by their ids")
    if len(ids) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} blobs can be asked for at once")
    asked = _Asked(frozenset(("data", "size") if names is None else names), offset or 0, length)
    unknown = sorted(asked.properties - _KNOWN)
    if unknown:
        raise MethodError("invalidArguments", f"a Blob has no property {unknown[0][:64]!r}")
    told: dict[str, JSON] = {}
    missing: list[JSON] = []
    for given in dict.fromkeys(ids):
        blob_id = reference(call, given)
        octets = octets_at(call, blob_id) if blob_id is not None else None
        if blob_id is None or octets is None:
            missing.append(given)
        else:
            told[blob_id] = {"id": blob_id, **_told(_Range(call, octets, asked), asked.properties)}
    return {"accountId": call.account_id, "list": list(told.values()), "notFound": missing}


class _Range:
    """The octets that were asked for of a blob."""

    def __init__(self, call: Call[Any], octets: Octets, asked: _Asked) -> None:
        self._call = call
        self._octets = octets
        self._decoded: bytes | None = None
        if octets.is_plain:
            self.size = octets.length
        else:
            # How many octets an encoded part has is known once it is decoded.
            self._count(octets.length)
            self._decoded = octets.read(call.unit)
            self.size = len(self._decoded)
        end = self.size if asked.length is None else asked.offset + asked.length
        self.is_truncated = asked.offset > self.size or end > self.size
        self._start = min(asked.offset, self.size)
        self._end = max(self._start, min(end, self.size))

    def all(self) -> bytes:
        """All of them."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """All of them, piece by piece."""
        self._count(self._end - self._start)
        if self._decoded is not None:
            yield self._decoded[self._start : self._end]
            return
        blob, first = self._octets.blob, self._octets.offset
        for start in range(self._start, self._end, _PIECE):
            yield self._call.unit.octets(blob, first + start, min(_PIECE, self._end - start))

    def _count(self, octets: int) -> None:
        """What is read counts as what is told: both cost the same. What is long is nothing for a moment."""
        self._call.context.tell(octets)
        if octets > _PIECE // 16:
            self._call.context.takes_long()


def _told(octets: _Range, properties: frozenset[str]) -> dict[str, JSON]:
    told: dict[str, JSON] = {}
    if "size" in properties:
        told["size"] = octets.size
    for name in properties:
        if name.startswith(_DIGEST):
            digest = DIGESTS[name.removeprefix(_DIGEST)]()
            for piece in octets.pieces():
                digest.update(piece)
            told[name] = base64.b64encode(digest.digest()).decode()
    if properties & _DATA:
        told.update(_data(octets.all(), properties))
    if octets.is_truncated and any(name != "size" for name in properties):
        told["isTruncated"] = True
    return told


def _data(octets: bytes, properties: frozenset[str]) -> dict[str, JSON]:
    """The octets as text, if they are, and if that was asked for; in base64 where it is not, or was."""
    told: dict[str, JSON] = {}
    if properties & {"data", "data:asText"}:
        try:
            told["data:asText"] = octets.decode()
        except UnicodeDecodeError:
            told["isEncodingProblem"] = True
            if "data:asText" in properties:
                told["data:asText"] = None
    if "data:asBase64" in properties or ("data" in properties and "isEncodingProblem" in told):
        told["data:asBase64"] = base64.b64encode(octets).decode()
    return told


GET = Method("get", get, writes=False, capability=CAPABILITY)
