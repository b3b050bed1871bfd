"""What a doctor has to say: troubles, what was done about them, and how far the examination is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from pillarbox.store import NoAccount, StoreError

__all__ = ["Deed", "Step", "Trouble", "listed", "told"]

_MANY = 20
"""Troubles of one account told for each place; an index that is gone is one trouble for every message."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something found wrong: with which account, where, and what, in words for an administrator.

    A remark is worth knowing and not damage: an account that is beyond its quota, two settings that contradict.
    """

    account: str
    place: str
    problem: str
    weight: Literal["trouble", "remark"] = "trouble"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was mended, in the same words."""

    account: str
    place: str
    done: str


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work is behind us: of which account, how far that one is, from 0 to 1, and what is new since then.

    `found` are the troubles, `deeds` what was done about them, `left` what the examination after that still found.
    """

    account: str
    done: float
    found: list[Trouble] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    left: list[Trouble] = field(default_factory=list)


def listed(name: str, problems: Iterable[tuple[str, str]]) -> Iterator[Trouble]:
    """A trouble for each place and problem of an account; of many in one place the first, and how many more."""
    counts: Counter[str] = Counter()
    for place, problem in problems:
        counts[place] += 1
        if counts[place] <= _MANY:
            yield Trouble(name, place, problem)
    for place, count in counts.items():
        if count > _MANY:
            yield Trouble(name, place, f"and {count - _MANY} more")


@contextmanager
def told(name: str, place: str, what: str = "examined") -> Iterator[list[Trouble]]:
    """A list of what a block finds, and of what ends it: a doctor who stops at one account tells nothing of others.

    An account that somebody removed meanwhile has no trouble.
    """
    found: list[Trouble] = []
    try:
        yield found
    except NoAccount:
        found.clear()
    except StoreError as problem:
        found.append(Trouble(name, place, problem.known))
    except Exception as problem:  # noqa: BLE001 - of damaged data any code may fail, each in its way
        found.append(Trouble(name, place, f"it cannot be {what}: {problem!r}"))
