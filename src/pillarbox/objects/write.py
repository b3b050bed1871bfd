"""One object being created, updated or destroyed, as rules and effects see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from pillarbox.objects.call import Call
from pillarbox.objects.record import Property, Record
from pillarbox.objects.words import key
from pillarbox.store import Equal, Select
from pillarbox.wire.values import Id

__all__ = ["Write"]

R = TypeVar("R", bound=Record)


@dataclass
class Write(Generic[R]):
    """The object before and after; `before` is None for a create, `after` for a destroy."""

    call: Call[R]
    number: int
    before: R | None
    after: R | None

    @property
    def id(self) -> Id:
        """The object's id."""
        return self.call.kind.id(self.number)

    @property
    def destroys(self) -> bool:
        """Whether the object will be gone."""
        return self.after is None

    @property
    def new(self) -> R:
        """What it will be. Only where it is not destroyed."""
        if self.after is None:
            raise AssertionError("a destroyed object has no new value")
        return self.after

    @property
    def old(self) -> R:
        """What it was. Only where it is not created."""
        if self.before is None:
            raise AssertionError("a created object has no old value")
        return self.before

    def changes(self, prop: Property[Any]) -> bool:
        """Whether the property's value will be another one; always, for a create or a destroy."""
        if self.before is None or self.after is None:
            return True
        return bool(prop.of(self.before.document) != prop.of(self.after.document))

    def siblings(self, prop: Property[Any], value: object) -> Iterator[R]:
        """The other objects, as they will be, whose property has this value; it is one that is queried by."""
        index = key(prop)
        select = Select(Equal(index.column.name, index.wire(value)))
        kind = self.call.kind
        numbers = self.call.unit.page(kind.table, select, 0, 2**31)
        for other in self.call.unit.get(kind.table, [number for number in numbers if number != self.number]):
            record = self.call.kind.record(other.number, orjson.loads(other.document))
            if prop.of(record.document) == value:
                yield record
