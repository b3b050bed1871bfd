"""Header fields from bytes (RFC 5322 section 2.2).

Real headers end their lines with CRLF, LF, CR or CR CR LF, and hold lines that are no fields.
All of it is read; nothing raises.
"""

import re
from typing import NamedTuple

from pillarbox.wire.message.limits import Limits


class Field(NamedTuple):
    """A header field in Raw form (RFC 8621 section 4.1.2.1)."""

    name: str
    """Capitalized as in the message."""

    value: str
    """All between the colon and the line end that closes the field: folds and leading space are kept.

    What is not UTF-8 is U+FFFD, NUL is left out.
    """


class Header(NamedTuple):
    """The header of a message or of a body part, and where it ends."""

    fields: tuple[Field, ...]

    content: dict[str, list[bytes]]
    """The octets of the fields that describe the content (RFC 2045 section 3), by lower-case name."""

    body: int
    """Where the body begins; the end of the entity if there is none."""

    is_cut: bool
    """Whether a limit left fields out."""


LINE_END = rb"(?>\r{0,2}\n|\r)"
"""Every line end found in messages, longest first; atomic, so that CRLF never counts as two."""

_FIELD = re.compile(
    rb"([!-9;-~\x80-\xff]++)[ \t]*+:([^\r\n]*+(?:" + LINE_END + rb"[ \t][^\r\n]*+)*+)(?:" + LINE_END + rb"|\Z)"
)
_BLANK_LINE = re.compile(rb"[ \t]*+" + LINE_END)
_BLANK_LINES = re.compile(rb"(?:\xef\xbb\xbf)?+(?:[ \t]*+" + LINE_END + rb")*+")
_EMPTY_LINE = re.compile(LINE_END + LINE_END)
_SURE_FIELD = re.compile(
    rb"(?:(?:From|Sender|Reply-To|To|Cc|Bcc|Subject|Date|Received|Return-Path|References|Message-ID|MIME-Version)"
    rb"|(?-i:[A-Z])[a-z0-9]*+(?:-[a-z0-9]++)++)[ \t]*+:",
    re.IGNORECASE,
)
_SURE_LINE = re.compile(rb"(?<=[\r\n])" + _SURE_FIELD.pattern, re.IGNORECASE)
_ENVELOPE_LINE = re.compile(rb">?From (?![ \t]*:)[^\r\n]*+" + LINE_END)
_CONTENT = {
    f"content-{name}".encode(): f"content-{name}"
    for name in ("type", "disposition", "transfer-encoding", "id", "language", "location")
}


def header(raw: bytes, start: int, end: int, limits: Limits) -> Header:
    """The header that begins at `start` (RFC 5322 section 2.2).

    It ends at the first empty line, at `end`, or where text begins without an empty line before it:
    lines that are neither a field nor folded are skipped only if a field follows, before the next
    empty line, whose name could not be the begin of a sentence. A line that begins with "--" may be
    the delimiter of the first part.
    """
    found: list[Field] = []
    content: dict[str, list[bytes]] = {}
    bound = start + limits.max_header_bytes
    position = start
    is_cut = False
    first_empty_line: int | None = None
    while position < end:
        match = _FIELD.match(raw, position, end)
        if match is None:
            if blank := _BLANK_LINE.match(raw, position, end):
                return Header(tuple(found), content, blank.end(), is_cut)
            if raw.startswith(b"--", position):
                return Header(tuple(found), content, position, is_cut)
            if first_empty_line is None:
                first_empty_line = after_empty_line(raw, position, end)
            after = _SURE_LINE.search(raw, position, first_empty_line)
            if after is None or _ends_blank(raw, start, position):
                return Header(tuple(found), content, position, is_cut)
            position = after.start()
            continue
        if position >= bound or len(found) >= limits.max_headers:
            return Header(tuple(found), content, after_empty_line(raw, position, end), is_cut=True)
        name, value = match.groups()
        position = match.end()
        if position > bound:
            value = value[: max(0, bound - match.start(2))]
            is_cut = True
        if name[:1] in b"Cc" and (lower := name.lower()) in _CONTENT:
            content.setdefault(_CONTENT[lower], []).append(value)
        text = value.decode("utf-8", "replace")
        found.append(Field(name.decode("utf-8", "replace"), text.replace("\0", "") if "\0" in text else text))
    return Header(tuple(found), content, end, is_cut)


def message_start(raw: bytes) -> int:
    """Where the header begins: after the "From " line of an mbox file, a byte order mark, stray empty lines.

    The latter are only skipped if a header follows them.
    """
    blank = _BLANK_LINES.match(raw)
    position = blank.end() if blank else 0
    if envelope := _ENVELOPE_LINE.match(raw, position):
        return envelope.end()
    return position if _SURE_FIELD.match(raw, position) else 0


def _ends_blank(raw: bytes, start: int, position: int) -> bool:
    """Whether the line before `position` is of white space only.

    By RFC 5322 section 4.2 it continues the field above. Before a line that is no field, it is the
    empty line that somebody's editor or gateway padded.
    """
    line = raw[max(start, position - 80) : position].rstrip(b"\r\n")
    return line != line.rstrip(b" \t") and line.rstrip(b" \t")[-1:] in (b"\r", b"\n")


def after_empty_line(raw: bytes, position: int, end: int) -> int:
    """Where the first empty line from here on ends."""
    match = _EMPTY_LINE.search(raw, position, end)
    return match.end() if match else end
