"""What mail programs note in a message's own header: read, answered, starred, which label.

An mbox file has no other place for it. The fields are read and stay in the message as they are.
The absence of them all says nothing, and the message is then unread.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pillarbox.transfer import gmail
from pillarbox.transfer.found import Folder

__all__ = ["Marks", "keyword", "marks"]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a header says about its message.

    `folders` is None if it names no mailboxes, else one or more, the first being the main one.
    A message is `deleted` if somebody marked it so, and `expunged` if it is in fact gone and only its
    bytes are left (Thunderbird until it compacts a file).
    """

    keywords: frozenset[str] = frozenset()
    folders: tuple[Folder, ...] | None = None
    deleted: bool = False
    expunged: bool = False


# Status and X-Status, as mailx, UW IMAP, Dovecot and Python's mailbox write them.
_LETTERS = {"R": "$seen", "A": "$answered", "F": "$flagged", "T": "$draft"}

# X-Mozilla-Status, from Thunderbird's nsMsgMessageFlags.
_BITS = {0x0001: "$seen", 0x0002: "$answered", 0x0004: "$flagged", 0x1000: "$forwarded"}
_EXPUNGED = 0x0008

# Names that programs gave to what has a registered keyword (RFC 5788, IANA's list).
_REGISTERED = {"junk": "$junk", "nonjunk": "$notjunk", "notjunk": "$notjunk", "forwarded": "$forwarded"}

_KEYWORD = re.compile(r"[!-~]{1,255}")
_FORBIDDEN = frozenset('(){]%*"\\')

_FIELD = re.compile(
    rb"^(Status|X-Status|X-Keywords|X-Mozilla-Status|X-Mozilla-Keys|X-Gmail-Labels)[ \t]*:"
    rb"((?:[^\r\n]|\r\n[ \t])*)",
    re.IGNORECASE | re.MULTILINE,
)


def marks(header: bytes) -> Marks:
    """What a message's header, with CRLF line ends, says about the message."""
    fields = {
        found[1].lower().decode(): found[2].decode("utf-8", "replace").replace("\r\n", "").strip()
        for found in _FIELD.finditer(header)
    }
    if not fields:
        return Marks()
    letters = fields.get("status", "") + fields.get("x-status", "")
    bits = _hexadecimal(fields.get("x-mozilla-status", ""))
    keywords = {kept for letter, kept in _LETTERS.items() if letter in letters}
    keywords |= {kept for bit, kept in _BITS.items() if bits & bit}
    keywords |= _keywords(f"{fields.get('x-keywords', '')} {fields.get('x-mozilla-keys', '')}".split())
    folders = None
    if "x-gmail-labels" in fields:
        labelled = gmail.labels(fields["x-gmail-labels"])
        keywords |= labelled.keywords
        folders = labelled.folders
    return Marks(frozenset(keywords), folders, deleted="D" in letters, expunged=bool(bits & _EXPUNGED))


def keyword(name: str) -> str | None:
    """A JMAP keyword for a program's name of one (RFC 8621 section 4.1.1), or None if it cannot be one."""
    lowered = name.lower()
    if not _KEYWORD.fullmatch(lowered) or _FORBIDDEN.intersection(lowered):
        return None
    return _REGISTERED.get(lowered, lowered)


def _keywords(names: Iterable[str]) -> set[str]:
    return {kept for name in names if (kept := keyword(name)) is not None}


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
