"""What values are: checked by it when they come in, and described by it in the OpenAPI document.

A shape yields what is wrong with a value, each with the place where it is, so that a caller hears of all at once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, TypeAlias

from pillarbox.wire.values import JSON

__all__ = [
    "ABSENT",
    "ANYTHING",
    "CONFIRMED",
    "FLAG",
    "INSTANT",
    "NAMES",
    "NULL",
    "Choice",
    "Fault",
    "Fields",
    "Integer",
    "ListOf",
    "Map",
    "Nullable",
    "OneOf",
    "Schema",
    "Several",
    "Shape",
    "Text",
]

Schema: TypeAlias = dict[str, Any]
"""A schema of OpenAPI 3.1, which is JSON Schema 2020-12."""

ABSENT = "this is required"
"""What is wrong with a member that is not there."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LINE, _LINES = r"[^\x00-\x1f\x7f]", r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""A character of a text of one line; of one with lines and tabs. Both are the same to Python and to ECMA-262."""


class Fault(NamedTuple):
    """What is wrong with a value: where, as `emails/0`, empty for the whole; and what, in words."""

    field: str
    detail: str


class Shape(Protocol):
    """Whatever a value can be told to be."""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        """All that is wrong with a value of JSON; `at` is where it stands."""

    def schema(self) -> Schema:
        """The same for others."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of no more than `longest` characters of Unicode, on one line unless it `has_lines`.

    A `pattern` is of the whole text, and means the same in Python and in ECMA-262; no control character fits one.
    """

    longest: int = 512
    pattern: str | None = None
    least: int = 0
    has_lines: bool = False
    doc: str = ""
    example: str | None = None

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, "a text is expected")
            return
        if _SURROGATE.search(value):
            yield Fault(at, "this is no text in Unicode")
        elif len(value) > self.longest:
            yield Fault(at, f"no more than {self.longest} characters")
        elif len(value) < self.least:
            yield Fault(at, f"at least {self.least} characters" if self.least > 1 else "this may not be empty")
        elif not re.fullmatch(f"{self._character}*", value):
            yield Fault(at, "control characters have no place here")
        elif self.pattern is not None and not re.fullmatch(self.pattern, value):
            yield Fault(at, f"this is not of the form {self.pattern}")

    def schema(self) -> Schema:
        pattern = f"(?:{self.pattern})" if self.pattern is not None else f"{self._character}*"
        made: Schema = {"type": "string", "maxLength": self.longest, "pattern": f"^{pattern}$"}
        if self.least:
            made["minLength"] = self.least
        return _said(made, self.doc, self.example)

    @property
    def _character(self) -> str:
        return _LINES if self.has_lines else _LINE


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts."""

    of: tuple[str, ...]
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, str) or value not in self.of:
            yield Fault(at, f"one of {', '.join(self.of)} is expected")

    def schema(self) -> Schema:
        return _said({"type": "string", "enum": list(self.of)}, self.doc, None)


@dataclass(frozen=True, slots=True)
class Several:
    """Some of these words in one text, with commas between them, and spaces about them where somebody likes that.

    The words are of letters, digits and hyphens.
    """

    of: tuple[str, ...]
    longest: int = 512
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, "a text is expected")
        elif len(value) > self.longest:
            yield Fault(at, f"no more than {self.longest} characters")
        else:
            known = {"", *self.of}
            words = [word.strip(" ") for word in value.split(",")]
            yield from (Fault(at, f"there is no {_shown(word)}") for word in words if word not in known)

    def schema(self) -> Schema:
        word = f" *(?:(?:{'|'.join(self.of)}) *)?"
        made: Schema = {"type": "string", "maxLength": self.longest, "pattern": f"^{word}(?:,{word})*$"}
        return _said(made, self.doc, None)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between two others."""

    least: int = 0
    most: int = 2**53 - 1
    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Fault(at, "a whole number is expected")
        elif not self.least <= value <= self.most:
            yield Fault(at, f"a number from {self.least} to {self.most} is expected")

    def schema(self) -> Schema:
        return _said({"type": "integer", "minimum": self.least, "maximum": self.most}, self.doc, None)


@dataclass(frozen=True, slots=True)
class _Number:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield Fault(at, "a number is expected")

    def schema(self) -> Schema:
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class _Flag:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield Fault(at, "true or false is expected")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class _Confirmed:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if value is not True:
            yield Fault(at, "this cannot be undone: say true")

    def schema(self) -> Schema:
        return {"type": "boolean", "const": True}


@dataclass(frozen=True, slots=True)
class _Instant:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, str) or not _is_instant(value):
            yield Fault(at, "a time is expected, as 2026-01-31T12:00:00Z")

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time", "maxLength": _LONGEST_INSTANT}


@dataclass(frozen=True, slots=True)
class _Anything:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:  # noqa: ARG002 - nothing is
        yield from ()

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True, slots=True)
class _Null:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if value is not None:
            yield Fault(at, "null is expected")

    def schema(self) -> Schema:
        return {"type": "null"}


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value of a shape, or null."""

    of: Shape

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if value is not None:
            yield from self.of.faults(value, at)

    def schema(self) -> Schema:
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of one of these shapes; what is wrong is told as the last of them says it."""

    of: tuple[Shape, ...]

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        found: list[Fault] = []
        for shape in self.of:
            found = list(shape.faults(value, at))
            if not found:
                return
        yield from found

    def schema(self) -> Schema:
        schemas = [shape.schema() for shape in self.of]
        made: Schema = {"anyOf": schemas}
        # A parameter of the query is a text anyway: of that, many a program hears here alone.
        if all(one.get("type") == "string" for one in schemas):
            made["type"] = "string"
        return made


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
            yield from self.of.faults(one, _under(at, str(index)))

    def schema(self) -> Schema:
        made: Schema = {"type": "array", "items": self.of.schema(), "maxItems": self.most}
        if self.least:
            made["minItems"] = self.least
        return _said(made, self.doc, None)


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
            yield from self.names.faults(name, _under(at, name))
            yield from self.of.faults(one, _under(at, name))

    def schema(self) -> Schema:
        made = {"type": "object", "propertyNames": self.names.schema(), "additionalProperties": self.of.schema()}
        return _said(made, self.doc, None)


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
                yield Fault(_under(at, name), ABSENT)
        for name, one in value.items():
            shape = self.of.get(name)
            if shape is not None:
                yield from shape.faults(one, _under(at, name))
            elif not self.open:
                yield Fault(_under(at, name), "there is no such field")

    def schema(self) -> Schema:
        made: Schema = {"type": "object", "properties": {name: one.schema() for name, one in self.of.items()}}
        if self.required:
            made["required"] = list(self.required)
        if not self.open:
            made["additionalProperties"] = False
        return _said(made, self.doc, self.example)


NUMBER: Shape = _Number()
FLAG: Shape = _Flag()
CONFIRMED: Shape = _Confirmed()
"""True, said on purpose."""
INSTANT: Shape = _Instant()
"""A time of RFC 3339."""
ANYTHING: Shape = _Anything()
NULL: Shape = _Null()
NAMES: Shape = ListOf(Text(), most=10_000)


_LONGEST_NAME = 80
_LONGEST_INSTANT = 64
_INSTANT_FORM = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _is_instant(text: str) -> bool:
    """Whether it is a time of RFC 3339 section 5.6, of a year that is still one of ours in UTC."""
    if len(text) > _LONGEST_INSTANT or not _INSTANT_FORM.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def _under(at: str, name: str) -> str:
    return f"{at}/{_shown(name)}" if at else _shown(name)


def _shown(name: str) -> str:
    # A name may be of any length, and of half characters.
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode()


def _said(made: Schema, doc: str, example: JSON) -> Schema:
    if doc:
        made["description"] = doc
    if example is not None:
        made["examples"] = [example]
    return made
