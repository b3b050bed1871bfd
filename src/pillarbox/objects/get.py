"""/get: objects by id, with the properties asked for (RFC 8620 section 5.1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pillarbox.objects.call import Beside, Call, Seen
from pillarbox.objects.datatype import DataType, Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import ID, STRING, list_of, nullable
from pillarbox.wire.values import JSON, Id

__all__ = ["GET", "Projection", "get", "projected", "projection"]

_PAGE = 500
"""What is gathered for several objects at once (`Seen.gathered`) is for so many."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Which properties of an object are told, and how each is had."""

    plain: tuple[tuple[str, JSON], ...]
    """With the default of each, for objects from before the property was declared."""
    apart: tuple[str, ...]
    computed: tuple[tuple[str, Callable[[Any], JSON]], ...]
    reads_apart: bool


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
        numbers = call.unit.numbers(call.kind.table, limit + 1)
        too_many = len(numbers) > limit
        given: dict[Id, int | None] = {call.kind.id(number): number for number in numbers}
    else:
        too_many = len(ids) > limit
        given = {id_: call.kind.number(id_) for id_ in ids} if not too_many else {}
    if too_many:
        raise MethodError("requestTooLarge", f"no more than {limit} objects can be asked for at once")
    objects = projected(call, [number for number in given.values() if number is not None], wanted)
    found = {item["id"] for item in objects}
    return {
        "accountId": call.account_id,
        "state": call.state(),
        "list": objects,
        "notFound": [] if ids is None else [id_ for id_ in given if id_ not in found],
    }


def projection(kind: DataType[Any], names: Iterable[str] | None) -> Projection:
    """How to have these properties of a type's objects; the type's default ones for None.

    Raises MethodError invalidArguments for a name that the type does not have.
    """
    if names is None:
        names = kind.default_properties or tuple(name for name, prop in kind.properties.items() if not prop.secret)
    plain, apart, computed = [], [], []
    for name in dict.fromkeys(names):
        if name == "id":
            continue
        prop = kind.properties.get(name)
        if prop is None or prop.secret:
            if kind.pattern is None or not kind.pattern.matches(name):
                raise MethodError("invalidArguments", f"{kind.name} has no property {name[:64]!r}")
            computed.append((name, kind.pattern.value(name)))
        elif prop.computed is not None:
            computed.append((name, prop.computed))
        elif prop.apart:
            apart.append(name)
        else:
            plain.append((name, prop.of({})))
    reads_apart = bool(apart) or (bool(computed) and bool(kind.has_apart))
    return Projection(tuple(plain), tuple(apart), tuple(computed), reads_apart)


def projected(call: Call[Any], numbers: Sequence[int], wanted: Projection) -> list[dict[str, JSON]]:
    """Those of the objects that exist, in the order given, as clients see them."""
    kind, tell = call.kind, call.context.tell
    plain = wanted.plain
    objects: list[dict[str, JSON]] = []
    if not wanted.computed and not wanted.reads_apart:
        # The path of every list on a screen: nothing is built but the answer.
        for number, octets, _ in call.unit.get(kind.table, numbers):
            tell(len(octets))
            document = orjson.loads(octets)
            objects.append({"id": kind.id(number), **{name: document.get(name, default) for name, default in plain}})
        return objects
    read = call.unit.get_apart if wanted.reads_apart else call.unit.get
    for at in range(0, len(numbers), _PAGE):
        page = numbers[at : at + _PAGE]
        beside = Beside(page)
        for number, octets, apart in read(kind.table, page):
            # What is computed costs time even where it is short: each value counts as much as a long one.
            tell(len(octets) + len(apart or b"") + 256 * len(wanted.computed))
            seen = Seen(call, number, octets, apart, beside)
            item: dict[str, JSON] = {"id": kind.id(number)}
            item.update((name, seen.document.get(name, default)) for name, default in plain)
            item.update((name, seen.apart[name]) for name in wanted.apart)
            item.update((name, value(seen)) for name, value in wanted.computed)
            objects.append(item)
    return objects


GET = Method("get", get, writes=False)
