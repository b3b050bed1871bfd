"""What a store is told of a data type: where its documents go, and which indexes follow from them.

A document is the truth; everything else about an object, but for its text, is a pure function of it
(`Table.entry`), so that a store can build an index anew and tell whether one is right.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pillarbox.wire.values import JSON

__all__ = ["Column", "Document", "Entry", "Scalar", "SetIndex", "Table"]

Document: TypeAlias = Mapping[str, JSON]
Scalar: TypeAlias = int | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A value of each object that queries compare or sort by; booleans are 0 and 1."""

    name: str
    kind: Literal["integer", "text"]
    sorted: bool = False
    """Whether the store keeps the objects in this order, so that a page or a look-up reads only itself."""


@dataclass(frozen=True, slots=True)
class SetIndex:
    """A set of values of each object, kept so that one value's objects can be read in order of a column.

    One without an order is for looking up alone: how many objects a value has is then not kept.
    """

    name: str
    kind: Literal["integer", "text"]
    ordered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the indexes hold of one document."""

    columns: Mapping[str, Scalar]
    sets: Mapping[str, Collection[int | str]]


@dataclass(frozen=True)
class Table:
    """A data type as a store sees it.

    `group` names a column of integers whose equal values bind objects together, as a Thread does its Emails; it is
    never None, and never changes in an object's life. `text` names the fields of full text, given with each insert;
    of a type that gets other fields, what was inserted before is found by none. Another `version` says that `entry`
    makes something else of the same document, so that indexes made before must be made anew. `arrivals` is the name
    by which notices tell of new objects alone.
    """

    name: str
    entry: Callable[[Document], Entry]
    columns: tuple[Column, ...] = ()
    sets: tuple[SetIndex, ...] = ()
    text: tuple[str, ...] = ()
    group: str | None = None
    version: int = 1
    arrivals: str | None = None

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def set_index(self, name: str) -> SetIndex:
        """The set of this name. Raises KeyError."""
        for index in self.sets:
            if index.name == name:
                return index
        raise KeyError(name)
