"""The words of a message, for search (RFC 8621 section 4.4.1, "body")."""

from collections.abc import Iterator

from pillarbox.wire.message.body import body_value, content, plain_text
from pillarbox.wire.message.form import text
from pillarbox.wire.message.html import attribute_texts, html_text
from pillarbox.wire.message.message import Message, parse
from pillarbox.wire.message.part import Part

_MAX_NESTING = 5
"""Messages within each other; longer chains of forwarded messages repeat themselves."""

_OCTETS_A_CHARACTER = 4
"""Of a part no more is decoded than may be wanted; encoded text is rarely longer than this."""


def searchable(raw: bytes, message: Message, max_chars: int = 500_000) -> str:
    """The texts of all parts of type text and of attached messages, a line for each, white space collapsed.

    Of HTML: what is to be read, and the texts of alt and title. A text that was there before, as the
    alternative in the same words, is left out. No more than `max_chars` are given.
    """
    found: dict[str, None] = {}
    length = 0
    for line in _lines(raw, message.root, max_chars, _MAX_NESTING):
        if line and line not in found:
            found[line] = None
            length += len(line) + 1
        if length > max_chars:
            break
    return "\n".join(found)[:max_chars]


def _lines(raw: bytes, part: Part, max_chars: int, nesting: int) -> Iterator[str]:
    """The texts in a part, depth first."""
    if part.type.startswith("text/"):
        yield _words(raw, part, max_chars)
    elif part.type in ("message/rfc822", "message/global") and nesting:
        inner = content(raw, part)
        message = parse(inner)
        yield " ".join(text(field.value) for field in message.headers if field.name.lower() == "subject")
        yield from _lines(inner, message.root, max_chars, nesting - 1)
    for child in part.parts:
        yield from _lines(raw, child, max_chars, nesting)


def _words(raw: bytes, part: Part, max_chars: int) -> str:
    """The words of one part, one space between them."""
    end = part.offset + min(part.length, max_chars * _OCTETS_A_CHARACTER)
    value = body_value(raw[part.offset : end], part).value
    if part.type == "text/html":
        value = " ".join((html_text(value), *attribute_texts(value)))
    else:
        value = plain_text(value, part)
    return " ".join(value.replace("\0", "").split())[:max_chars]
