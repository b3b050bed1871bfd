"""The body of a message being written, from `bodyStructure` or from the lists (RFC 8621 section 4.6)."""

import re
from collections.abc import Iterator, Mapping

from pillarbox.datatypes.mail.email.creation.header import fields_named
from pillarbox.datatypes.mail.email.creation.part import EMPTY, PartReader
from pillarbox.datatypes.mail.email.creation.sent import Place, Sent
from pillarbox.wire.message import Leaf, Multi
from pillarbox.wire.values import JSON

__all__ = ["body"]

_LISTS = ("textBody", "htmlBody", "attachments")


def body(sent: Sent) -> Leaf | Multi:
    """The tree of parts; where something is wrong with it, that is told to `sent`.

    Raises Refused for attachments that are too large together.
    """
    reader = PartReader(sent, _texts(sent))
    if "bodyStructure" in sent.properties:
        for name in _LISTS:
            if sent.properties.get(name) is not None:
                sent.wrong(Place(name), "cannot be given beside bodyStructure")
        taken = fields_named(sent.properties)
        tree = reader.part(sent.properties["bodyStructure"], Place("bodyStructure"), taken)
    else:
        tree = _from_lists(sent, reader)
    for part_id in reader.texts:
        if part_id not in reader.used:
            sent.wrong(Place("bodyValues") / part_id[:64], "belongs to no part")
    return tree


def _texts(sent: Sent) -> Mapping[str, str]:
    """The texts of `bodyValues` by partId."""
    values = sent.properties.get("bodyValues")
    place = Place("bodyValues")
    if values is None:
        return {}
    if not isinstance(values, dict):
        sent.wrong(place, "must be String[EmailBodyValue]")
        return {}
    texts: dict[str, str] = {}
    for part_id, value in values.items():
        if not isinstance(value, dict) or not isinstance(value.get("value"), str):
            sent.wrong(place / part_id[:64], "must be an EmailBodyValue")
            continue
        texts[part_id] = value["value"]
        for name, flag in value.items():
            if name not in ("value", "isEncodingProblem", "isTruncated"):
                sent.wrong(place / part_id[:64] / name, "no such property")
            elif name != "value" and flag is not False:
                sent.wrong(place / part_id[:64] / name, "must be false, or not be there")
    return texts


def _from_lists(sent: Sent, reader: PartReader) -> Leaf | Multi:
    """The usual tree: mixed of what is shown and what is attached.

    What is shown is one text, or alternatives; HTML with images that it shows itself is related to them.
    """
    text = _only(sent, reader, "textBody", "text/plain")
    html = _only(sent, reader, "htmlBody", "text/html")
    within: list[Leaf | Multi] = []
    beside: list[Leaf | Multi] = []
    for part in _attachments(sent, reader):
        is_shown = html is not None and part.cid is not None and part.disposition == "inline"
        (within if is_shown else beside).append(part)
    if html is not None and within:
        # RFC 2387 section 3.1 demands the type of what is to be opened first.
        html = Multi("related", (html, *within), parameters=(("type", "text/html"),))
    shown = [part for part in (text, html) if part is not None]
    if len(shown) == 2:
        shown = [Multi("alternative", tuple(shown))]
    parts = (*shown, *beside) or (EMPTY,)
    return parts[0] if len(parts) == 1 else Multi("mixed", parts)


def _attachments(sent: Sent, reader: PartReader) -> Iterator[Leaf | Multi]:
    attached = sent.properties.get("attachments")
    if attached is None:
        return
    place = Place("attachments")
    if not isinstance(attached, list):
        sent.wrong(place, "must be EmailBodyPart[]")
        return
    for at, one in enumerate(attached):
        yield reader.part(one, place / str(at), disposition="attachment")


def _only(sent: Sent, reader: PartReader, name: str, type_: str) -> Leaf | Multi | None:
    """The one part of `textBody` or `htmlBody`."""
    value = sent.properties.get(name)
    if value is None:
        return None
    place = Place(name)
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        sent.wrong(place, "must have exactly one body part")
        return None
    part = value[0]
    given = _given_type(part)
    if given is not None and given.lower() != type_:
        sent.wrong(place, f"its part must be {type_}")
        return None
    return reader.part(part if given is not None else {**part, "type": type_}, place / "0")


def _given_type(part: Mapping[str, JSON]) -> str | None:
    """The type that a part is given, by the property or by the field that it stands for."""
    if part.get("type") is not None:
        return str(part["type"])
    for name, value in part.items():
        if re.fullmatch("header:content-type(:asText)?", name, re.IGNORECASE) and isinstance(value, str):
            return value.partition(";")[0].strip()
    return None
