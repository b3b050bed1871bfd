"""The labels of Gmail, as Google Takeout writes them into one large mbox file.

    X-Gmail-Labels: Inbox,Unread,Category updates,"Plans, old",Work/Garden

A label is a mailbox, and a message may have several, which JMAP can say as well. Some labels are states
and become keywords; some are Google's own sorting and say nothing to anybody else. The names are those of
a Takeout in English; another language's system labels become mailboxes of that name.
"""

import csv
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from pillarbox.transfer.found import TRASH, Folder

__all__ = ["Labels", "labels"]


@dataclass(frozen=True, slots=True)
class Labels:
    """The mailboxes a message is in, at least one, and its keywords."""

    folders: tuple[Folder, ...]
    keywords: frozenset[str]


_JUNK: Folder = ("Junk",)
_ARCHIVE: Folder = ("Archive",)

_MAILBOXES: dict[str, Folder] = {
    "inbox": (),
    "sent": ("Sent",),
    "draft": ("Drafts",),
    "drafts": ("Drafts",),
    "spam": _JUNK,
    "trash": TRASH,
}
_KEYWORDS = {"starred": "$flagged", "draft": "$draft", "drafts": "$draft"}
_IGNORED = frozenset({"important", "opened", "unread", "starred", "archived", "muted", "snoozed"})


def labels(field: str) -> Labels:
    """The meaning of an X-Gmail-Labels field's unfolded value.

    What is in Trash or Spam is nowhere else, since Gmail shows it nowhere else. What has no label of its
    own was archived.
    """
    names = _names(field)
    lowered = {name.lower() for name in names}
    keywords = {_KEYWORDS[name] for name in lowered & _KEYWORDS.keys()}
    if "unread" not in lowered:
        keywords.add("$seen")
    return Labels(_folders(names, lowered), frozenset(keywords))


def _folders(names: list[str], lowered: set[str]) -> tuple[Folder, ...]:
    if "trash" in lowered:
        return (TRASH,)
    if "spam" in lowered:
        return (_JUNK,)
    folders = dict.fromkeys(
        _MAILBOXES[name.lower()] if name.lower() in _MAILBOXES else _nested(name)
        for name in names
        if name.lower() not in _IGNORED and not name.lower().startswith("category ")
    )
    return tuple(folders) or (_ARCHIVE,)


def _nested(name: str) -> Folder:
    """Gmail writes the path of a label with slashes."""
    return tuple(part for part in name.split("/") if part) or (name,)


def _names(field: str) -> list[str]:
    """The labels one by one; encoded words are decoded first, for they may hold the commas (RFC 2047)."""
    try:
        text = str(make_header(decode_header(field)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        text = field
    try:
        row = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        row = text.split(",")
    return [name.strip() for name in row if name.strip()]
