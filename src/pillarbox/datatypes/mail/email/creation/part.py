"""One body part of a message being written (RFC 8621 sections 4.1.4 and 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from pillarbox.datatypes.core import octets_at
from pillarbox.datatypes.mail.email.creation.header import part_fields
from pillarbox.datatypes.mail.email.creation.sent import Place, Sent
from pillarbox.wire.message import Leaf, Multi, Unwritable, compose
from pillarbox.wire.values import JSON

__all__ = ["EMPTY", "PartReader"]

EMPTY = Leaf("text/plain", b"", is_text=True)
"""The body of a message that has none; also what stands for a part that is refused."""

_MAX_DEPTH = 20
_MAX_PARTS = 500
_TEXTS = ("partId", "blobId", "type", "charset", "name", "disposition", "cid", "location")
_KNOWN = frozenset((*_TEXTS, "size", "language", "subParts"))
# Fields that properties of a part stand for. A name goes into either of the first two, whichever is there.
_FIELDS = {
    "type": "content-type",
    "charset": "content-type",
    "disposition": "content-disposition",
    "cid": "content-id",
    "language": "content-language",
    "location": "content-location",
}


@dataclass
class PartReader:
    """Reads the parts of one message; `texts` are its body values."""

    sent: Sent
    texts: Mapping[str, str]
    count: int = 0
    used: set[str] = field(default_factory=set)
    """The texts that have become part of the message."""

    def part(
        self, value: JSON, place: Place, taken: Mapping[str, str] | None = None, disposition: str | None = None
    ) -> Leaf | Multi:
        """The part that a value describes, with what it holds; `disposition` is had where none is given.

        `taken` are the header fields that properties of the Email stand for, if this is its outermost part.
        """
        return self._part(value, place, taken or {}, disposition, 1)

    def _part(
        self, value: JSON, place: Place, taken: Mapping[str, str], disposition: str | None, depth: int
    ) -> Leaf | Multi:
        self.count += 1
        if not isinstance(value, dict) or depth > _MAX_DEPTH or self.count > _MAX_PARTS:
            self.sent.wrong(place, "must be an EmailBodyPart, neither nested too deeply nor one of too many")
            return EMPTY
        shape = self._shape(value, place, taken, disposition)
        type_ = shape.type.lower()
        part: Leaf | Multi
        if type_.startswith("multipart/") or (not type_ and value.get("subParts")):
            part = self._multi(value, place, shape, depth)
        else:
            part = self._leaf(value, place, shape)
        return part if self._is_writable(part, place) else EMPTY

    def _shape(
        self, value: Mapping[str, JSON], place: Place, taken: Mapping[str, str], disposition: str | None
    ) -> Leaf:
        """What all parts have, as a part without content; its type is empty if none was given."""
        for name in value:
            if name not in _KNOWN and not name.startswith("header:"):
                self.sent.wrong(place / name, "cannot be given" if name == "headers" else "no such property")
        texts = {name: self._text(value, name, place) for name in _TEXTS}
        own = {field: name for name, field in _FIELDS.items() if value.get(name) is not None}
        headers = tuple(part_fields(self.sent, value, place, {**taken, **own}))
        if any(name.lower() == "content-disposition" for name, _ in headers):
            disposition = None
        return Leaf(
            texts["type"] or "",
            b"",
            is_text=False,
            charset=texts["charset"],
            disposition=texts["disposition"] or disposition,
            name=texts["name"],
            cid=texts["cid"],
            language=self._language(value, place),
            location=texts["location"],
            headers=headers,
        )

    def _multi(self, value: Mapping[str, JSON], place: Place, shape: Leaf, depth: int) -> Multi:
        for name in ("partId", "blobId", "charset"):
            if value.get(name) is not None:
                self.sent.wrong(place / name, "a multipart has no content of its own")
        inner = value.get("subParts")
        if not isinstance(inner, list) or not inner:
            self.sent.wrong(place / "subParts", "a multipart has parts")
            inner = []
        return Multi(
            (shape.type.lower() or "multipart/mixed").removeprefix("multipart/"),
            tuple(self._part(one, place / "subParts" / str(at), {}, None, depth + 1) for at, one in enumerate(inner)),
            disposition=shape.disposition,
            name=shape.name,
            cid=shape.cid,
            language=shape.language,
            location=shape.location,
            headers=shape.headers,
        )

    def _leaf(self, value: Mapping[str, JSON], place: Place, shape: Leaf) -> Leaf:
        if value.get("subParts"):
            self.sent.wrong(place / "subParts", "only a multipart has parts")
        part_id, blob_id = value.get("partId"), value.get("blobId")
        if (part_id is None) == (blob_id is None):
            self.sent.wrong(place, "a part has a partId or a blobId, and not both")
            return EMPTY
        if blob_id is not None:
            type_ = shape.type.lower() or "application/octet-stream"
            return replace(shape, type=type_, content=self._attached(str(blob_id)))
        for name in ("charset", "size"):
            if value.get(name) is not None:
                self.sent.wrong(place / name, "cannot be given beside a partId")
        text = self.texts.get(str(part_id))
        if text is None:
            self.sent.wrong(place / "partId", "is not in bodyValues")
            return EMPTY
        self.used.add(str(part_id))
        content = text.encode()
        self.sent.type_in(len(content))
        return replace(shape, type=shape.type.lower() or "text/plain", content=content, is_text=True)

    def _attached(self, blob_id: str) -> bytes:
        unit = self.sent.call.unit
        octets = octets_at(self.sent.call, blob_id)
        if octets is None:
            self.sent.missing[blob_id] = None
            return b""
        self.sent.attach(octets.length)
        return octets.read(unit)

    def _is_writable(self, part: Leaf | Multi, place: Place) -> bool:
        """Whether a message can say this of a part, its content apart."""
        bare = replace(part, content=b"") if isinstance(part, Leaf) else replace(part, parts=(EMPTY,))
        try:
            compose([], bare, self.sent.call.context.token)
        except Unwritable as problem:
            self.sent.wrong(place, str(problem))
            return False
        return True

    def _text(self, value: Mapping[str, JSON], name: str, place: Place) -> str | None:
        text = value.get(name)
        if text is None or isinstance(text, str):
            return text
        self.sent.wrong(place / name, "must be String|null")
        return None

    def _language(self, value: Mapping[str, JSON], place: Place) -> list[str] | None:
        language = value.get("language")
        if language is None or (isinstance(language, list) and all(isinstance(one, str) for one in language)):
            return cast("list[str] | None", language)
        self.sent.wrong(place / "language", "must be String[]|null")
        return None
