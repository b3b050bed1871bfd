"""Shapes of single values: texts, numbers, times, and what is yes or no."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pillarbox.management.shape.fault import Fault, Schema, Shape, said, shown

__all__ = [
    "ANYTHING",
    "CONFIRMED",
    "FLAG",
    "INSTANT",
    "NULL",
    "NUMBER",
    "Choice",
    "Flag",
    "Integer",
    "Several",
    "Text",
]

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LINE, _LINES = r"[^\x00-\x1f\x7f]", r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""A character of a text of one line; of one with lines and tabs. Both are the same to Python and to ECMA-262."""


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
        return said(made, self.doc, self.example)

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
        return said({"type": "string", "enum": list(self.of)}, self.doc, None)


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
            yield from (Fault(at, f"there is no {shown(word)}") for word in words if word not in known)

    def schema(self) -> Schema:
        word = f" *(?:(?:{'|'.join(self.of)}) *)?"
        made: Schema = {"type": "string", "maxLength": self.longest, "pattern": f"^{word}(?:,{word})*$"}
        return said(made, self.doc, None)


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
        return said({"type": "integer", "minimum": self.least, "maximum": self.most}, self.doc, None)


@dataclass(frozen=True, slots=True)
class _Number:
    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield Fault(at, "a number is expected")

    def schema(self) -> Schema:
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    doc: str = ""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield Fault(at, "true or false is expected")

    def schema(self) -> Schema:
        return said({"type": "boolean"}, self.doc, None)


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


NUMBER: Shape = _Number()
FLAG: Shape = Flag()
CONFIRMED: Shape = _Confirmed()
"""True, said on purpose."""
INSTANT: Shape = _Instant()
"""A time of RFC 3339."""
ANYTHING: Shape = _Anything()
NULL: Shape = _Null()


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
