"""What is told of an Email's body (RFC 8621 sections 4.1.4 and 4.2).

Parts are kept as a tree with the properties of an EmailBodyPart and `at`: where the encoded content stands in the
message, and how it is encoded. The lists of parts are kept as partIds.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from pillarbox.datatypes.core import BLOB_PREFIX, part_id
from pillarbox.datatypes.mail.email.header import HeaderName, header_name, header_value
from pillarbox.datatypes.mail.email.unfiled import Unfiled
from pillarbox.objects import BOOLEAN, UNSIGNED, Argument, Kind, Seen
from pillarbox.wire.message import Message, Part, decode, is_sound, may_have, text_value, truncated
from pillarbox.wire.values import JSON, Id, id_number

__all__ = ["ARGUMENTS", "attachments", "html_body", "kept", "structure", "text_body", "values"]

_Kept: TypeAlias = Mapping[str, Any]

_DEFAULT = ("partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location")
_KNOWN = frozenset((*_DEFAULT, "headers", "subParts"))


def _is_part_property(name: object) -> bool:
    asked = header_name(name) if isinstance(name, str) else None
    return name in _KNOWN or (asked is not None and may_have(asked.field, asked.form))


_PROPERTIES: Kind[list[str]] = Kind(
    "a list of names of EmailBodyPart's properties",
    lambda value: isinstance(value, list) and all(map(_is_part_property, value)),
)

ARGUMENTS = tuple(
    Argument(method, name, kind, default)
    for method in ("get", "parse")
    for name, kind, default in (
        ("bodyProperties", _PROPERTIES, list(_DEFAULT)),
        ("fetchTextBodyValues", BOOLEAN, False),
        ("fetchHTMLBodyValues", BOOLEAN, False),
        ("fetchAllBodyValues", BOOLEAN, False),
        ("maxBodyValueBytes", UNSIGNED, 0),
    )
)
"""The arguments of Email/get and Email/parse that say what is told of bodies (sections 4.2 and 4.9)."""


def kept(message: Message) -> dict[str, JSON]:
    """What is kept of a message's body: its parts, and which of them are shown where."""
    return {
        # The header of the outermost part is the message's, which is kept already.
        "structure": {**_kept_part(message.root), "headers": None},
        "textBody": [part.part_id for part in message.text_body],
        "htmlBody": [part.part_id for part in message.html_body],
        "attachments": [part.part_id for part in message.attachments],
    }


def structure(seen: Seen) -> JSON:
    """The whole tree of parts."""
    return _told(seen, cast("_Kept", seen.apart["structure"]))


def text_body(seen: Seen) -> JSON:
    """The parts to show, with a preference for text/plain."""
    return _listed(seen, "textBody")


def html_body(seen: Seen) -> JSON:
    """The parts to show, with a preference for text/html."""
    return _listed(seen, "htmlBody")


def attachments(seen: Seen) -> JSON:
    """The parts to offer beside them."""
    return _listed(seen, "attachments")


def values(seen: Seen) -> JSON:
    """The text of those parts that the arguments ask for, by partId (section 4.2)."""
    extra = seen.call.extra
    wanted: dict[str, None] = {}
    for argument, name in (("fetchTextBodyValues", "textBody"), ("fetchHTMLBodyValues", "htmlBody")):
        if extra.get(argument):
            wanted.update(dict.fromkeys(cast("list[str]", seen.apart[name])))
    leaves = {leaf["partId"]: leaf for leaf in _leaves(cast("_Kept", seen.apart["structure"]))}
    if extra.get("fetchAllBodyValues"):
        wanted.update(dict.fromkeys(leaves))
    texts = {id_: leaves[id_] for id_ in wanted if leaves[id_]["type"].startswith("text/")}
    return {id_: _value(seen, leaf, extra["maxBodyValueBytes"]) for id_, leaf in texts.items()}


def _value(seen: Seen, leaf: _Kept, most: int) -> JSON:
    offset, length, encoding = leaf["at"]
    # All of it is decoded, however little is told of it.
    seen.call.context.tell(length)
    encoded = _octets(seen, offset, length)
    if encoded is None:
        return {"value": "", "isEncodingProblem": True, "isTruncated": False}
    text = text_value(decode(encoded, encoding), leaf["type"], leaf["charset"], is_intact=is_sound(encoded, encoding))
    value, cut = truncated(text.value, most, html=leaf["type"] == "text/html")
    return {"value": value, "isEncodingProblem": text.is_encoding_problem, "isTruncated": cut}


def _octets(seen: Seen, offset: int, length: int) -> bytes | None:
    """A range of the message; None if that is lost."""
    if isinstance(seen, Unfiled):
        return seen.raw[offset : offset + length]
    number = id_number(BLOB_PREFIX, cast("str", seen.document["blobId"]))
    blob = seen.call.unit.blob(number) if number is not None else None
    return seen.call.unit.octets(blob, offset, length) if blob is not None else None


def _listed(seen: Seen, name: str) -> JSON:
    leaves = {leaf["partId"]: leaf for leaf in _leaves(cast("_Kept", seen.apart["structure"]))}
    return [_told(seen, leaves[id_]) for id_ in cast("list[str]", seen.apart[name])]


def _told(seen: Seen, part: _Kept) -> JSON:
    names = seen.call.extra.get("bodyProperties", _DEFAULT)
    told: dict[str, JSON] = {}
    seen.call.context.tell(32 * len(names))
    for name in names:
        if name == "blobId":
            blob_id = Id(cast("str", seen.document["blobId"]))
            told[name] = part_id(blob_id, *part["at"]) if part["partId"] is not None else None
        elif name == "subParts":
            told[name] = [_told(seen, one) for one in part[name]] if part["partId"] is None else None
        elif name == "headers":
            told[name] = cast("JSON", _headers(seen, part))
        elif name in _KNOWN:
            told[name] = part[name]
        else:
            # The arguments were checked: it is the name of a header field in a form it may have.
            told[name] = header_value(cast("HeaderName", header_name(name)), _headers(seen, part))
    return told


def _headers(seen: Seen, part: _Kept) -> list[Mapping[str, str]]:
    headers = part["headers"]
    return cast("list[Mapping[str, str]]", seen.apart["headers"] if headers is None else headers)


def _kept_part(part: Part) -> dict[str, JSON]:
    return {
        "partId": part.part_id,
        "size": part.size,
        "headers": [{"name": field.name, "value": field.value} for field in part.headers],
        "name": part.name,
        "type": part.type,
        "charset": part.charset,
        "disposition": part.disposition,
        "cid": part.cid,
        "language": list(part.language) if part.language is not None else None,
        "location": part.location,
        "at": [part.offset, part.length, part.encoding],
        "subParts": [_kept_part(one) for one in part.parts],
    }


def _leaves(part: _Kept) -> Iterator[_Kept]:
    if part["partId"] is not None:
        yield part
    for one in part["subParts"]:
        yield from _leaves(one)
