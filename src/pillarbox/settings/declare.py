"""How a setting is declared: once, with its key, kind, default and documentation.

A declaration is a value that reads itself from a `Source` and describes itself for the documentation;
whatever does both (`Declared`) can stand in the catalogue. A key may have a place for an id, as in
`server.listener.<id>.bind`; `of` fills it in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from pillarbox.settings.kind import Kind
from pillarbox.settings.source import Source

__all__ = ["Declared", "Described", "Group", "ListSetting", "Required", "Section", "Setting"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One value under one key.

    If the key is absent, its aliases are looked at in turn. If nothing is found, or what is found is
    bad, the value is that of `fallback`, or else the default. `default_said` tells the documentation
    about a default that the value alone does not explain.
    """

    key: str
    kind: Kind[T]
    default: T
    doc: str
    aliases: tuple[str, ...] = ()
    fallback: "Setting[T] | None" = None
    default_said: str = ""

    def read(self, source: Source) -> T:
        """The value in force."""
        otherwise = self.fallback.read(source) if self.fallback else self.default
        names = (self.key, *self.aliases)
        written = next((key for key in names if source.has(key)), self.key)
        for alias in names[names.index(written) + 1 :]:
            source.passed_over(alias, f"{written} is written as well, and is in force")
        return source.value(written, self.kind, otherwise)

    def of(self, identity: str) -> "Setting[T]":
        """The same for one id."""
        return replace(self, key=_keyed(self.key, identity))

    def described(self) -> "Iterator[Described]":
        """Its line in the documentation."""
        default = self.default_said or f"`{self.kind.show(self.default)}`"
        if self.fallback:
            default = f"as `{self.fallback.key}`"
        yield Described(self.key, self.kind.name, default, self.doc, self.aliases)


@dataclass(frozen=True, slots=True)
class ListSetting(Generic[T]):
    """Several values under one key, in order; one alone may be written without a list.

    A bad one among them is left out. The default is in force if nothing is written at all.
    """

    key: str
    kind: Kind[T]
    default: tuple[T, ...]
    doc: str
    default_said: str = ""

    def read(self, source: Source) -> tuple[T, ...]:
        """The values in force."""
        return source.values(self.key, self.kind) if source.has(self.key) else self.default

    def of(self, identity: str) -> "ListSetting[T]":
        """The same for one id."""
        return replace(self, key=_keyed(self.key, identity))

    def described(self) -> "Iterator[Described]":
        """Its line in the documentation."""
        default = self.default_said or ", ".join(f"`{self.kind.show(value)}`" for value in self.default)
        yield Described(self.key, f"list of {self.kind.name}", default, self.doc)


@dataclass(frozen=True, slots=True)
class Required(Generic[T]):
    """A value that a section must have; there is none to assume."""

    key: str
    kind: Kind[T]
    doc: str

    def read(self, source: Source) -> T | None:
        """The value, or None with a problem that says it is missing or bad."""
        if not source.has(self.key):
            source.wrong(self.key, "missing", "this key must be there; the section is left out without it")
        return source.value(self.key, self.kind, None)

    def of(self, identity: str) -> "Required[T]":
        """The same for one id."""
        return replace(self, key=_keyed(self.key, identity))

    def described(self) -> "Iterator[Described]":
        """Its line in the documentation."""
        yield Described(self.key, self.kind.name, "must be given", self.doc)


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A repeated group of keys, `<key>.<id>.<field>`: one value for each id.

    `build` gives the value for an id from the fields, or None, with problems told, where there can be
    none. The ids are the given ones; if none are given, those the configuration names with any of the
    fields, and if it names none, the default is in force.
    """

    key: str
    fields: "tuple[Declared[object], ...]"
    build: Callable[[str, Source], T | None]
    doc: str
    ids: tuple[str, ...] = ()
    default: tuple[T, ...] = ()

    def read(self, source: Source) -> tuple[T, ...]:
        """The values in force, in the order of their ids."""
        ids = self.ids or tuple(sorted(self._named(source)))
        built = [self.build(identity, source) for identity in ids]
        return tuple(value for value in built if value is not None) if ids else self.default

    def described(self) -> "Iterator[Described]":
        """A line in the documentation for each field."""
        for field in self.fields:
            yield from (replace(each, ids=self.ids) for each in field.described())

    def _named(self, source: Source) -> set[str]:
        # An id may have dots in it, so it ends where a field's name begins.
        names = [field.key.rpartition(">.")[2] for field in self.fields]
        ends = re.compile(rf"(.+?)\.({'|'.join(map(re.escape, names))})(\.[0-9]+)?", re.DOTALL)
        found = (ends.fullmatch(rest) for rest in source.below(f"{self.key}."))
        return {match[1] for match in found if match}


class Declared(Protocol[T_co]):
    """Whatever can stand in the catalogue."""

    @property
    def key(self) -> str:
        """The key it is known by; no other declaration has the same."""

    @property
    def doc(self) -> str:
        """Its documentation."""

    def read(self, source: Source) -> T_co:
        """The value in force; what is wrong is recorded with the source."""

    def described(self) -> "Iterator[Described]":
        """What the documentation says of each key."""


@dataclass(frozen=True, slots=True)
class Described:
    """One key as the documentation shows it; `ids` are what can stand at its place for an id, if closed."""

    key: str
    kind: str
    default: str
    doc: str
    aliases: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        """Whether nobody is shown the value: the names of such kinds begin with that word."""
        return self.kind.startswith("secret")

    def spellings(self, identity: str = "id") -> Iterator[str]:
        """Every key that is meant, with this id where any may stand."""
        for each in self.ids or (identity,):
            yield _keyed(self.key, each)
        yield from self.aliases


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are documented together."""

    title: str
    doc: str
    settings: tuple[Declared[object], ...]


_PLACE = re.compile(r"<[a-z]+>")


def _keyed(key: str, identity: str) -> str:
    return _PLACE.sub(lambda _: identity, key)
