"""A type's meaning: what it is made of, which methods it has, and what its objects must be.

Reading a declaration is reading the type. It checks itself when it is imported, and the store's table follows
from it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pillarbox.objects.errors import SetError
from pillarbox.objects.kind import Kind
from pillarbox.objects.record import MISSING, Property, Record
from pillarbox.objects.words import Comparator, Condition, Key, Members
from pillarbox.store import Document, Entry, Filter, Select, Table, Unit
from pillarbox.wire.values import JSON, Id, id_number, id_text

if TYPE_CHECKING:
    from pillarbox.objects.call import Call
    from pillarbox.objects.write import Write

__all__ = ["Argument", "DataType", "Method", "Pattern"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Method:
    """A method: its name after the slash, what it does, and whether that changes the account."""

    name: str
    run: "Callable[[Call[Any]], Mapping[str, JSON]]"
    writes: bool
    prepare: "Callable[[Call[Any]], object] | None" = None
    """What takes long and needs no writing: done in a reading unit before, its result is `Call.prepared`."""
    capability: str | None = None
    """What a request has to use; None for the type's."""


@dataclass(frozen=True)
class Argument:
    """An extra argument that a type gives a standard method."""

    method: str
    name: str
    kind: Kind[Any]
    default: Any


@dataclass(frozen=True)
class Pattern:
    """Properties whose names are a pattern, such as `header:{name}`: all computed, none stored.

    `value` gives what computes the property of a name that matches from a View; it raises MethodError where
    the name may not be asked for.
    """

    matches: Callable[[str], bool]
    value: "Callable[[str], Callable[[Any], JSON]]"


_QUERIES = ("query", "queryChanges")


@dataclass(frozen=True)
class DataType(Generic[R]):
    """One data type. See `docs/contributing/data-type.md` for how to write one.

    `letter` begins its ids. `rules` say what is wrong with a write, `effects` do what else changes with it, in
    the same unit. `create` makes an object where the creation is no record (an Email's is input to a message), and
    `told_of_create` are then the properties that its client is told.
    `group` binds objects together for queries; `collapse` names the query argument that keeps one object of
    each group; `arrange` gives a whole result in another order or without parts of it, where one of the arguments in
    `arrangements` is true. `total` is a result's length where the type knows it better than by counting.
    `personal` objects are of no account that a call could name, but of whoever asks: they are kept in the actor's own.
    `holds` gives the numbers of the blobs that an object holds, by its document; `text_again` an object's full text, of
    which stores keep no more than where its words are, from what is kept.
    """

    record: type[R]
    rfc: str
    capability: str
    letter: str
    methods: tuple[Method, ...]
    filters: tuple[Condition, ...] = ()
    sorts: tuple[Comparator, ...] = ()
    rules: "tuple[Callable[[Write[R]], Iterable[SetError]], ...]" = ()
    effects: "tuple[Callable[[Write[R]], None], ...]" = ()
    create: "Callable[[Call[R], Mapping[str, JSON]], Write[R]] | None" = None
    told_of_create: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    default_properties: tuple[str, ...] | None = None
    pattern: Pattern | None = None
    keys: tuple[Key, ...] = ()
    members: tuple[Members, ...] = ()
    text: tuple[str, ...] = ()
    group: Key | None = None
    personal: bool = False
    holds: Callable[[Document], Collection[int]] | None = None
    text_again: Callable[[Unit, Document], Mapping[str, str]] | None = None
    collapse: str | None = None
    arrange: "Callable[[Call[R], Select], list[int]] | None" = None
    arrangements: tuple[str, ...] = ()
    total: "Callable[[Call[R], Filter], int | None] | None" = None
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.record.__name__)
        if len(self.letter) != 1 or not self.letter.islower():
            raise TypeError(f"{self.name}: a letter begins its ids")
        names = [argument.name for argument in self.arguments]
        for wanted in (*self.arrangements, *([self.collapse] if self.collapse else [])):
            if wanted not in names:
                raise TypeError(f"{self.name}: {wanted} is no declared argument")
        shared = [
            {(one.name, one.kind) for one in self.arguments if one.method == m} for m in ("query", "queryChanges")
        ]
        if shared[0] != shared[1]:
            raise TypeError(f"{self.name}: what query is asked, queryChanges must be asked as well")
        if self.text and self.text_again is None:
            raise TypeError(f"{self.name}: nothing says what its text is if it has to be made again")
        for name, prop in self.record.properties.items():
            if self.create is None and prop.server_set and prop.stored and prop.default is MISSING:
                raise TypeError(f"{self.name}.{name} is the server's to set, but nothing says to what")
            if prop.apart and prop.settable and not prop.immutable:
                raise TypeError(f"{self.name}.{name} is kept apart, so it cannot be changed")

    @cached_property
    def properties(self) -> Mapping[str, Property[Any]]:
        """By wire name, without `id`, which every type has."""
        return self.record.properties

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """By name."""
        return {condition.name: condition for condition in self.filters}

    @cached_property
    def comparators(self) -> Mapping[str, Comparator]:
        """By name."""
        return {comparator.name: comparator for comparator in self.sorts}

    @cached_property
    def table(self) -> Table:
        """What a store is told of the type."""
        keys: dict[str, Key] = {}
        words: tuple[Condition | Comparator, ...] = (*self.filters, *self.sorts)
        grouping = (self.group,) if self.group else ()
        for key in (*self.keys, *grouping, *(key for word in words for key in word.keys)):
            known = keys.get(key.column.name)
            # Two words may share a column; kept sorted if one of them wants it.
            if known is None or (key.column.sorted and not known.column.sorted):
                keys[key.column.name] = key
        sets = {one.index.name: one for one in (*self.members, *(one for word in words for one in word.members))}

        def entry(document: Document) -> Entry:
            return Entry(
                {name: key.value(document) for name, key in keys.items()},
                {name: one.values(document) for name, one in sets.items()},
            )

        return Table(
            self.name,
            entry,
            tuple(key.column for key in keys.values()),
            tuple(one.index for one in sets.values()),
            self.text,
            self.group.column.name if self.group else None,
        )

    @cached_property
    def has_apart(self) -> frozenset[str]:
        """Names of the properties that are kept apart."""
        return frozenset(name for name, prop in self.properties.items() if prop.apart)

    def id(self, number: int) -> Id:
        """The id of the object with this number."""
        return id_text(self.letter, number)

    def number(self, id: str) -> int | None:  # noqa: A002 - the RFC's word
        """The number in an id of this type, or None if no object of it can have that id."""
        return id_number(self.letter, id)
