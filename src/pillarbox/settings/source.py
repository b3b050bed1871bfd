"""The pairs that settings are read from, with a record of what was read and what was wrong."""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pillarbox.settings.kind import BadValue, Kind
from pillarbox.settings.problem import Problem, ProblemKind

__all__ = ["Source"]

T = TypeVar("T")
D = TypeVar("D")


class Source:
    """Flat `key = text` pairs, read key by key while one snapshot is made.

    Nothing here raises for what the pairs hold: what is wrong becomes a problem, once, however often it
    is come upon.
    """

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = pairs
        self._elements = _elements(pairs)
        self._read: set[str] = set()
        self._problems: dict[Problem, None] = {}

    def value(self, key: str, kind: Kind[T], default: D) -> T | D:
        """The value under the key, or the default if it is absent or bad; a bad one is a problem."""
        if key in self._pairs:
            return next(iter(self._parsed(key, kind)), default)
        if elements := self._elements.get(key):
            self._read |= elements.keys()
            self.wrong(key, "parse", "one value belongs here, not a list or a table of conditions")
        return default

    def values(self, key: str, kind: Kind[T]) -> tuple[T, ...]:
        """The values of a list in the order of its indexes; each bad one is a problem and left out.

        A list of one may be written as that one.
        """
        keys = [key] if key in self._pairs else self._listed(key)
        return tuple(value for each in keys for value in self._parsed(each, kind))

    def text(self, key: str) -> str | None:
        """What is written under the key, whatever it is; None if nothing or a list is."""
        self._read.add(key)
        return self._pairs.get(key)

    def told(self, key: str) -> str | None:
        """The same, for a key that is left to whoever obeys it to read."""
        return self._pairs.get(key)

    def members(self, key: str) -> Iterator[tuple[int, str, str]]:
        """The tables of a list: index, what follows it in the key, and the key, sorted by index."""
        elements = self._elements.get(key, {})
        self._read |= elements.keys()
        for index, child in sorted((int(index), child) for child, index in elements.items()):
            yield index, child.removeprefix(f"{key}.").partition(".")[2], child

    def has(self, key: str) -> bool:
        """Whether anything is written under the key, good or bad, one value or a list."""
        return key in self._pairs or key in self._elements

    def below(self, prefix: str) -> Iterator[str]:
        """What follows the prefix in each key that begins with it, in the order of the pairs."""
        return (key.removeprefix(prefix) for key in self._pairs if key.startswith(prefix))

    def passed_over(self, key: str, text: str) -> None:
        """Records that a key is known but not looked at, if it is there."""
        if key in self._pairs:
            self._read.add(key)
            self.wrong(key, "unread", text)

    def wrong(self, key: str, kind: ProblemKind, text: str) -> None:
        """Records a problem."""
        self._problems[Problem(key, kind, text)] = None

    @property
    def problems(self) -> list[Problem]:
        """All problems so far, in the order they were come upon."""
        return list(self._problems)

    @property
    def unread(self) -> list[str]:
        """The keys that nothing has read, in their own order."""
        return sorted(self._pairs.keys() - self._read)

    def _parsed(self, key: str, kind: Kind[T]) -> tuple[T] | tuple[()]:
        # None is a value of some kinds, so that the lack of one has to be something else.
        self._read.add(key)
        try:
            return (kind.parse(self._pairs[key]),)
        except BadValue as wrong:
            self.wrong(key, "parse", str(wrong))
            return ()

    def _listed(self, key: str) -> list[str]:
        """The keys of a list's values, sorted by number: `.2` comes before `.10`, and `.0002` is `.2`."""
        found: dict[int, str] = {}
        for child, index in sorted(self._elements.get(key, {}).items()):
            if child != f"{key}.{index}":
                self._read.add(child)
                self.wrong(child, "parse", "a single value belongs at this place of the list, not a table")
            elif int(index) in found:
                self._read.add(child)
                self.wrong(child, "parse", f"this place of the list is taken by {found[int(index)]}")
            else:
                found[int(index)] = child
        return [found[index] for index in sorted(found)]


_INDEX = re.compile(r"\.([0-9]{1,9})(?=\.|\Z)")


def _elements(pairs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For each key that has a list below it: the keys of what is in the list, and their indexes."""
    lists: dict[str, dict[str, str]] = {}
    for key in pairs:
        for found in _INDEX.finditer(key):
            lists.setdefault(key[: found.start()], {})[key] = found[1]
    return lists
