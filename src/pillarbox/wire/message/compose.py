"""Messages from their parts (RFC 5322, RFC 2045, RFC 2046; RFC 8621 section 4.6)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple
from urllib.parse import quote

from pillarbox.wire.message.field import LINE_LIMIT, checked_name, checked_raw
from pillarbox.wire.message.folding import Lines, Unwritable, checked_text, encoded_words, quoted
from pillarbox.wire.message.parameter import parameterized
from pillarbox.wire.message.transfer import to_base64, to_quoted_printable


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds content."""

    type: str
    content: bytes
    """Octets; of text typed by a user UTF-8, with any line ends."""

    is_text: bool
    """Whether the content is text of ours, not a file that must come out as it went in."""

    charset: str | None = None
    """That of a file of text; text of ours is UTF-8."""

    disposition: str | None = None
    name: str | None = None
    cid: str | None = None
    language: Sequence[str] | None = None
    location: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    """Further ones of the type, as format=flowed."""

    headers: tuple[tuple[str, str], ...] = ()
    """Further fields: name, and value as `encoded` gives it."""


@dataclass(frozen=True, slots=True)
class Multi:
    """A multipart."""

    subtype: str
    parts: tuple["Leaf | Multi", ...]
    disposition: str | None = None
    name: str | None = None
    cid: str | None = None
    language: Sequence[str] | None = None
    location: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def compose(headers: Sequence[tuple[str, str]], body: Leaf | Multi, boundary: Callable[[], str]) -> bytes:
    """A message with these header fields, their values as `encoded` gives them, and this body.

    MIME-Version and the fields that describe the body are added. Lines end with CRLF and are no
    longer than 998 octets. Content is sent as it is if it can be, else in the shorter of
    quoted-printable and base64; messages are never encoded unless they hold lines that no transport
    carries. `boundary` is asked until it names one that occurs in none of the parts.

    Raises Unwritable for a name, type or value that has no place in a message.
    """
    own = [(name, value) for name, value in (*headers, *body.headers) if name.lower() != "content-type"]
    entity = _entity(body, boundary)
    if not any(name.lower() == "mime-version" for name, _ in own):
        own.append(("MIME-Version", " 1.0"))
    return _header([*own, *entity.fields]) + b"\r\n" + entity.content


class _Entity(NamedTuple):
    """The fields that describe a part's content, and the content as sent."""

    fields: list[tuple[str, str]]
    content: bytes


_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_IS_TOKEN = re.compile(_TOKEN)
_IS_TYPE = re.compile(f"{_TOKEN}/{_TOKEN}")
_IS_LANGUAGE = re.compile("[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_IS_ID = re.compile("[!-;=?-~]+")
_IS_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_PRINTABLE = re.compile("[ -~]*")
_LONG_PARAMETER = 60
_LONE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_ATTEMPTS = 10


def _entity(node: Leaf | Multi, boundary: Callable[[], str]) -> _Entity:
    return _leaf(node) if isinstance(node, Leaf) else _multi(node, boundary)


def _leaf(leaf: Leaf) -> _Entity:
    """A part with content (RFC 8621 section 4.6: the encoding is ours to choose)."""
    kind, parameters = _type(leaf, leaf.type)
    if kind.startswith("multipart/"):
        raise Unwritable("a multipart without parts")
    content = leaf.content
    charset = leaf.charset
    if leaf.is_text:
        content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        charset = "utf-8" if kind.startswith("text/") else None
    if charset:
        parameters["charset"] = charset
    encoding, content = _carried(kind, content)
    fields = [
        ("Content-Type", _parameterized("Content-Type", kind, parameters)),
        ("Content-Transfer-Encoding", f" {encoding}"),
        *_description(leaf),
    ]
    return _Entity(fields, content)


def _multi(multi: Multi, boundary: Callable[[], str]) -> _Entity:
    """A multipart (RFC 2046 section 5.1.1)."""
    kind, parameters = _type(multi, f"multipart/{multi.subtype}")
    parts = []
    for node in multi.parts:
        entity = _entity(node, boundary)
        own = [(name, value) for name, value in node.headers if name.lower() != "content-type"]
        parts.append(_header([*entity.fields, *own]) + b"\r\n" + entity.content)
    parameters["boundary"] = _unused(boundary, parts)
    mark = b"--" + parameters["boundary"].encode("ascii")
    content = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    fields = [("Content-Type", _parameterized("Content-Type", kind, parameters)), *_description(multi)]
    if not content.isascii():
        fields.append(("Content-Transfer-Encoding", " 8bit"))
    return _Entity(fields, content)


def _description(node: Leaf | Multi) -> Iterator[tuple[str, str]]:
    """The fields that say of a part what it is for (RFC 2183, RFC 2045 section 7, RFC 3282, RFC 2557)."""
    if node.disposition is not None:
        disposition = _checked(node.disposition, _IS_TOKEN, "not a disposition")
        filename = {"filename": node.name} if node.name else {}
        yield ("Content-Disposition", _parameterized("Content-Disposition", disposition, filename))
    if node.cid is not None:
        yield ("Content-ID", f" <{_checked(node.cid, _IS_ID, 'not a content id')}>")
    if node.language:
        tags = (_checked(tag, _IS_LANGUAGE, "not a language tag") for tag in node.language)
        yield ("Content-Language", " " + ", ".join(tags))
    if node.location is not None:
        yield ("Content-Location", _location(checked_text(node.location)))


def _type(node: Leaf | Multi, told: str) -> tuple[str, dict[str, str]]:
    """The type and parameters of a part; a Content-Type among its fields counts before `told`."""
    fields = [value for name, value in node.headers if name.lower() == "content-type"]
    if fields:
        kind, parameters = parameterized(checked_raw(fields[-1]).encode())
    else:
        kind, parameters = told.lower(), {name.lower(): value for name, value in node.parameters}
    if node.name and node.disposition is None:
        parameters["name"] = node.name
    return _checked(kind, _IS_TYPE, "not a type"), parameters


def _carried(kind: str, content: bytes) -> tuple[str, bytes]:
    """A transfer encoding, and content in it."""
    has_lines = not (
        b"\0" in content
        or _LONE_LINE_END.search(content)
        or any(len(line) > LINE_LIMIT for line in content.split(b"\r\n"))
    )
    is_text, is_message = kind.startswith("text/"), kind.startswith("message/")
    if has_lines and content.isascii() and (is_text or is_message):
        return "7bit", content
    if has_lines and is_message:
        # RFC 2046 section 5.2.1 allows a message no other encoding.
        return "8bit", content
    base64 = to_base64(content)
    if is_text and len(printable := to_quoted_printable(content)) <= len(base64):
        return "quoted-printable", printable
    return "base64", base64


def _unused(boundary: Callable[[], str], parts: Sequence[bytes]) -> str:
    """A boundary that no part holds; after ten that some do, it is made longer."""
    for attempt in count():
        candidate = boundary() + ("" if attempt < _ATTEMPTS else str(attempt))
        mark = b"--" + _checked(candidate, _IS_BOUNDARY, "not a boundary").encode("ascii")
        if not any(mark in part for part in parts):
            return candidate
    raise AssertionError  # pragma: no cover - the count never ends


def _parameterized(name: str, value: str, parameters: dict[str, str]) -> str:
    """A value with parameters, one on a line if need be (RFC 2045 section 5.1)."""
    words = [value]
    for attribute, text in parameters.items():
        words += _parameter(_checked(attribute, _IS_TOKEN, "not a parameter"), checked_text(text))
    lines = Lines(len(name) + 1)
    for word in words[:-1]:
        lines.add(word + ";")
    lines.add(words[-1])
    return lines.text()


def _parameter(name: str, text: str) -> list[str]:
    """A parameter, in several pieces if it is long (RFC 2231 sections 3 and 4).

    Text with "=?" is encoded, lest it is read as an encoded word.
    """
    if len(text) <= _LONG_PARAMETER and "=?" not in text and _PRINTABLE.fullmatch(text):
        # A boundary is always quoted: that is what readers expect most.
        return [f"{name}={text if _IS_TOKEN.fullmatch(text) and name != 'boundary' else quoted(text)}"]
    pieces = ["utf-8''"]
    for character in text:
        octets = quote(character, safe="!#$&+-.^_`|~{}")
        if len(pieces[-1]) + len(octets) > _LONG_PARAMETER:
            pieces.append("")
        pieces[-1] += octets
    if len(pieces) == 1:
        return [f"{name}*={pieces[0]}"]
    return [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces)]


def _location(text: str) -> str:
    """A URI, as it is if it is ASCII (RFC 2557 section 4.4)."""
    if len(text) < LINE_LIMIT // 2 and "=?" not in text and _IS_ID.fullmatch(text):
        return f" {text}"
    return " " + encoded_words(text, len("Content-Location: "))


def _checked(text: str, syntax: re.Pattern[str], problem: str) -> str:
    """Text that has a syntax; raises Unwritable if not."""
    if not syntax.fullmatch(text):
        raise Unwritable(problem)
    return text


def _header(fields: Iterable[tuple[str, str]]) -> bytes:
    """Header fields as octets (RFC 5322 section 2.2)."""
    lines = []
    for name, value in fields:
        line = f"{checked_name(name)}:{checked_raw(value)}\r\n".encode()
        if any(len(part) > LINE_LIMIT for part in line.split(b"\r\n")):
            raise Unwritable("a line is too long")
        lines.append(line)
    return b"".join(lines)
