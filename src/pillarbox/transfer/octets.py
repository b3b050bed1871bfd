"""From the bytes of a file to the octets of a message."""

import re

__all__ = ["header_of", "unquoted", "with_crlf"]

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)

_LONGEST_HEADER = 256 * 1024
"""Octets of header looked at; real ones with hundreds of Received and ARC fields stay below 100 KiB."""


def with_crlf(octets: bytes) -> bytes:
    """The same lines, all ended by CRLF (RFC 5322 section 2.3); a CR on its own is left alone."""
    if octets.count(b"\n") == octets.count(b"\r\n"):
        return octets
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def unquoted(octets: bytes) -> bytes:
    """A message as it was before an mbox writer put ">" before its "From " lines.

    By mboxrd's rule, which takes one ">" off any number of them. An mboxo writer quotes only lines
    that begin with "From ", so a ">From " that was in the message to begin with is unquoted as well;
    the file does not say which of the two it is.
    """
    return _QUOTED.sub(rb"\1", octets) if b">From " in octets else octets


def header_of(raw: bytes) -> bytes:
    """The header of a message with CRLF line ends, with the end of its last field."""
    if raw.startswith(b"\r\n"):
        return b""
    end = raw.find(b"\r\n\r\n", 0, _LONGEST_HEADER)
    return raw[: end + 2] if end >= 0 else raw[:_LONGEST_HEADER]
