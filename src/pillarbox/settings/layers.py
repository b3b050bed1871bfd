"""The texts of settings from where they are kept: those of the local file over those of the database.

What the file has of a setting hides all that the database has of it, or a list would be made of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from pillarbox.settings.catalogue import LOCAL_KEYS, is_local
from pillarbox.settings.keys import root
from pillarbox.settings.source import Source

__all__ = ["Layers", "Owner"]


class Owner(Enum):
    """Where a setting has what is in force from."""

    FILE = "file"
    """The local file, or a variable of the environment in its place."""
    DATABASE = "database"
    DEFAULT = "default"


@dataclass(frozen=True)
class Layers:
    """`written` are the texts of the file and the environment, `kept` those of the database."""

    # Secrets are among the texts.
    written: Mapping[str, str] = field(repr=False)
    kept: Mapping[str, str] = field(repr=False)

    @cached_property
    def pairs(self) -> Mapping[str, str]:
        """What settings are made of: all of the file, and of the database what the file says nothing of."""
        seen = {key: text for key, text in self.kept.items() if root(key) not in self._roots and not self.is_local(key)}
        return {**seen, **self.written} if seen else self.written

    def owner(self, key: str) -> Owner:
        """Who has the setting that a key is a part of; the database, if it has this very key."""
        if root(key) in self._roots:
            return Owner.FILE
        if self.is_local(key):
            return Owner.DEFAULT
        return Owner.DATABASE if key in self.kept or root(key) in self._kept_roots else Owner.DEFAULT

    def is_local(self, key: str) -> bool:
        """Whether the file alone may have a key."""
        return is_local(key, self._patterns)

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return LOCAL_KEYS.read(Source(self.written))

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(map(root, self.written))

    @cached_property
    def _kept_roots(self) -> frozenset[str]:
        return frozenset(map(root, self.kept))
