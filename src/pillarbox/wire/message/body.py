"""The contents of body parts: octets, text values, format=flowed (RFC 8621 section 4.1.4)."""

import re
from typing import NamedTuple

from pillarbox.wire.message.charset import codec, decoded, repaired
from pillarbox.wire.message.part import Part
from pillarbox.wire.message.transfer import decode, is_sound


class BodyValue(NamedTuple):
    """The text of a body part (RFC 8621 section 4.1.4, EmailBodyValue)."""

    value: str
    is_encoding_problem: bool


def content(raw: bytes, part: Part) -> bytes:
    """The decoded octets of a part of a message: what a user downloads."""
    return decode(raw[part.offset : part.offset + part.length], part.encoding)


def body_value(encoded: bytes, part: Part) -> BodyValue:
    """The text of a part, from its content as it stands in the message."""
    data = decode(encoded, part.encoding)
    return text_value(data, part.type, part.charset, is_intact=is_sound(encoded, part.encoding))


def text_value(
    data: bytes, kind: str, charset: str | None, *, is_intact: bool = True, may_repair: bool = True
) -> BodyValue:
    """The text that decoded octets stand for, with LF at its line ends.

    `is_intact` says whether the transfer encoding was known and undamaged. Without `may_repair` the
    charset is believed and what it cannot mean is U+FFFD, for sites whose filters do the same
    (RFC 8621 section 9.1).
    """
    label = charset or "us-ascii"
    if may_repair:
        text, malformed = repaired(data, label, kind)
    else:
        name = codec(label)
        text, malformed = decoded(data, name or "ascii")
        malformed |= name is None
    return BodyValue(_with_line_feeds(text), malformed or not is_intact)


def plain_text(value: str, part: Part) -> str:
    """What there is to read in a text part: paragraphs of format=flowed on one line, uuencoded files by name only."""
    if "begin " in value:
        value = _UU_FILE.sub(r"\1\n", value)
    parameters = dict(part.parameters)
    if parameters.get("format", "").lower() != "flowed":
        return value
    return unflowed(value, delsp=parameters.get("delsp", "").lower() == "yes")


def truncated(value: str, max_bytes: int, *, html: bool = False) -> tuple[str, bool]:
    """A value in no more than `max_bytes` octets of UTF-8, and whether that took something away.

    0 is no bound. No character is cut, and no tag of HTML (RFC 8621 section 4.2).
    """
    if max_bytes == 0 or len(value) * 4 <= max_bytes:
        return value, False
    octets = value.encode("utf-8")
    if len(octets) <= max_bytes:
        return value, False
    kept = octets[:max_bytes].decode("utf-8", "ignore")
    return kept[: _open_tag(kept)] if html else kept, True


def unflowed(text: str, *, delsp: bool) -> str:
    """Text of format=flowed with each paragraph on one line (RFC 3676 section 4).

    A quoted line keeps its marks. With `delsp` the space before a soft line end is no part of the text.
    """
    paragraphs: list[str] = []
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        rest = line.lstrip(">")
        marks = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        is_signature = rest == "-- "
        if pieces and (marks != depth or is_signature):
            paragraphs.append("".join(pieces))
            pieces = []
        if not pieces:
            depth = marks
            pieces.append(">" * marks + " " * (marks > 0))
        if rest.endswith(" ") and not is_signature:
            pieces.append(rest[:-1] if delsp else rest)
            continue
        pieces.append(rest)
        paragraphs.append("".join(pieces))
        pieces = []
    if pieces:
        paragraphs.append("".join(pieces))
    return "\n".join(paragraphs)


_UU_FILE = re.compile(r"^begin [0-7]{3,4} ([^\n]+)\n(?:[!-`][ -`]*+\n)++(?:end\n?)?", re.MULTILINE)
_IN_TAG = r"[^\"'>]*+(?:(?:\"[^\"]*+\"|'[^']*+')[^\"'>]*+)*+"
_WHOLE_TAGS = re.compile(rf"(?:[^<]++|<(?![A-Za-z/!?]|\Z)|<{_IN_TAG}>|<(?!{_IN_TAG}\Z)[^>]*+>)*+")
"""Text and tags. A quote in a tag that is never closed is no reason to drop the rest."""


def _open_tag(text: str) -> int:
    """Where a tag begins that is not closed, or the length of the text."""
    whole = _WHOLE_TAGS.match(text)
    return whole.end() if whole else 0


def _with_line_feeds(text: str) -> str:
    """CRLF becomes LF; so does CR CR LF, and a CR where no other line end is found."""
    if "\r" not in text:
        return text
    text = text.replace("\r\n", "\n").replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")
