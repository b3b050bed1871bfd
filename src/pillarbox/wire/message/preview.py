"""The line that lists of messages show (RFC 8621 section 4.1.4, "preview")."""

import re

from pillarbox.wire.message.body import body_value, plain_text
from pillarbox.wire.message.html import html_text
from pillarbox.wire.message.part import Part
from pillarbox.wire.message.view import View

MAX_LENGTH = 256
"""Characters, by the RFC."""

_BEGINS = (8 << 10, 256 << 10)
"""Octets of a part that are looked at; the second if in the first there is nothing to read."""

_QUOTE = re.compile(r"[ \t]*>")
_ATTRIBUTION = re.compile(r"On\b.{1,300}\bwrote:\s*$")
_ORIGINAL = re.compile(r"[ \t]*(?:-{2,}[ \t]*Original Message[ \t]*-{2,}|_{20,})[ \t]*$", re.IGNORECASE)
_FILLER = re.compile("[\0-\x1f\x7f-\x9f\u00ad\u034f\u200b\u2060\ufeff]+|(?<![^\\s\u00a0])[\u200c\u200d\u200e\u200f]+")


def preview(raw: bytes, found: View) -> str:
    """The begin of what a message says: plain text if it has some, else its HTML.

    Quoted text, the line that introduces it and the signature are skipped, unless there is nothing
    else; white space is collapsed.
    """
    bodies = {part.part_id: part for part in found.text_body + found.html_body if part.type.startswith("text/")}
    for part in bodies.values():
        for length in _BEGINS:
            if line := _line(body_value(_begin(raw, part, length), part).value, part):
                return line
            if part.length <= length:
                break
    return ""


def _begin(raw: bytes, part: Part, length: int) -> bytes:
    """The first whole lines of a part's content."""
    if part.length <= length:
        return raw[part.offset : part.offset + part.length]
    end = raw.rfind(b"\n", part.offset, part.offset + length)
    return raw[part.offset : end if end >= 0 else part.offset + length]


def _line(text: str, part: Part) -> str:
    """What there is to read at the begin of a text."""
    if part.type == "text/html":
        return _collapsed(_own_lines(html_text(text, with_quotes=False))) or _collapsed(html_text(text))
    text = plain_text(text, part)
    return _collapsed(_own_lines(text)) or _collapsed(text)


def _own_lines(text: str) -> str:
    """Lines that the sender wrote."""
    kept: list[str] = []
    length = 0
    for line in text.split("\n"):
        # A look for what there must be at least is much faster than an expression that does not match.
        if line == "-- " or (("--" in line or "__" in line) and _ORIGINAL.match(line)):
            break
        if ">" in line and _QUOTE.match(line):
            _drop_introduction(kept)
        elif length > 4 * MAX_LENGTH:
            break
        elif "wrote:" not in line or not _ATTRIBUTION.match(line.strip()):
            kept.append(line)
            length += len(line.strip())
    return "\n".join(kept)


def _drop_introduction(kept: list[str]) -> None:
    """Takes back a line that ends with a colon right before a quote, and the one that it was wrapped from."""
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and kept[-1].rstrip().endswith(":"):
        last = kept.pop()
        if not last.startswith("On ") and kept and kept[-1].startswith("On "):
            kept.pop()


def _collapsed(text: str) -> str:
    begin = text[: 64 * MAX_LENGTH]
    words = " ".join(begin.split())
    if not (words.isascii() and words.isprintable()):
        words = " ".join(_FILLER.sub(" ", begin).split())
    return words[:MAX_LENGTH].rstrip()
