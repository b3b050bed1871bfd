"""A type's meaning: what it is made of, which methods it has, and what its objects must be.

Reading a declaration is reading the type. It checks itself when it is imported, and the store's table follows
from it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pillarbox.objects.errors import SetError
from pillarbox.objects.kind import Kind
from pillarbox.objects.record import MISSING, PerUser, Property, Record
from pillarbox.objects.words import Comparator, Condition, Key, Members
from pillarbox.store import Document, Entry, Filter, Select, Table, Unit
from pillarbox.wire.values import JSON, Id, id_number, id_text, is_id_prefix

if TYPE_CHECKING:
    from pillarbox.objects.call import Call
    from pillarbox.objects.copy import Original
    from pillarbox.objects.write import Write

__all__ = ["SINGLETON", "Argument", "Copying", "DataType", "Method", "Pattern"]

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
    no_account: str = "accountNotFound"
    """The error for an account that is not there: that of RFC 8620 section 3.6.2, unless another RFC says other."""


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


@dataclass(frozen=True)
class Copying:
    """How objects come from another account, where that is more than to be created with the same properties.

    `read` gives by number what takes long and needs no writing, as far as there is room for it, in a reading unit of
    their account. `make` makes one in the account that is written to, of what `read` gave or None, and of what was sent
    beside the id; it raises Refused.
    """

    read: "Callable[[Call[Any], Sequence[Original]], Mapping[int, Any]]"
    make: "Callable[[Call[Any], Original, Any, Mapping[str, JSON]], Write[Any]]"


_QUERIES = ("query", "queryChanges")

SINGLETON = Id("singleton")
"""The id of the one object of a type that has but one; its number is 1."""


@dataclass(frozen=True, eq=False)
class DataType(Generic[R]):
    """One data type. See `docs/contributing/data-type.md` for how to write one.

    `prefix` begins its ids: a letter, or two of which the second is no digit of ids. `rules` say what is wrong with a
    write, `effects` do what else changes with it, in the same unit. `create` makes an object where the creation is no
    record (an Email's is input to a message), and `told_of_create` are then the properties that its client is told.
    `copying` is how they come from another account, where they are no mere records there either.
    `group` binds objects together for queries; `collapse` names the query argument that keeps one object of
    each group; `arrange` gives a whole result in another order or without parts of it, where one of the arguments in
    `arrangements` is true. `total` is a result's length where the type knows it better than by counting.
    `personal` objects are of no account that a call could name, but of whoever asks: they are kept in the actor's own.
    Of a type that is a singleton each account has one object, that of all defaults until it is first changed.
    `holds` gives the numbers of the blobs that an object holds, by its document; `text_again` an object's full text, of
    which stores keep no more than where its words are, from what is kept. `arrivals` is the name of a type without
    methods whose state differs once an object of this one was made, and stays whatever else happens. `follows` names a
    type whose state this one has: nothing is stored of it, and what it tells changes with objects of that type alone.
    """

    record: type[R]
    rfc: str
    capability: str
    prefix: str
    methods: tuple[Method, ...]
    filters: tuple[Condition, ...] = ()
    sorts: tuple[Comparator, ...] = ()
    rules: "tuple[Callable[[Write[R]], Iterable[SetError]], ...]" = ()
    effects: "tuple[Callable[[Write[R]], None], ...]" = ()
    create: "Callable[[Call[R], Mapping[str, JSON]], Write[R]] | None" = None
    told_of_create: tuple[str, ...] = ()
    copying: Copying | None = None
    arguments: tuple[Argument, ...] = ()
    default_properties: tuple[str, ...] | None = None
    pattern: Pattern | None = None
    keys: tuple[Key, ...] = ()
    members: tuple[Members, ...] = ()
    text: tuple[str, ...] = ()
    group: Key | None = None
    personal: bool = False
    is_singleton: bool = False
    holds: Callable[[Document], Collection[int]] | None = None
    text_again: Callable[[Unit, Document], Mapping[str, str]] | None = None
    collapse: str | None = None
    arrange: "Callable[[Call[R], Select], list[int]] | None" = None
    arrangements: tuple[str, ...] = ()
    total: "Callable[[Call[R], Filter], int | None] | None" = None
    arrivals: str | None = None
    follows: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.record.__name__)
        if not is_id_prefix(self.prefix):
            raise TypeError(f"{self.name}: no ids can begin with {self.prefix!r}")
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
            within = None if prop.per_user is None else self.record.properties.get(prop.per_user.kept_in)
            if prop.per_user is not None and (within is None or not within.secret):
                raise TypeError(f"{self.name}.{name} is each reader's own, but not kept in a secret property")
            if self.is_singleton and (prop.apart or not prop.stored or prop.default is MISSING):
                raise TypeError(f"{self.name}.{name} is of a singleton, which is there before anything was said of it")
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
            arrivals=self.arrivals,
        )

    @cached_property
    def per_user(self) -> Mapping[str, tuple[Property[Any], PerUser]]:
        """Those properties that each reader of a shared account has a value of their own for, by name."""
        return {name: (prop, prop.per_user) for name, prop in self.properties.items() if prop.per_user is not None}

    @cached_property
    def defaults(self) -> Document:
        """The document of an object of which nothing was said."""
        return {name: one.of({}) for name, one in self.properties.items() if one.stored}

    @cached_property
    def has_apart(self) -> frozenset[str]:
        """Names of the properties that are kept apart."""
        return frozenset(name for name, prop in self.properties.items() if prop.apart)

    # Made once, so that no frame of Python stands between a list of objects and its ids.
    @cached_property
    def id(self) -> Callable[[int], Id]:
        """The id of the object with a number."""
        if self.is_singleton:
            return lambda _: SINGLETON
        return partial(id_text, self.prefix)

    @cached_property
    def number(self) -> Callable[[str], int | None]:
        """The number in an id of this type, or None if no object of it can have that id."""
        if self.is_singleton:
            return lambda id_: 1 if id_ == SINGLETON else None
        return partial(id_number, self.prefix)
