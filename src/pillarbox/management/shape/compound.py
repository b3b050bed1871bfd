"""Shapes of values that are made of others: lists, objects, and what is one of several."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pillarbox.management.shape.fault import ABSENT, EXPECTED, Fault, Schema, Shape, said, under
from pillarbox.management.shape.single import Text
from pillarbox.wire.values import JSON

__all__ = ["Fields", "ListOf", "Map", "Nullable", "OneOf"]


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value of a shape, or null."""

    of: Shape
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if value is not None:
            yield from self.of.faults(value, at)

    def schema(self) -> Schema:
        return said({"anyOf": [self.of.schema(), {"type": "null"}]}, self.doc, None)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of one of these shapes; what is wrong is told by the last that is of its type, or else by all of them."""

    of: tuple[Shape, ...]
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        found: list[list[Fault]] = []
        for shape in self.of:
            found.append(list(shape.faults(value, at)))
            if not found[-1]:
                return
        near = [faults for shape, faults in zip(self.of, found, strict=True) if _is_of_type(shape.schema(), value)]
        if near or not all(len(faults) == 1 and faults[0].detail.endswith(EXPECTED) for faults in found):
            yield from (near or found)[-1]
        else:
            wanted = dict.fromkeys(faults[0].detail.removesuffix(EXPECTED) for faults in found)
            yield Fault(at, " or ".join(wanted) + EXPECTED)

    def schema(self) -> Schema:
        schemas = [shape.schema() for shape in self.of]
        made: Schema = {"anyOf": schemas}
        # A parameter of the query is a text anyway: of that, many a program hears here alone.
        if all(one.get("type") == "string" for one in schemas):
            made["type"] = "string"
        return said(made, self.doc, None)


@dataclass(frozen=True, slots=True)
class ListOf:
    """Values of one shape, in order."""

    of: Shape
    most: int = 10_000
    least: int = 0
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(at, "a list is expected")
            return
        if len(value) > self.most:
            yield Fault(at, f"no more than {self.most} entries")
            return
        if len(value) < self.least:
            yield Fault(at, f"at least {self.least} entries")
        for index, one in enumerate(value):
            yield from self.of.faults(one, under(at, str(index)))

    def schema(self) -> Schema:
        made: Schema = {"type": "array", "items": self.of.schema(), "maxItems": self.most}
        if self.least:
            made["minItems"] = self.least
        return said(made, self.doc, None)


@dataclass(frozen=True, slots=True)
class Map:
    """An object whose members all have one shape, under names that nobody knows before."""

    of: Shape
    doc: str = ""
    names: Shape = field(default_factory=Text)

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "an object is expected")
            return
        for name, one in value.items():
            yield from self.names.faults(name, under(at, name))
            yield from self.of.faults(one, under(at, name))

    def schema(self) -> Schema:
        made = {"type": "object", "propertyNames": self.names.schema(), "additionalProperties": self.of.schema()}
        return said(made, self.doc, None)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with these members, of which some have to be there, and no others unless it is `open`."""

    of: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    open: bool = False
    doc: str = ""
    example: JSON = field(default=None)

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "an object is expected")
            return
        for name in self.required:
            if name not in value:
                yield Fault(under(at, name), ABSENT)
        for name, one in value.items():
            shape = self.of.get(name)
            if shape is not None:
                yield from shape.faults(one, under(at, name))
            elif not self.open:
                yield Fault(under(at, name), "there is no such field")

    def schema(self) -> Schema:
        made: Schema = {"type": "object", "properties": {name: one.schema() for name, one in self.of.items()}}
        if self.required:
            made["required"] = list(self.required)
        if not self.open:
            made["additionalProperties"] = False
        return said(made, self.doc, self.example)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _is_of_type(schema: Schema, value: object) -> bool:
    """Whether a value is wrong for what it is, and not for what kind of thing it is."""
    kind = str(schema.get("type", ""))
    return isinstance(value, _TYPES.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))
