"""The kinds of values: what text is one, and how it is shown again (the settings reference, section 2).

A kind is a value, not a class to derive from: a name, a parser and its inverse. Here are the plain ones
and those made of others; `quantity` has what is measured, `address` what is connected to.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pillarbox.telemetry import Secret

__all__ = [
    "BOOLEAN",
    "COUNT",
    "HOST_NAME",
    "INTEGER",
    "LARGEST_INTEGER",
    "NAME",
    "SECRET",
    "STRING",
    "BadValue",
    "Kind",
    "choice",
    "integer",
    "optional",
    "quoted",
]

T = TypeVar("T")
W = TypeVar("W", bound=str)


class BadValue(ValueError):
    """A text that is no value of the kind; the message says what to write instead.

    It carries no position: a value is one line, and the key it stands under is told beside it.
    """


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What text is accepted and what it means.

    `parse` raises BadValue. What `show` gives, `parse` takes, and both mean the same value.
    """

    name: str
    parse: Callable[[str], T]
    show: Callable[[T], str]


LARGEST_INTEGER = 2**53 - 1
"""No number is larger: clients are told some of them, as an UnsignedInt (RFC 8620 section 1.3)."""

_INTEGER = re.compile(r"-?[0-9]+")


def integer(*, at_least: int = -LARGEST_INTEGER, at_most: int = LARGEST_INTEGER) -> Kind[int]:
    """Decimal digits with at most a minus before them, within the bounds: no `+5`, `1_000` or `0x10`."""

    def parse(text: str) -> int:
        if not _INTEGER.fullmatch(text):
            raise BadValue(f"{quoted(text)} is no integer; write decimal digits alone")
        # Twenty characters are out of any bounds already, and Python refuses to read thousands.
        number = int(text[:20])
        if number < at_least:
            raise BadValue(f"{quoted(text)} is too small; the least is {at_least}")
        if number > at_most:
            raise BadValue(f"{quoted(text)} is too large; the most is {at_most}")
        return number

    return Kind("integer", parse, str)


INTEGER = integer()
COUNT = integer(at_least=1)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise BadValue(f"{quoted(text)} is neither true nor false; write exactly one of these words")
    return text == "true"


BOOLEAN: Kind[bool] = Kind("boolean", _boolean, lambda value: "true" if value else "false")
"""Exactly `true` or `false`."""

STRING: Kind[str] = Kind("string", str, str)
"""Any text, the empty one included."""


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise BadValue(f"{quoted(text)} is no name; write some visible text on one line")
    return text


NAME: Kind[str] = Kind("string", _name, str)
"""A text that can be shown to people as the name of something."""

SECRET: Kind[Secret] = Kind("secret", Secret, str)
"""Any text, never shown again: the one kind whose `show` is no way back."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _host_name(text: str) -> str:
    name = text.lower().removesuffix(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise BadValue(
            f"{quoted(text)} is no host name; write letters, digits, hyphens and dots, as in mail.example.org"
        )
    return name


HOST_NAME: Kind[str] = Kind("host name", _host_name, str)
"""A host name in lower case without a final dot; an internationalised one in its ASCII form."""


def choice(words: tuple[W, ...]) -> Kind[W]:
    """Exactly one of the words."""

    def parse(text: str) -> W:
        for word in words:
            if text == word:
                return word
        raise BadValue(f"{quoted(text)} is not known here; write one of {', '.join(words)}")

    return Kind(" | ".join(f"`{word}`" for word in words), parse, str)


_OFF = frozenset({"", "false", "disable", "disabled", "never", "0", "none", "unlimited"})


def optional(kind: Kind[T]) -> Kind[T | None]:
    """A value of the kind, or one of the words for "off" in any case, which give None.

    The words are empty, `false`, `disable`, `disabled`, `never`, `0`, `none` and `unlimited`. All of them
    mean off for every kind: a rate of no requests in no time divides by zero once it is used.
    """

    def parse(text: str) -> T | None:
        return None if text.strip().lower() in _OFF else kind.parse(text)

    def show(value: T | None) -> str:
        return "none" if value is None else kind.show(value)

    return Kind(f"{kind.name} or `none`", parse, show)


def quoted(text: str) -> str:
    """The text as a message may quote it: one line, escaped, no longer than a line should be."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
