"""Text in header fields: folding, encoded words (RFC 2047) and parameters' values (RFC 2231)."""

import re
from binascii import a2b_qp
from urllib.parse import unquote_to_bytes

from pillarbox.wire.forms import nfc
from pillarbox.wire.message.charset import codec, decoded
from pillarbox.wire.message.transfer import decode

ENCODED_WORD = r"=\?([^?*\s]++)(?:\*[^?\s]*+)?\?([BbQq])\?([!->@-~]*+)\?="
"""An encoded word of any length (RFC 2047 section 2): charset, encoding, text; RFC 2231 section 5
adds a language to the charset. The text may be empty: that is no syntax, but what some send."""

_PLACED = re.compile(r"(?<![^ \t\r\n])" + ENCODED_WORD + r"(?![^ \t\r\n])")
_ANYWHERE = re.compile(ENCODED_WORD)
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"[\r\n]")
_FOLD = re.compile(r"[\r\n]+[ \t]")


def unfolded(value: str) -> str:
    """A field's value on one line (RFC 5322 section 2.2.3)."""
    return _LINE_END.sub("", value) if "\n" in value or "\r" in value else value


def from_japanese(value: str) -> str:
    """A value with the escapes of ISO-2022-JP in it (RFC 1468) as text; many sent it bare.

    Ours: by the RFCs they are control characters. A fold among the octets of characters is none of them.
    """
    if "\x1b$" not in value or not value.isascii():
        return value
    before, *pieces = value.split("\x1b")
    joined = [_FOLD.sub("", piece) if piece.startswith("$") else piece for piece in pieces]
    return decoded("\x1b".join((before, *joined)).encode("ascii"), "iso2022_jp_ext")[0]


def characters(octets: bytes) -> str:
    """A field's octets as text: UTF-8 (RFC 6532), else windows-1252, which old senders leave bare.

    Only for values that describe a part; what JMAP shows of header fields follows the Raw form.
    """
    try:
        return octets.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace").replace("\0", "")


def with_words(text: str) -> str:
    """Unfolded text with its encoded words decoded where they may stand (RFC 8621 section 4.1.2.2)."""
    return _with_words(text, _PLACED) if "=?" in text else text


def with_words_anywhere(text: str) -> str:
    """The same for a parameter's value, where no encoded word may stand and many senders put one."""
    return _with_words(text, _ANYWHERE) if "=?" in text else text


def without_controls(text: str) -> str:
    """Text without NUL and the other control characters."""
    return _CONTROL.sub("", text)


def normal(text: str) -> str:
    """Text in Normalization Form C."""
    return nfc(text)


def percent_decoded(value: str, label: str) -> str:
    """Text of octets written as %XX (RFC 2231 section 4); in UTF-8 if the charset is unknown."""
    return decoded(unquote_to_bytes(value), codec(label) or "utf_8")[0]


def _with_words(text: str, pattern: re.Pattern[str]) -> str:
    """Text with the encoded words decoded that a pattern finds.

    White space between two of them is not part of the text (RFC 2047 section 6.2). Neighbours in
    one charset are decoded together: senders cut words between the octets of one character.
    """
    pieces: list[str] = []
    pending: list[bytes] = []
    charset = ""
    position = 0
    for match in pattern.finditer(text):
        name = codec(match[1])
        if name is None:
            continue
        between = text[position : match.start()]
        if pending and not between.strip():
            between = ""
        if pending and (between or name != charset):
            pieces.append(_word_text(pending, charset))
            pending = []
        pieces.append(between)
        pending.append(_octets(match[2], match[3]))
        charset = name
        position = match.end()
    if pending:
        pieces.append(_word_text(pending, charset))
    pieces.append(text[position:])
    return "".join(pieces)


def _word_text(octets: list[bytes], charset: str) -> str:
    return without_controls(decoded(b"".join(octets), charset)[0])


def _octets(encoding: str, text: str) -> bytes:
    if encoding in "Bb":
        return decode(text.encode("ascii"), "base64")
    return a2b_qp(text.encode("ascii"), header=True)
