"""Content transfer encodings (RFC 2045 section 6): octets as sent, and as meant."""

import re
from base64 import encodebytes
from binascii import Error, a2b_base64, a2b_qp, a2b_uu, b2a_qp
from collections.abc import Iterator

from pillarbox.wire.message.header import LINE_END

_KNOWN = {
    "": "identity",
    "7bit": "identity",
    "7bits": "identity",
    "8bit": "identity",
    "8bits": "identity",
    "binary": "identity",
    "base64": "base64",
    "quoted-printable": "quoted-printable",
    "quotedprintable": "quoted-printable",
    "uuencode": "uuencode",
    "uue": "uuencode",
    "xuuencode": "uuencode",
    "xuue": "uuencode",
}
_BEHIND_TOKEN = re.compile(r"[;(].*", re.DOTALL)
_NOT_NAME = re.compile(r"[^a-z0-9]+")

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_MAX_CHUNKS = 1000
"""Padded pieces of base64 that are decoded each for itself; beyond, padding is junk."""

_MAX_UU_LINES = 1_000_000
"""Lines of a uuencoded file, some 45 MB of it; what follows is left out."""

_BASE64_JUNK = bytes(set(_NOT_BASE64) - set(b" \t\r\n"))

_BLANKS = (b" ", b"\t")
_PADDED_MARKS = (b" \r", b" \n", b"\t\r", b"\t\n")
_PADDED_LINE = re.compile(rb"(?<![ \t])[ \t]++(?=[\r\n]|\Z)")
_WHOLE_LINE_END = re.compile(rb"\n|\r(?!\n)")
_SLICE = 1 << 16
_LONE_SOFT_BREAK = re.compile(rb"=\r(?!\n)")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:[\r\n]|\Z))")
_UU_BEGIN = re.compile(rb"(?:\A|(?<=[\r\n]))begin [0-7]{3,4} ?[^\r\n]*+" + LINE_END)


def encoding_name(value: str) -> str:
    """The name of what a Content-Transfer-Encoding field says, "unknown" if it is none of ours.

    One of "identity", "base64", "quoted-printable", "uuencode", "unknown". Misspellings such as
    "7-bit" and "quoted printable" mean what they say; comments and parameters are ignored.
    """
    token = value.strip().lower()
    if token in _KNOWN:
        return _KNOWN[token]
    return _KNOWN.get(_NOT_NAME.sub("", _BEHIND_TOKEN.sub("", token)), "unknown")


def decode(data: bytes, encoding: str) -> bytes:
    """The octets that encoded data stands for; as far as that can be told of damaged data.

    Data in an unknown encoding is taken as it is (RFC 8621 section 4.1.4, "blobId").
    """
    if encoding == "base64":
        return _from_base64(data)
    if encoding == "quoted-printable":
        return _from_quoted_printable(data)
    return _from_uuencode(data) if encoding == "uuencode" else data


def decoded_size(data: bytes, encoding: str) -> int:
    """The number of octets that `decode` gives, found without making them where possible."""
    if encoding == "base64":
        digits = data.translate(None, _NOT_BASE64).rstrip(b"=")
        if b"=" not in digits:
            return len(digits) * 3 // 4
    return len(decode(data, encoding))


def is_sound(data: bytes, encoding: str) -> bool:
    """Whether data is in a known encoding, and undamaged as far as that shows."""
    if encoding == "base64":
        digits = data.translate(None, _NOT_BASE64)
        return (
            len(digits) % 4 == 0
            and b"=" not in digits.rstrip(b"=")
            and len(data.translate(None, _BASE64_JUNK)) == len(data)
        )
    if encoding == "quoted-printable":
        return _BAD_ESCAPE.search(data) is None
    if encoding == "uuencode":
        return _UU_BEGIN.search(data) is not None
    return encoding == "identity"


def to_base64(data: bytes) -> bytes:
    """Data in base64, in lines of 76 (RFC 2045 section 6.8)."""
    return encodebytes(data).rstrip(b"\n").replace(b"\n", b"\r\n")


def to_quoted_printable(data: bytes) -> bytes:
    """Data as quoted-printable (RFC 2045 section 6.7); each CRLF in it is a line end, all other octets are kept."""
    return b"\r\n".join(b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in data.split(b"\r\n"))


def _from_base64(data: bytes) -> bytes:
    """All that is of the alphabet counts (RFC 2045 section 6.8); padding may also stand between chunks.

    One digit too many at the end of a chunk is dropped: it holds no whole octet.
    """
    digits = data.translate(None, _NOT_BASE64).rstrip(b"=")
    if b"=" not in digits:
        return _chunk(digits)
    *chunks, rest = digits.split(b"=", _MAX_CHUNKS)
    return b"".join(_chunk(chunk) for chunk in (*chunks, rest.replace(b"=", b"")) if chunk)


def _chunk(digits: bytes) -> bytes:
    over = len(digits) % 4
    if over == 1:
        return a2b_base64(digits[:-1])
    return a2b_base64(digits + b"=" * (4 - over)) if over else a2b_base64(digits)


def _from_quoted_printable(data: bytes) -> bytes:
    """White space at the end of a line is not part of it; a wrong escape stands for itself (section 6.7)."""
    has_lone_break = data.count(b"=\r") > data.count(b"=\r\n")
    if has_lone_break or data[-1:] in _BLANKS or any(mark in data for mark in _PADDED_MARKS):
        data = b"".join(_LONE_SOFT_BREAK.sub(b"", _PADDED_LINE.sub(b"", lines)) for lines in _slices(data))
    return a2b_qp(data)


def _slices(data: bytes) -> Iterator[bytes]:
    """Data in slices of whole lines: what is replaced in one needs many times its memory."""
    start = 0
    while start < len(data):
        line_end = _WHOLE_LINE_END.search(data, start + _SLICE)
        end = line_end.end() if line_end else len(data)
        yield data[start:end]
        start = end


def _from_uuencode(data: bytes) -> bytes:
    """The file between the "begin" and "end" lines; the data itself if there is none."""
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data
    pieces = []
    for line in data[begin.end() :].splitlines()[:_MAX_UU_LINES]:
        if line.strip() in (b"end", b"`", b""):
            break
        pieces.append(_uu_line(line))
    return b"".join(pieces)


def _uu_line(line: bytes) -> bytes:
    """What a line holds; some encoders end lines with a check character more."""
    wanted = ((line[0] - 32 & 63) * 4 + 2) // 3
    for candidate in (line, line[: wanted + 1]):
        try:
            return a2b_uu(candidate)
        except Error:
            continue
    return b""
