"""A body part and what its header says about it (RFC 8621 section 4.1.4; RFC 2045, RFC 2183)."""

import re
from dataclasses import dataclass

from pillarbox.wire.message.encoded import characters, unfolded, with_words_anywhere, without_controls
from pillarbox.wire.message.header import Field
from pillarbox.wire.message.parameter import parameterized


@dataclass(frozen=True, slots=True)
class Part:
    """A body part: the properties of an EmailBodyPart, and where its content stands in the message."""

    part_id: str | None
    """"1", "2" and so on, depth first; None if, and only if, it is a multipart."""

    type: str
    """In lower case."""

    charset: str | None
    """As sent; "us-ascii" for text that tells none."""

    disposition: str | None
    """In lower case."""

    name: str | None
    """The file name as sent, but for control characters; it may look like a path."""

    cid: str | None
    language: tuple[str, ...] | None
    location: str | None
    headers: tuple[Field, ...]

    offset: int
    """Where its encoded content begins in the message."""

    length: int
    """Octets of its encoded content."""

    encoding: str
    """"identity", "base64", "quoted-printable", "uuencode", or "unknown", which is decoded as identity."""

    size: int
    """Octets of its decoded content; 0 for a multipart, which has nothing of its own to download."""

    parameters: tuple[tuple[str, str], ...] = ()
    """Those of its type, by lower-case name; format and delsp (RFC 3676) say how its lines are meant."""

    parts: tuple["Part", ...] = ()
    """What a multipart holds."""


Content = dict[str, list[bytes]]
"""The fields that describe a part, as `Header.content` has them."""

_TOKEN = r"[a-z0-9!#$%&'*+.^_`{|}~-]+"
_TYPE = re.compile(f"{_TOKEN}/{_TOKEN}")
_ID = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\([^()]*+\)")
_LANGUAGE = re.compile(r"[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_SPACE = re.compile(r"\s+")


def content_type(content: Content, implicit: str) -> tuple[str, dict[str, str]]:
    """The type and its parameters.

    Without the field it is what the surrounding part implies; with one that is no syntax it is
    text/plain (RFC 2045 section 5.2). Of several fields the first good one counts.
    """
    values = content.get("content-type")
    if values is None:
        return implicit, {}
    told = [parameterized(value) for value in values]
    for value, parameters in told:
        if _TYPE.fullmatch(value):
            return value, parameters
    return "text/plain", told[0].parameters


def charset(kind: str, parameters: dict[str, str], content: Content) -> str | None:
    """The charset as RFC 8621 section 4.1.4 has it."""
    if told := parameters.get("charset"):
        return told
    return "us-ascii" if kind.startswith("text/") or "content-type" not in content else None


def disposition(content: Content) -> tuple[str | None, str | None]:
    """The disposition and the file name (RFC 2183 section 2); of several fields the first that has it."""
    told = [parameterized(value) for value in content.get("content-disposition", ())]
    kind = next((value for value, _ in told if value), None)
    name = next((parameters["filename"] for _, parameters in told if parameters.get("filename")), None)
    return kind, name


def transfer_encoding(content: Content) -> str:
    """The first Content-Transfer-Encoding field's value (RFC 2045 section 6.1)."""
    return _first(content, "content-transfer-encoding")


def content_id(content: Content) -> str | None:
    """The Content-ID without its angle brackets (RFC 2045 section 7)."""
    if not (value := _first(content, "content-id")):
        return None
    match = _ID.search(value)
    return without_controls(_SPACE.sub("", match[1] if match else value)) or None


def languages(content: Content) -> tuple[str, ...] | None:
    """The tags of a Content-Language field (RFC 3282)."""
    if not (value := _first(content, "content-language")):
        return None
    return tuple(_LANGUAGE.findall(_COMMENT.sub("", value))) or None


def location(content: Content) -> str | None:
    """The URI of a Content-Location field; long ones are folded and encoded (RFC 2557 section 4.4)."""
    values = content.get("content-location")
    if not values:
        return None
    return without_controls(with_words_anywhere(_FOLD.sub("", characters(values[0])).strip())) or None


def _first(content: Content, name: str) -> str:
    """The first field of a name, or nothing."""
    values = content.get(name)
    return unfolded(characters(values[0])) if values else ""
