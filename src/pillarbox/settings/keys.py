"""What a key is: which setting reads it, of what it is a part, and whether its text is told to anybody."""

import re
from collections.abc import Iterator
from functools import cache

from pillarbox.settings.catalogue import CATALOGUE
from pillarbox.settings.declare import Described

__all__ = ["MARKER", "described", "is_secret", "root", "told"]

MARKER = "••••"
"""Stands for a secret in what is told."""

_PLACE = re.compile(r"<[a-z]+>")
# A value of a list, or a part of a row of a table of conditions.
_MEMBERS = r"\.[0-9]{1,9}(?:\.(?:if|then|else))?"
_MEMBER = re.compile(_MEMBERS + r"\Z")


def described(key: str) -> Described | None:
    """What the catalogue says of the setting that a key belongs to, by any of its names; None if there is none."""
    plain, placed = _lines()
    for one in (key, _MEMBER.sub("", key)):
        if (found := plain.get(one)) is not None:
            return found
    return next((line for form, line in placed if form.fullmatch(key)), None)


def root(key: str) -> str:
    """The key of the setting that a key is a part of: that of the list whose value it is, by its present name.

    Keys with the same root are in force together or not at all, whoever wrote them.
    """
    whole = key if key.startswith(_prefixes()) else _MEMBER.sub("", key)
    return _present().get(whole, whole)


def is_secret(key: str) -> bool:
    """Whether the text under a key is kept from everybody: a secret, or what no setting reads, which may be one."""
    line = described(key)
    return line is None or line.is_secret


def told(key: str, text: str) -> str:
    """What is shown of the text under a key."""
    return MARKER if is_secret(key) else text


@cache
def _lines() -> tuple[dict[str, Described], list[tuple[re.Pattern[str], Described]]]:
    """The lines of the documentation: by key where that is all of it, and by form where it has a place for an id."""
    plain: dict[str, Described] = {}
    placed: list[tuple[re.Pattern[str], Described]] = []
    for line in _described():
        for key in (line.key, *line.aliases):
            if not _PLACE.search(key):
                plain[key] = line
                continue
            # An id may have dots in it; a value in the key has no members.
            ids = "|".join(map(re.escape, line.ids)) or ".+"
            members = "" if key.endswith(">") else f"(?:{_MEMBERS})?"
            form = f"(?:{ids})".join(re.escape(part) for part in _PLACE.split(key))
            placed.append((re.compile(form + members, re.DOTALL), line))
    # Where an id with dots makes a key one of several settings', it is that whose name says more of it.
    return plain, sorted(placed, key=lambda one: -len(one[1].key))


@cache
def _prefixes() -> tuple[str, ...]:
    """What keys begin with that have their values in them."""
    return tuple(sorted({line.key.partition("<")[0] for line in _described() if line.key.endswith(">")}))


@cache
def _present() -> dict[str, str]:
    """For each former name of a setting the present one."""
    return {alias: line.key for line in _described() for alias in line.aliases}


def _described() -> Iterator[Described]:
    for setting in CATALOGUE:
        yield from setting.described()
