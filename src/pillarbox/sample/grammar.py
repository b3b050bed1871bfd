"""Sentences out of rules: "{greeting}, the {plant} is in flower."

A rule is a tuple of sentences; a name in braces stands for one of another rule's. A voice says none of a
rule's sentences twice before it has said them all, so that a message does not repeat itself. Of a rule
whose name has no small letters it says the same one each time, so that a thread keeps to its subject.
"""

import re
from collections.abc import Mapping
from random import Random
from typing import TypeAlias

__all__ = ["Rules", "Voice"]

Rules: TypeAlias = Mapping[str, tuple[str, ...]]

_SLOT = re.compile(r"\{(\w+)\}")


class Voice:
    """Somebody who speaks by `rules`; what they say follows from the state of `chance`."""

    def __init__(self, chance: Random, rules: Rules) -> None:
        self._chance = chance
        self._rules = rules
        self._left: dict[str, list[str]] = {}

    def say(self, rule: str) -> str:
        """A sentence by the rule of that name, its first letter a capital. Raises KeyError if there is none."""
        said = self._said(rule)
        return said[:1].upper() + said[1:]

    def paragraph(self, rule: str, sentences: int) -> str:
        """So many sentences by one rule, on one line."""
        return " ".join(self.say(rule) for _ in range(sentences))

    def _said(self, rule: str) -> str:
        left = self._left.setdefault(rule, [])
        if not left:
            left.extend(self._rules[rule])
            self._chance.shuffle(left)
        sentence = left[-1] if rule == rule.upper() else left.pop()
        return _SLOT.sub(lambda slot: self._said(slot[1]), sentence)
