"""What a source of mail yields, and what it raises when it is none.

Exception
└── Unreadable      a path that holds no mail we can read; says what to do
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from pillarbox.wire.values import UTCDate

__all__ = ["BOUND", "TRASH", "Folder", "Found", "Item", "Place", "Skipped", "Source", "Unreadable"]

BOUND = 75_000_000
"""Octets above which a message is told of and not loaded: 50 MB of attachments in base64, and a little."""

Folder: TypeAlias = tuple[str, ...]
"""A path of mailbox names, outermost first; `()` is the account's Inbox.

What lies below the Inbox has "Inbox" as its first name.
"""

TRASH: Folder = ("Trash",)
"""Where a message goes that was marked as deleted and never expunged: kept, but out of the way."""


@dataclass(frozen=True, slots=True)
class Found:
    """One message as a source holds it.

    `raw` are its RFC 5322 octets with CRLF line ends. `keywords` are JMAP keywords in lower case.
    `received_at` is aware and in UTC, or None where the source does not know and the message must say.
    `key` says where the message came from, in words for a report, and is the same in the next run.
    `position` is how many bytes of the source have been read, this message included.
    `also_in` names further mailboxes of the same message, where the source has labels, not folders.
    `dated` is when it was received to the letter, where the source is an export. Such messages come, and are filed, in
    the order in which they were filed before; and their mailboxes are all `Place`s that came before them.
    """

    raw: bytes
    folder: Folder
    keywords: frozenset[str]
    received_at: datetime | None
    key: str
    position: int
    also_in: tuple[Folder, ...] = ()
    dated: UTCDate | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox as an export has it, empty or not; `path` are the names themselves, from the top, its own the last."""

    path: Folder
    role: str | None
    sort_order: int
    is_subscribed: bool
    position: int = 0

    @property
    def key(self) -> str:
        """What reports call it."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a source holds and does not give, and why, as a clause: "it is empty"."""

    key: str
    why: str
    position: int


Item: TypeAlias = Found | Place | Skipped


class Source(Protocol):
    """Mail to read: `name` for a person, `size` in bytes, and the messages, in the same order each time.

    A source may be iterated more than once. Iterating raises nothing expected: what cannot be read
    comes as `Skipped`.
    """

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def __iter__(self) -> Iterator[Item]: ...


class Unreadable(Exception):
    """A path holds no mail that we can read.

    `told` is a sentence or two for whoever named the path, with what to do; `known` is for the log.
    """

    def __init__(self, told: str, known: str = "") -> None:
        super().__init__(told)
        self.told = told
        self.known = known
