"""JSON types as JMAP writes them (RFC 8620 section 1): what a property or an argument may be."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pillarbox.wire.values import MAX_INT, Date, Id, Int, UnsignedInt, UTCDate, are_ids, is_date, is_id, is_utc_date

__all__ = [
    "ANYTHING",
    "BOOLEAN",
    "ID",
    "INT",
    "OBJECT",
    "STRING",
    "TRUE",
    "UNSIGNED",
    "UTC_DATE",
    "Kind",
    "annotated",
    "list_of",
    "map_of",
    "nullable",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A JSON type: its name in the RFC's notation, and whether a value is of it."""

    name: str
    holds: Callable[[Any], bool]


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -MAX_INT <= value <= MAX_INT


def _is_true(value: object) -> bool:
    return value is True


STRING: Kind[str] = Kind("String", lambda value: isinstance(value, str))
BOOLEAN: Kind[bool] = Kind("Boolean", lambda value: isinstance(value, bool))
INT: Kind[int] = Kind("Int", _is_int)
UNSIGNED: Kind[int] = Kind("UnsignedInt", lambda value: _is_int(value) and value >= 0)
ID: Kind[Id] = Kind("Id", is_id)
UTC_DATE: Kind[UTCDate] = Kind("UTCDate", is_utc_date)
DATE: Kind[Date] = Kind("Date", is_date)
TRUE: Kind[bool] = Kind("true", _is_true)
ANYTHING: Kind[Any] = Kind("*", lambda _: True)
OBJECT: Kind[Mapping[str, Any]] = Kind("Object", lambda value: isinstance(value, dict))


def nullable(kind: Kind[T]) -> Kind[T | None]:
    """The type, or null."""
    return Kind(f"{kind.name}|null", lambda value: value is None or kind.holds(value))


def list_of(kind: Kind[T]) -> Kind[list[T]]:
    """An array of the type."""
    if kind is ID:
        return Kind(f"{kind.name}[]", are_ids)
    return Kind(f"{kind.name}[]", lambda value: isinstance(value, list) and all(map(kind.holds, value)))


def map_of(names: Kind[str] | Kind[Id], kind: Kind[T]) -> Kind[dict[str, T]]:
    """An object whose names and values are of these types."""
    return Kind(
        f"{names.name}[{kind.name}]",
        lambda value: isinstance(value, dict) and all(map(names.holds, value)) and all(map(kind.holds, value.values())),
    )


def annotated(hint: Any) -> Kind[Any]:
    """The type that a Python annotation stands for; TypeError if JMAP has none such."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType) and type(None) in arguments:
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return nullable(annotated(inner))
    if origin is list:
        return list_of(annotated(arguments[0]))
    if origin is dict:
        return map_of(cast("Kind[str]", annotated(arguments[0])), annotated(arguments[1]))
    if origin is typing.Literal and arguments == (True,):
        return TRUE
    raise TypeError(f"{hint!r} is no JMAP type")


_PLAIN: dict[Any, Kind[Any]] = {
    str: STRING,
    bool: BOOLEAN,
    Int: INT,
    UnsignedInt: UNSIGNED,
    Id: ID,
    UTCDate: UTC_DATE,
    Date: DATE,
    Any: ANYTHING,
}
