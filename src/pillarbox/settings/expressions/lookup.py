"""Lists that expressions look things up in: `lookup.<list>.<key> = value` (docs/reference/expressions.md)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate

from pillarbox.settings.expressions.value import Value, number_in

__all__ = ["NO_LISTS", "List", "Lists", "listed"]


@dataclass(frozen=True, slots=True)
class List:
    """Keys with their values, and patterns of keys, which are looked at where no key is the same.

    Two lists are equal if they are of the same entries.
    """

    entries: Mapping[str, str]
    keys: Mapping[str, Value] = field(compare=False)
    patterns: tuple[tuple[Callable[[str], object], Value], ...] = field(compare=False)

    def find(self, key: str) -> Value | None:
        """The value of the key, or of the first pattern that it fits."""
        if (value := self.keys.get(key)) is not None:
            return value
        return next((value for fits, value in self.patterns if fits(key)), None)

    def weight(self, key: str) -> int:
        """The steps that it takes to find nothing."""
        return 10 + len(self.patterns) * (20 + len(key))


Lists = Mapping[str, List]
"""Each list by its name."""

NO_LISTS: Lists = {}


def listed(entries: Mapping[str, str]) -> List:
    """The list that these texts are; a key with `*` or `?` in it is a pattern for keys.

    A text that is an integer or has digits around one dot is that number, `true` is 1 and `false` 0.
    """
    keys: dict[str, Value] = {}
    patterns: list[tuple[Callable[[str], object], Value]] = []
    for key, text in entries.items():
        if "*" in key or "?" in key:
            patterns.append((re.compile(translate(key.replace("[", "[[]"))).match, _typed(text)))
        else:
            keys[key] = _typed(text)
    return List(entries, keys, tuple(patterns))


def _typed(text: str) -> Value:
    if text in ("true", "false"):
        return int(text == "true")
    number = None if text.startswith("+") else number_in(text)
    return text if number is None else number
