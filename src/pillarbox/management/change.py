"""The form in which changes of settings are sent (management API section 10)."""

from collections.abc import Iterator
from dataclasses import dataclass

from pillarbox.management.shape import FLAG, Fault, Fields, ListOf, Nullable, Schema, Shape, Text
from pillarbox.settings import MARKER, catalogue
from pillarbox.wire.values import JSON

__all__ = ["CHANGES", "EXAMPLE", "KEY", "MARKER"]

_MOST_KEYS = 1000
_MOST_CHANGES = 250

KEY = Text(512, least=1, doc="A key of a setting, as it stands in the file.")
_NAME = Text(512, doc="What follows the prefix and its dot; empty for the prefix itself.")
_TEXT = Text(
    256 * 1024,
    pattern=r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*",
    has_lines=True,
    doc="The text, as it would stand in the file. Macros are not filled in.",
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A list of a key and a text."""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if not isinstance(value, list) or len(value) != 2:
            yield Fault(at, "a list of a key and a text is expected")
            return
        for place, shape in enumerate((_NAME, _TEXT)):
            yield from shape.faults(value[place], f"{at}/{place}")

    def schema(self) -> Schema:
        return {"type": "array", "prefixItems": [_NAME.schema(), _TEXT.schema()], "minItems": 2, "maxItems": 2}


@dataclass(frozen=True, slots=True)
class _Kind:
    """Exactly one word, which says what the rest of an object is."""

    word: str

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        if value != self.word:
            yield Fault(at, f"{self.word} is expected")

    def schema(self) -> Schema:
        return {"const": self.word}


_FORMS = {
    "delete": Fields(
        {"type": _Kind("delete"), "keys": ListOf(KEY, _MOST_KEYS)}, ("type", "keys"), doc="Each of these keys is gone."
    ),
    "clear": Fields(
        {"type": _Kind("clear"), "prefix": KEY, "filter": Nullable(Text())},
        ("type", "prefix"),
        doc="Each key is gone that begins so (with a dot at the end, or `a.b` is `a.bc` too) and has the filter in it, "
        "or in its text.",
    ),
    "insert": Fields(
        {
            "type": _Kind("insert"),
            "prefix": Nullable(KEY),
            "values": ListOf(_Pair(), _MOST_KEYS),
            "assert_empty": FLAG,
        },
        ("type", "values"),
        doc="These keys have these texts, each key after the prefix and a dot. With `assert_empty` nothing may be "
        "below the prefix yet, or without a prefix under the first key.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Change:
    """One change; its `type` says of which form it is."""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        kind = value.get("type") if isinstance(value, dict) else None
        form = _FORMS.get(kind) if isinstance(kind, str) else None
        if form is None:
            yield Fault(f"{at}/type", f"one of {', '.join(_FORMS)} is expected")
            return
        yield from form.faults(value, at)

    def schema(self) -> Schema:
        return {"oneOf": [form.schema() for form in _FORMS.values()]}


CHANGES: Shape = ListOf(_Change(), _MOST_CHANGES, doc="In this order, and all of them or none.")
EXAMPLE: JSON = [
    {"type": "clear", "prefix": "queue.relay."},
    {
        "type": "insert",
        "prefix": "queue.relay",
        "values": [["host", "smarthost.example.org"], ["port", "587"]],
        "assert_empty": False,
    },
    {"type": "delete", "keys": [catalogue.MAX_OBJECTS_IN_GET.key]},
]
