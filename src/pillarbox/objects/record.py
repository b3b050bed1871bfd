"""A type's shape: typed properties over a JSON document.

`Mailbox.name` is the property, `mailbox.name` its value. A record is a view of a document with wire names; it
copies nothing, and it is built only where Python code looks at an object.
"""

import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar, cast, overload

from pillarbox.objects.kind import Kind, annotated
from pillarbox.store import Document
from pillarbox.wire.values import JSON

__all__ = ["MISSING", "PerUser", "Property", "Record", "View", "prop"]

T = TypeVar("T")

MISSING: Any = object()
"""No default: a create must send the property."""


class View(typing.Protocol):
    """An object as a computed property sees it."""

    @property
    def number(self) -> int: ...
    @property
    def document(self) -> Document: ...
    @property
    def apart(self) -> Document: ...


@dataclass(frozen=True, slots=True)
class PerUser:
    """That a property is kept for each reader of a shared account: in which other one, and what it is at first."""

    kept_in: str
    default: JSON


@dataclass(eq=False)
class Property(Generic[T]):
    """One property of a type, in the words of RFC 8620; made by `prop`."""

    default: Any
    server_set: bool
    immutable: bool
    computed: Callable[[Any], JSON] | None
    refers_to: str | None
    volatile: bool
    apart: bool
    secret: bool
    normal: Callable[[Any], Any] | None
    check: Callable[[Any], str | None] | None
    per_user: PerUser | None
    wire: str
    kind: Kind[Any] = field(init=False)

    @property
    def settable(self) -> bool:
        """Whether a client may ever give it a value."""
        return not self.server_set and self.computed is None

    @property
    def stored(self) -> bool:
        """Whether documents hold it."""
        return self.computed is None

    def of(self, document: Document) -> JSON:
        """Its value in a document; the default, if that was written before the property was declared."""
        return cast("JSON", document.get(self.wire, None if self.default is MISSING else self.default))

    def __set_name__(self, owner: type, name: str) -> None:
        self.wire = self.wire or _camel(name)

    @overload
    def __get__(self, instance: None, owner: type) -> "Property[T]": ...
    @overload
    def __get__(self, instance: "Record", owner: type) -> T: ...
    def __get__(self, instance: "Record | None", owner: type) -> "Property[T] | T":
        if instance is None:
            return self
        # Checked against `kind` when it was written.
        return cast("T", self.of(instance.document))


def prop(
    *,
    default: Any = MISSING,
    server_set: bool = False,
    immutable: bool = False,
    computed: Callable[[Any], JSON] | None = None,
    refers_to: str | None = None,
    volatile: bool = False,
    apart: bool = False,
    secret: bool = False,
    normal: Callable[[Any], Any] | None = None,
    check: Callable[[Any], str | None] | None = None,
    per_user: PerUser | None = None,
    wire: str = "",
) -> Any:
    """A property.

    Without `default` a create must send it. `computed` gives the value from a View; it is not stored.
    `refers_to` names the type that an id, a list of ids or the names of a map belong to. `volatile`: its change
    alone is no essential change of the object. `apart`: large and seldom asked for, so kept in a document of
    its own. `secret`: may be set, is never returned. `normal` gives the form a value is kept in, `check` says
    what is wrong with a value of the right type, if anything. `per_user`: each reader of a shared account has their
    own (`objects.per_user`).
    """
    return Property(
        default, server_set, immutable, computed, refers_to, volatile, apart, secret, normal, check, per_user, wire
    )


class Record:
    """An object of a data type: its number in the account, and its document."""

    properties: ClassVar[Mapping[str, Property[Any]]] = {}

    def __init__(self, number: int, document: Document) -> None:
        self.number = number
        self.document = document

    def __init_subclass__(cls) -> None:
        hints = typing.get_type_hints(cls, localns={cls.__name__: cls})
        found = {}
        for name, value in vars(cls).items():
            if isinstance(value, Property):
                (hint,) = typing.get_args(hints[name])
                value.kind = annotated(hint)
                found[value.wire] = value
        cls.properties = found


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda part: part[1].upper(), name)
