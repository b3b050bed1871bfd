"""The words a type's queries are made of: keys to index, filter conditions, comparators (RFC 8620 section 5.5).

Each condition and comparator says how far a change reaches: whether changing an object can alter the answer for that
object alone, for its whole group, or for any. `queryChanges` rests on it: a word that said too little would
leave a moved object out of a client's cache.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, cast

from pillarbox.objects.kind import BOOLEAN, STRING, UNSIGNED, UTC_DATE, Kind
from pillarbox.objects.record import Property
from pillarbox.store import AtLeast, Below, Column, Contains, Document, Equal, Filter, Member, Not, SetIndex
from pillarbox.wire.collation import ASCII_CASEMAP, ASCII_NUMERIC, ascii_casemap, ascii_numeric, unicode_casemap
from pillarbox.wire.values import id_parts, utc_datetime

__all__ = [
    "Comparator",
    "Condition",
    "Key",
    "Members",
    "Reach",
    "after",
    "at_least",
    "before",
    "below",
    "by",
    "contains",
    "equal",
    "key",
    "lacks",
    "member",
    "number_of",
    "present",
]


class Reach(IntEnum):
    """How far a change to one object can alter a query's answer; larger includes smaller."""

    OBJECT = 0
    GROUP = 1
    TYPE = 2
    UNTOLD = 3
    """Nobody said; then `queryChanges` cannot be answered, which costs a client time, but not its cache."""


@dataclass(frozen=True, eq=False)
class Key:
    """A value of each document that stores index; `sorted` if pages are read in its order."""

    column: Column
    value: Callable[[Document], int | str | None]
    wire: Callable[[Any], int | str | None]
    """The same of a value as clients send it."""
    text: Callable[[Document], str | None] | None = None
    """Of a key of text: the text itself, for other collations."""
    is_fixed: bool = False
    """Whether an object keeps it for as long as it lives."""


@dataclass(frozen=True, eq=False)
class Members:
    """A set of values of each document that stores index, each value's objects in order of a key."""

    index: SetIndex
    values: Callable[[Document], Collection[int | str]]


@dataclass(frozen=True, eq=False)
class Condition:
    """A member of a FilterCondition.

    `test`, if given, is a Python predicate on what `narrow` lets through: it sees the object's View and the
    value that was sent. With `doubtful`, it decides about what that gives, besides all that `narrow` lets through;
    None is nothing.
    """

    name: str
    kind: Kind[Any]
    narrow: Callable[[Any], Filter]
    reach: Reach = Reach.UNTOLD
    keys: tuple[Key, ...] = ()
    members: tuple[Members, ...] = ()
    test: Callable[[Any, Any], bool] | None = None
    doubtful: Callable[[Any], Filter | None] | None = None

    def __post_init__(self) -> None:
        if self.name == "operator":
            raise TypeError("a condition called operator would be taken for a FilterOperator (RFC 8620 section 5.5)")


@dataclass(frozen=True, eq=False)
class Comparator:
    """A property that results may be sorted by; `argument` names a member it needs besides, of `kind`.

    Text has an order by another name for each collation but the default. `is_fixed` says that two objects never change
    places.
    """

    name: str
    order: Callable[[Any], str | tuple[str, ...] | Filter]
    reach: Reach = Reach.UNTOLD
    keys: tuple[Key, ...] = ()
    members: tuple[Members, ...] = ()
    collations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    argument: tuple[str, Kind[Any]] | None = None
    is_fixed: bool = False


def number_of(id: str) -> int:  # noqa: A002 - the RFC's word
    """The number in an id of any type; -1, which no object has, for what is none of ours."""
    parts = id_parts(id)
    return -1 if parts is None else parts[1]


def key(prop: Property[Any], *, sorted: bool = False) -> Key:  # noqa: A002 - as the store says it
    """The index of a property: text by its collation key, dates by their millisecond, ids by their number."""
    name = prop.wire
    kind = prop.kind.name.removesuffix("|null")
    convert, column = _CONVERSIONS[kind]

    def value(document: Document) -> int | str | None:
        raw = prop.of(document)
        return None if raw is None else convert(raw)

    text = _text_of(prop) if kind == "String" else None
    declared = Column(name, column, sorted)  # type: ignore[arg-type]
    return Key(declared, value, lambda raw: None if raw is None else convert(raw), text, prop.immutable)


def _text_of(prop: Property[Any]) -> Callable[[Document], str | None]:
    return lambda document: cast("str | None", prop.of(document))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _milliseconds(date: str) -> int:
    return (utc_datetime(date) - _EPOCH) // timedelta(milliseconds=1)


_CONVERSIONS: Mapping[str, tuple[Callable[[Any], int | str], str]] = {
    "String": (unicode_casemap, "text"),
    "Boolean": (int, "integer"),
    "UnsignedInt": (int, "integer"),
    "Int": (int, "integer"),
    "Id": (number_of, "integer"),
    "UTCDate": (_milliseconds, "integer"),
    "Date": (_milliseconds, "integer"),
}


def equal(name: str, prop: Property[Any], *, sorted: bool = False) -> Condition:  # noqa: A002 - as the store says it
    """The property has exactly the value; `sorted` if such objects are looked up often."""
    index = key(prop, sorted=sorted)

    def narrow(value: Any) -> Filter:
        return Equal(index.column.name, index.wire(value))

    return Condition(name, prop.kind, narrow, Reach.OBJECT, keys=(index,))


def contains(name: str, prop: Property[Any]) -> Condition:
    """The text has the value somewhere in it, whatever the case of letters."""
    index = key(prop)
    return Condition(
        name, STRING, lambda value: Contains(index.column.name, unicode_casemap(value)), Reach.OBJECT, keys=(index,)
    )


def present(name: str, prop: Property[Any]) -> Condition:
    """Whether the property is not null."""
    index = key(prop)

    def narrow(value: bool) -> Filter:  # noqa: FBT001 - the value that was sent
        absent = Equal(index.column.name, None)
        return Not(absent) if value else absent

    return Condition(name, BOOLEAN, narrow, Reach.OBJECT, keys=(index,))


def before(name: str, index: Key) -> Condition:
    """The date is earlier."""
    return Condition(
        name, UTC_DATE, lambda value: Below(index.column.name, _milliseconds(value)), Reach.OBJECT, keys=(index,)
    )


def after(name: str, index: Key) -> Condition:
    """The date is the same or later."""
    return Condition(
        name, UTC_DATE, lambda value: AtLeast(index.column.name, _milliseconds(value)), Reach.OBJECT, keys=(index,)
    )


def below(name: str, index: Key) -> Condition:
    """The number is less."""
    return Condition(name, UNSIGNED, lambda value: Below(index.column.name, value), Reach.OBJECT, keys=(index,))


def at_least(name: str, index: Key) -> Condition:
    """The number is this or more."""
    return Condition(name, UNSIGNED, lambda value: AtLeast(index.column.name, value), Reach.OBJECT, keys=(index,))


def member(name: str, members: Members, kind: Kind[Any], value_of: Callable[[Any], int | str]) -> Condition:
    """The set has the value."""
    return Condition(
        name, kind, lambda value: Member(members.index.name, value_of(value)), Reach.OBJECT, members=(members,)
    )


def lacks(name: str, members: Members, kind: Kind[Any], value_of: Callable[[Any], int | str]) -> Condition:
    """The set does not have the value."""
    return Condition(
        name, kind, lambda value: Not(Member(members.index.name, value_of(value))), Reach.OBJECT, members=(members,)
    )


def by(name: str, index: Key) -> Comparator:
    """In order of a key; text in that of each collation."""
    column = index.column.name
    if index.text is None:
        return Comparator(name, lambda _: column, Reach.OBJECT, keys=(index,), is_fixed=index.is_fixed)
    casemap, numeric = _collated(index, ASCII_CASEMAP, ascii_casemap), _collated(index, ASCII_NUMERIC, ascii_numeric)
    collations = {ASCII_CASEMAP: (casemap.column.name, column), ASCII_NUMERIC: (numeric.column.name, column)}
    keys = (index, casemap, numeric)
    return Comparator(name, lambda _: column, Reach.OBJECT, keys, collations=collations, is_fixed=index.is_fixed)


def _collated(index: Key, collation: str, key_of: Callable[[str], str]) -> Key:
    """The index of a text by another collation; None where that gives the same as the default one."""

    def value(document: Document) -> str | None:
        text = index.text(document) if index.text is not None else None
        if text is None:
            return None
        other = key_of(text)
        return other if other != index.value(document) else None

    return Key(Column(f"{index.column.name} {collation}", "text"), value, key_of)
