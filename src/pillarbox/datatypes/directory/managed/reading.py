"""Principals told and found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pillarbox.datatypes.directory.managed.asking import kinds, manager, names
from pillarbox.datatypes.directory.principals import FIELDS, Entry, Kind, listed, told
from pillarbox.datatypes.directory.principals.finding import by_number
from pillarbox.objects import ANYTHING, ID, STRING, Call, MethodError, Window, list_of, nullable
from pillarbox.wire.collation import ASCII_CASEMAP, DEFAULT, unicode_casemap
from pillarbox.wire.values import JSON, Id

__all__ = ["get", "query", "shown"]

_FEW = 16
"""Of more, all ties are read at once."""
_COLLATIONS = (None, ASCII_CASEMAP, DEFAULT)
"""Names are in one case already (RFC 8620 section 5.5)."""
_CONDITIONS = ("name", "text", "type")
_MOST_CONDITIONS = 100


def get(call: Call[Any]) -> dict[str, JSON]:
    """RFC 8620 section 5.1; what is not there to be told of a principal is null."""
    ids = call.arguments.take("ids", nullable(list_of(ID)), None)
    wanted = call.arguments.take("properties", nullable(list_of(STRING)), None)
    call.take_extra("get")
    known = names(call.kind)
    for name in wanted or ():
        if name not in known and name != "id":
            raise MethodError("invalidArguments", f"{call.kind.name} has no property {name[:64]!r}")
    most = call.context.limits.objects_in_get
    if ids is not None and len(ids) > most:
        raise MethodError("requestTooLarge", f"no more than {most} objects can be asked for at once")
    objects = {one["id"]: shown(one, wanted) for one in _told(call, ids)}
    order = list(objects) if ids is None else [id_ for id_ in dict.fromkeys(ids) if id_ in objects]
    return {
        "accountId": call.account_id,
        "state": call.state(),
        "list": [objects[id_] for id_ in order],
        "notFound": [] if ids is None else [id_ for id_ in dict.fromkeys(ids) if id_ not in objects],
    }


def _told(call: Call[Any], ids: Sequence[Id] | None) -> Iterator[dict[str, JSON]]:
    may = kinds(call, "get")
    numbers = None if ids is None else {one for one in map(call.kind.number, ids) if one is not None}
    if numbers is not None and len(numbers) <= _FEW:
        for entry in by_number(call.unit, call.kind, numbers):
            if entry.kind in may:
                yield _counted(call, told(call.unit, entry))
        return
    listing = listed(call.unit, manager(call), may)
    wanted = [at for at, one in enumerate(listing.entries) if numbers is None or one.number in numbers]
    most = call.context.limits.objects_in_get
    if len(wanted) > most:
        raise MethodError("requestTooLarge", f"no more than {most} objects can be asked for at once")
    for at in wanted:
        yield _counted(call, listing[at])


def _counted(call: Call[Any], one: dict[str, JSON]) -> dict[str, JSON]:
    call.context.tell(sum(32 * len(value) if isinstance(value, list) else 64 for value in one.values()))
    return one


def shown(one: Mapping[str, JSON], wanted: Sequence[str] | None = None) -> dict[str, JSON]:
    """These properties of a principal, or all that its type has; null where there is nothing to be told."""
    kind = Kind(cast("str", one["type"]))
    own = [name for name, field in FIELDS.items() if kind in field.kinds and name != "secrets"]
    properties = {"type": None, **dict.fromkeys(own), **one} if wanted is None else dict.fromkeys(wanted)
    return {**{name: one.get(name) for name in properties}, "id": one["id"]}


def query(call: Call[Any]) -> dict[str, JSON]:
    """RFC 8620 section 5.5, by `name`, `type`, and the words of `text`; all of several conditions have to hold."""
    take = call.arguments.take
    conditions = list(_conditions(take("filter", ANYTHING, None)))
    sort = take("sort", ANYTHING, None)
    window = Window.taken(call)
    call.take_extra("query")
    words = [word for name, value in conditions if name == "text" for word in value.split()]
    entries = listed(call.unit, manager(call), kinds(call, "list"), words).entries
    for name, value in conditions:
        entries = [one for one in entries if _holds(one, name, value)]
    return window.answer(call, [one.id for one in _sorted(entries, sort)])


def _conditions(filter_: JSON) -> Iterator[tuple[str, str]]:
    """Names and values; they are conditions, or several that all have to hold. Raises MethodError."""
    waiting, looked = [filter_] if filter_ is not None else [], 0
    while waiting:
        one = waiting.pop()
        looked += 1
        if not isinstance(one, dict) or looked > _MOST_CONDITIONS:
            raise MethodError("invalidArguments", f"a filter is an object, with no more than {_MOST_CONDITIONS} in it")
        if "operator" in one:
            several = one.get("conditions")
            if one["operator"] != "AND" or not isinstance(several, list):
                raise MethodError("unsupportedFilter", "principals are found by conditions that all hold")
            waiting.extend(several)
            continue
        for name, value in one.items():
            if name not in _CONDITIONS:
                raise MethodError("unsupportedFilter", f"{name[:64]} is none of {', '.join(_CONDITIONS)}")
            if not isinstance(value, str):
                raise MethodError("invalidArguments", f"{name} is a text")
            yield name, value


def _holds(one: Entry, name: str, value: str) -> bool:
    match name:
        case "name":
            return unicode_casemap(one.name) == unicode_casemap(value)
        case "type":
            return one.kind.value == value
    return True


def _sorted(entries: Sequence[Entry], sort: JSON) -> list[Entry]:
    """In order of name, unless something else is asked for. Raises MethodError."""
    found = [*entries]
    if sort is None:
        return found
    if not isinstance(sort, list) or len(sort) > _MOST_CONDITIONS or not all(isinstance(one, dict) for one in sort):
        raise MethodError("invalidArguments", "sort is a list of comparators")
    for one in reversed(cast("list[dict[str, JSON]]", sort)):
        is_up = one.get("isAscending", True)
        if one.get("property") not in ("name", "type") or not isinstance(is_up, bool):
            raise MethodError("unsupportedSort", "principals are in order of name or type")
        if one.get("collation") not in _COLLATIONS:
            raise MethodError("unsupportedSort", f"the order is that of {DEFAULT}")
        by_name = one["property"] == "name"
        found.sort(key=lambda entry: entry.name if by_name else entry.kind.value, reverse=not is_up)
    return found
