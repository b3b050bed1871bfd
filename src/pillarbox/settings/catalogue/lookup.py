"""Lists that expressions look things up in: `lookup.<list>.<key>`."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from pillarbox.settings.catalogue.hostname import HOSTNAME
from pillarbox.settings.declare import Described
from pillarbox.settings.expressions import Lists, listed
from pillarbox.settings.source import Source

__all__ = ["LOOKUP", "Lookup", "lists"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """All lists, each by its name."""

    key: str
    doc: str

    def read(self, source: Source) -> Lists:
        """The lists as written; the default one has the name of this server besides."""
        return lists(source)

    def described(self) -> Iterator[Described]:
        """One line in the documentation, for all keys."""
        yield Described(f"{self.key}.<list>.<key>", "string", "none", self.doc)


def lists(source: Source) -> Lists:
    """The lists that are written; the one called `default` has the name of this server as its `hostname`."""
    entries: dict[str, dict[str, str]] = {"default": {}}
    for rest in source.below("lookup."):
        name, _, key = rest.partition(".")
        # The name of the server is a setting of its own, and a list without a key is left over to be told.
        if key and (name, key) != ("default", "hostname"):
            entries.setdefault(name, {})[key] = source.text(f"lookup.{rest}") or ""
    entries["default"]["hostname"] = HOSTNAME.read(source) or socket.gethostname()
    return {name: listed(texts) for name, texts in entries.items()}


LOOKUP = Lookup(
    "lookup",
    "A value that expressions find with `key_get('list', 'key')`; `*` and `?` in a key stand for any characters "
    "and for one.",
)
