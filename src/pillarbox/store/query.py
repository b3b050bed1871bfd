"""What every store can be asked: conditions and orders as values (RFC 8620 section 5.5 needs no more).

Column and set names are those of the Table; values are what its `entry` would hold.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pillarbox.store.table import Scalar
from pillarbox.wire.words import Phrase

__all__ = [
    "AllOf",
    "Among",
    "AnyOf",
    "AtLeast",
    "Below",
    "Contains",
    "Equal",
    "Everything",
    "Filter",
    "InGroup",
    "Member",
    "MemberOutside",
    "Not",
    "Order",
    "Quantity",
    "Select",
    "Text",
]


@dataclass(frozen=True, slots=True)
class Everything:
    """Each object of the type."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Where each of these holds; of none: everything."""

    conditions: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Where one of these holds; of none: nothing."""

    conditions: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Where this does not hold."""

    condition: "Filter"


@dataclass(frozen=True, slots=True)
class Equal:
    """Where a column has this value; None is a value like others."""

    column: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Below:
    """Where a column is less than this; never where it is None."""

    column: str
    bound: int | str


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Where a column is this or more; never where it is None."""

    column: str
    bound: int | str


@dataclass(frozen=True, slots=True)
class Contains:
    """Where a column of text has this somewhere in it."""

    column: str
    part: str


@dataclass(frozen=True, slots=True)
class Member:
    """Where a set holds this value."""

    set: str
    value: int | str


@dataclass(frozen=True, slots=True)
class MemberOutside:
    """Where a set holds a value that is none of these."""

    set: str
    values: tuple[int | str, ...]


class Quantity(Enum):
    """How many of a group."""

    ALL = "all"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class InGroup:
    """Where all, or some, objects of the object's group have this value in a set."""

    quantity: Quantity
    set: str
    value: int | str


@dataclass(frozen=True, slots=True)
class Text:
    """Where the full text has every phrase; in these fields, or in any if none is named."""

    fields: tuple[str, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """Where the object is one of these numbers."""

    numbers: tuple[int, ...]


Filter: TypeAlias = (
    Everything
    | AllOf
    | AnyOf
    | Not
    | Equal
    | Below
    | AtLeast
    | Contains
    | Member
    | MemberOutside
    | InGroup
    | Text
    | Among
)


@dataclass(frozen=True, slots=True)
class Order:
    """By a column (None first), or by whether a condition holds (first where it does not).

    Of several columns that one counts which is not None, the first of them.
    """

    by: "str | tuple[str, ...] | Filter"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """Objects in order; ties are broken by number, in the direction of the last order.

    With `one_of_group`, an object whose group occurred before it in that order is left out.
    """

    where: Filter = Everything()
    order: tuple[Order, ...] = ()
    one_of_group: bool = False
