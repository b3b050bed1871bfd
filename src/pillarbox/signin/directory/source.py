"""What a place outside that knows people is to us, and what of it we take: bounded, cleaned, and nothing more."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from unicodedata import category, normalize

from pillarbox.access import BadAddress, normal
from pillarbox.store import Unavailable
from pillarbox.wire.values import MAX_INT

__all__ = [
    "DirectoryAway",
    "Introduced",
    "Person",
    "Provider",
    "Source",
    "is_login",
    "octets",
    "person",
    "text",
]

_LONGEST = 255
_MOST_ADDRESSES = 100
_MOST_GROUPS = 1000
_LONGEST_GROUP = 1024


class DirectoryAway(Unavailable):
    """A directory did not answer, or not so that it could be understood: nobody is told that a password is wrong."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a directory knows them: addresses in the normal form, the account's first; the rest as told."""

    addresses: tuple[str, ...]
    description: str = ""
    quota: int | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Introduced:
    """Who a token is for, its scopes if they were told, and when it ends, in seconds since 1970."""

    person: Person
    scopes: frozenset[str] | None
    expires: float | None


class Source(Protocol):
    """A place outside that knows people. All of it blocks, for no longer than its settings say."""

    def find(self, name: str) -> Person | None:
        """Whose address or login this is. Raises DirectoryAway."""

    def verified(self, name: str, password: str) -> Person | None:
        """Whose address or login and password these are; a password is not empty. Raises DirectoryAway."""

    def close(self) -> None:
        """Lets go of what it holds."""


class Provider(Source, Protocol):
    """One whose tokens let people in."""

    def introduced(self, token: str, now: float) -> Introduced | None:
        """Whose token this is; None for what is none, or none for us. Raises DirectoryAway."""


def person(
    addresses: Iterable[str], description: str = "", quota: int | None = None, groups: Iterable[str] = ()
) -> Person | None:
    """Somebody, of what a directory tells; None if no address of it is one."""
    known: dict[str, None] = {}
    for each in addresses:
        try:
            known[normal(each)] = None
        except BadAddress:
            continue
        if len(known) == _MOST_ADDRESSES:
            break
    if not known:
        return None
    named = [one for one in (text(each, _LONGEST_GROUP) for each in groups) if one]
    return Person(tuple(known), text(description), quota, tuple(named[:_MOST_GROUPS]))


def text(told: str, longest: int = _LONGEST) -> str:
    """What is told to people of a text: composed, on one line, without what cannot be seen, no longer than this."""
    # Neither controls nor what turns the direction of the text around it.
    visible = (one if category(one)[0] != "C" else " " for one in normalize("NFC", told[: 4 * longest]))
    return " ".join("".join(visible).split())[:longest]


def octets(told: str) -> int | None:
    """A quota as directories write it; None for none, and for what is no number of octets."""
    digits = told.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
        return None
    number = int(digits)
    # Many have 0 for "none", and nobody wants an account that takes nothing.
    return number if 0 < number <= MAX_INT else None


def is_login(name: str) -> bool:
    """Whether a directory is asked about it at all."""
    return 0 < len(name) <= _LONGEST and name == name.strip() and name.isprintable()
