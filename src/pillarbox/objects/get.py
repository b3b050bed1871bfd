"""/get: objects by id, with the properties asked for (RFC 8620 section 5.1)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import orjson

from pillarbox.objects.call import Beside, Call, Seen
from pillarbox.objects.datatype import SINGLETON, DataType, Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import ID, STRING, list_of, nullable
from pillarbox.objects.per_user import own_value
from pillarbox.objects.record import Property
from pillarbox.wire.values import JSON, Id

__all__ = ["GET", "Projection", "get", "projected", "projection"]

_PAGE = 500
"""What is gathered for several objects at once (`Seen.gathered`) is for so many."""

_KEPT, _KEPT_SIZE = 2048, 4096
"""So many objects that were told lately are kept, those with documents of at most so many octets."""

_LUMP = 16 * 1024
"""Octets of documents after which it is looked whether the answer gets too large, or takes too long."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Which properties of an object are told, and how each is had; equal to no other, so that it is a quick key."""

    plain: tuple[tuple[str, JSON], ...]
    """With the default of each, for objects from before the property was declared."""
    apart: tuple[str, ...]
    computed: tuple[tuple[str, Callable[[Any], JSON]], ...]
    reads_apart: bool
    keeps: bool
    """Whether objects that were told may stay in memory: not where documents have secrets in them."""


def get(call: Call[Any]) -> dict[str, JSON]:
    """The objects of the ids given, or all of them (section 5.1).

    Raises MethodError requestTooLarge for more ids, or objects, than `maxObjectsInGet`.
    """
    ids = call.arguments.take("ids", nullable(list_of(ID)), None)
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    call.take_extra("get")
    wanted = projection(call.kind, names)
    limit = call.context.limits.objects_in_get
    if ids is None:
        numbers = [1] if call.kind.is_singleton else call.unit.numbers(call.kind.table, limit + 1)
        too_many = len(numbers) > limit
        given: dict[Id, int | None] = {call.kind.id(number): number for number in numbers}
    else:
        too_many = len(ids) > limit
        given = dict(zip(ids, map(call.kind.number, ids), strict=True)) if not too_many else {}
    if too_many:
        raise MethodError("requestTooLarge", f"no more than {limit} objects can be asked for at once")
    objects = projected(call, [number for number in given.values() if number is not None], wanted)
    if call.kind.is_singleton and not objects and 1 in given.values():
        objects = [{"id": SINGLETON, **dict(wanted.plain)}]
    return {
        "accountId": call.account_id,
        "state": call.state(),
        "list": objects,
        "notFound": [] if len(objects) == len(given) or ids is None else _missing(given, objects),
    }


def _missing(given: Iterable[Id], objects: Iterable[Mapping[str, JSON]]) -> list[Id]:
    found = {item["id"] for item in objects}
    return [id_ for id_ in given if id_ not in found]


def projection(kind: DataType[Any], names: Iterable[str] | None) -> Projection:
    """How to have these properties of a type's objects; the type's default ones for None.

    Raises MethodError invalidArguments for a name that the type does not have.
    """
    if names is None:
        names = kind.default_properties or tuple(name for name, prop in kind.properties.items() if not prop.secret)
    wanted = tuple(dict.fromkeys(name for name in names if name != "id"))
    # A name that is a pattern's may be of any length, and is not kept.
    return (_known if kind.properties.keys() >= set(wanted) else _had)(kind, wanted)


def _had(kind: DataType[Any], names: tuple[str, ...]) -> Projection:
    plain, apart, computed = [], [], []
    for name in names:
        prop = kind.properties.get(name)
        if prop is None or prop.secret:
            if kind.pattern is None or not kind.pattern.matches(name):
                raise MethodError("invalidArguments", f"{kind.name} has no property {name[:64]!r}")
            computed.append((name, kind.pattern.value(name)))
        elif prop.computed is not None:
            computed.append((name, prop.computed))
        elif prop.per_user is not None:
            computed.append((name, partial(_own, prop)))
        elif prop.apart:
            apart.append(name)
        else:
            plain.append((name, prop.of({})))
    reads_apart = bool(apart) or (bool(computed) and bool(kind.has_apart))
    keeps = not any(prop.secret for prop in kind.properties.values())
    return Projection(tuple(plain), tuple(apart), tuple(computed), reads_apart, keeps)


_known = lru_cache(maxsize=256)(_had)


def _own(prop: Property[Any], seen: Seen) -> JSON:
    """A property that each reader of a shared account has a value of their own for."""
    return own_value(seen.call, prop, seen.document)


def _item(wanted: Projection, id_: Id, octets: bytes) -> dict[str, JSON]:
    """An object of which nothing is computed or kept apart, by its document."""
    document = orjson.loads(octets)
    item: dict[str, JSON] = {name: document.get(name, default) for name, default in wanted.plain}
    item["id"] = id_
    return item


# The lists that people look at show the same objects over and over. What an object's document says depends on nothing
# else, so it need not be forgotten; and nobody changes an object that was told.
_again = lru_cache(maxsize=_KEPT)(_item)


def projected(call: Call[Any], numbers: Sequence[int], wanted: Projection) -> list[dict[str, JSON]]:
    """Those of the objects that exist, in the order given, as clients see them."""
    if wanted.computed or wanted.reads_apart:
        pages = (numbers[at : at + _PAGE] for at in range(0, len(numbers), _PAGE))
        return [item for page in pages for item in _made(call, page, wanted)]
    # The path of every list on a screen: nothing is built but the answer.
    id_of, tell = call.kind.id, call.context.tell
    objects: list[dict[str, JSON]] = []
    size = 0
    for number, octets, _ in call.unit.get(call.kind.table, numbers):
        size += len(octets)
        if size > _LUMP:
            tell(size)
            size = 0
        told = _again if wanted.keeps and len(octets) <= _KEPT_SIZE else _item
        objects.append(told(wanted, id_of(number), octets))
    tell(size)
    return objects


def _made(call: Call[Any], numbers: Sequence[int], wanted: Projection) -> Iterator[dict[str, JSON]]:
    """The same, of objects of which something is computed, or kept apart."""
    kind, tell, plain = call.kind, call.context.tell, wanted.plain
    read = call.unit.get_apart if wanted.reads_apart else call.unit.get
    beside = Beside(numbers)
    for number, octets, apart in read(kind.table, numbers):
        # What is computed costs time even where it is short: each value counts as much as a long one.
        tell(len(octets) + len(apart or b"") + 256 * len(wanted.computed))
        seen = Seen(call, number, octets, apart, beside)
        document = seen.document if plain else {}
        item: dict[str, JSON] = {name: document.get(name, default) for name, default in plain}
        item["id"] = kind.id(number)
        for name in wanted.apart:
            item[name] = seen.apart[name]
        for name, value in wanted.computed:
            item[name] = value(seen)
        yield item


GET = Method("get", get, writes=False)
