"""Settings whose values stand in their keys: `server.blocked-ip.192.0.2.0/24 = ""`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pillarbox.settings.declare import Described
from pillarbox.settings.kind import STRING, BadValue, Kind
from pillarbox.settings.source import Source

__all__ = ["KeySet"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeySet(Generic[T]):
    """A set of values, each written as the last part of a key; what stands under that key means nothing.

    So one of them can be added or taken away without touching the others. A bad one among them is left out.
    """

    key: str
    kind: Kind[T]
    doc: str

    def read(self, source: Source) -> tuple[T, ...]:
        """The values in force, in the order in which they are written."""
        prefix = self.key.partition("<")[0]
        found = []
        for written in source.below(prefix):
            key = prefix + written
            source.value(key, STRING, "")
            try:
                found.append(self.kind.parse(written))
            except BadValue as wrong:
                source.wrong(key, "parse", str(wrong))
        return tuple(found)

    def described(self) -> Iterator[Described]:
        """Its line in the documentation."""
        yield Described(self.key, f"{self.kind.name} in the key", "none", self.doc)
