"""All data types by name; made once, of the tuple in `pillarbox.datatypes.registry`."""

from collections.abc import Iterable, Iterator
from typing import Any

from pillarbox.objects.datatype import DataType
from pillarbox.store import Table

__all__ = ["Registry"]


class Registry:
    """The data types that exist. Nothing registers itself."""

    def __init__(self, types: Iterable[DataType[Any]]) -> None:
        self._types = {kind.name: kind for kind in types}
        letters = [kind.letter for kind in self._types.values()]
        if len(set(letters)) != len(letters):
            raise TypeError("two data types begin their ids with the same letter")
        for kind in self._types.values():
            for prop in kind.properties.values():
                if prop.refers_to is not None and prop.refers_to not in self._types:
                    raise TypeError(f"{kind.name}.{prop.wire} refers to {prop.refers_to}, which does not exist")

    def __iter__(self) -> Iterator[DataType[Any]]:
        return iter(self._types.values())

    def __getitem__(self, name: str) -> DataType[Any]:
        return self._types[name]

    @property
    def tables(self) -> list[Table]:
        """What a store is told of all of them."""
        return [kind.table for kind in self]
