"""Quota: how much an account may hold, and how much of that it does (RFC 9425).

Nothing is stored of it: the limit is the grant's, what is used is what the store counts. It follows the state of Email,
since that moves whenever what is used does, and at times when it does not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pillarbox.objects import (
    ANYTHING,
    BOOLEAN,
    ID,
    INT,
    STRING,
    UNSIGNED,
    Call,
    DataType,
    Method,
    MethodError,
    Property,
    Record,
    list_of,
    nullable,
    prop,
)
from pillarbox.wire.collation import COLLATIONS, unicode_casemap
from pillarbox.wire.values import JSON, Id, State, UnsignedInt

__all__ = ["QUOTA", "Quota"]

_MAIL = "urn:ietf:params:jmap:mail"
_DEPTH, _CONDITIONS, _COMPARATORS = 32, 500, 16


class Quota(Record):
    """A limit of an account."""

    resource_type: Property[str] = prop(server_set=True, default="octets")
    used: Property[UnsignedInt] = prop(server_set=True, default=0)
    hard_limit: Property[UnsignedInt] = prop(server_set=True, default=0)
    scope: Property[str] = prop(server_set=True, default="account")
    name: Property[str] = prop(server_set=True, default="Mail")
    types: Property[list[str]] = prop(server_set=True, default=["Email"])
    warn_limit: Property[UnsignedInt | None] = prop(server_set=True, default=None)
    soft_limit: Property[UnsignedInt | None] = prop(server_set=True, default=None)
    description: Property[str | None] = prop(server_set=True, default=None)


def _there(call: Call[Quota]) -> list[dict[str, Any]]:
    """The quotas of the account: one, of the octets of its mail, if it has a limit and the client knows mail."""
    limit = call.grant.quota
    using = call.context.using
    if limit is None or (using is not None and _MAIL not in using):
        # Of a quota for types that a client does not know, it must not be told (section 4.1).
        return []
    defaults = {name: one.default for name, one in Quota.properties.items()}
    return [{"id": QUOTA.id(0), **defaults, "used": call.unit.held_size(), "hardLimit": limit}]


def get(call: Call[Quota]) -> Mapping[str, JSON]:
    """Standard /get (section 4.2). Raises MethodError requestTooLarge, invalidArguments."""
    ids = call.arguments.take("ids", nullable(list_of(ID)), None)
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    call.take_extra("get")
    limit = call.context.limits.objects_in_get
    if ids is not None and len(ids) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} objects can be asked for at once")
    wanted = {"id", *(Quota.properties if names is None else names)}
    for name in sorted(wanted - {"id", *Quota.properties}):
        raise MethodError("invalidArguments", f"Quota has no property {name[:64]!r}")
    there = {one["id"]: {name: value for name, value in one.items() if name in wanted} for one in _there(call)}
    asked = list(there) if ids is None else list(dict.fromkeys(ids))
    return {
        "accountId": call.account_id,
        "state": call.state(),
        "list": [there[id_] for id_ in asked if id_ in there],
        "notFound": [id_ for id_ in asked if id_ not in there],
    }


def changes(call: Call[Quota]) -> Mapping[str, JSON]:
    """Standard /changes, with `updatedProperties` (section 4.3): all may have changed once the state has.

    The limit may be another one too, since nothing remembers what it was: `updatedProperties` is null. Raises
    MethodError cannotCalculateChanges.
    """
    since = call.arguments.take("sinceState", STRING)
    most = call.arguments.take("maxChanges", nullable(UNSIGNED), None)
    call.take_extra("changes")
    if most == 0:
        raise MethodError("invalidArguments", "maxChanges must be positive")
    call.since(since)
    now = call.state()
    return {
        "accountId": call.account_id,
        "oldState": since,
        "newState": now,
        "hasMoreChanges": False,
        "created": [],
        "updated": [] if since == now else [one["id"] for one in _there(call)],
        "destroyed": [],
        "updatedProperties": None,
    }


def query(call: Call[Quota]) -> Mapping[str, JSON]:
    """Standard /query (section 4.4). Raises MethodError anchorNotFound, unsupportedFilter, unsupportedSort."""
    take = call.arguments.take
    found = _found(call)
    position, offset = take("position", INT, 0), take("anchorOffset", INT, 0)
    anchor, limit = take("anchor", nullable(ID), None), take("limit", nullable(UNSIGNED), None)
    with_total = take("calculateTotal", BOOLEAN, default=False)
    call.take_extra("query")
    if anchor is not None:
        if anchor not in found:
            raise MethodError("anchorNotFound")
        first = max(0, found.index(anchor) + offset)
    else:
        first = max(0, position + len(found)) if position < 0 else position
    answer: dict[str, JSON] = {
        "accountId": call.account_id,
        "queryState": call.state(),
        "canCalculateChanges": True,
        "position": first,
        "ids": found[first:] if limit is None else found[first : first + limit],
    }
    return {**answer, "total": len(found)} if with_total else answer


def query_changes(call: Call[Quota]) -> Mapping[str, JSON]:
    """Standard /queryChanges (section 4.5): once the state has changed, each may have moved.

    Raises MethodError cannotCalculateChanges, tooManyChanges, unsupportedFilter, unsupportedSort.
    """
    take = call.arguments.take
    found = _found(call)
    since = take("sinceQueryState", STRING)
    most = take("maxChanges", nullable(UNSIGNED), None)
    take("upToId", nullable(ID), None)
    with_total = take("calculateTotal", BOOLEAN, default=False)
    call.take_extra("queryChanges")
    call.since(since)
    now: State = call.state()
    moved = [] if since == now else [cast("Id", one["id"]) for one in _there(call)]
    added: list[JSON] = [{"id": id_, "index": at} for at, id_ in enumerate(found) if id_ in moved]
    if most is not None and len(moved) + len(added) > most:
        raise MethodError("tooManyChanges")
    answer: dict[str, JSON] = {
        "accountId": call.account_id,
        "oldQueryState": since,
        "newQueryState": now,
        "removed": moved,
        "added": added,
    }
    return {**answer, "total": len(found)} if with_total else answer


_CONDITIONS_BY_NAME: Mapping[str, Callable[[dict[str, Any], str], bool]] = {
    "name": lambda one, value: unicode_casemap(value) in unicode_casemap(one["name"]),
    "scope": lambda one, value: bool(one["scope"] == value),
    "resourceType": lambda one, value: bool(one["resourceType"] == value),
    "type": lambda one, value: value in one["types"],
}


def _found(call: Call[Quota]) -> list[Id]:
    """The ids that match the filter, in the order of the sort. Of one account's quotas, all are looked at."""
    filter_, sort = call.arguments.take("filter", ANYTHING, None), call.arguments.take("sort", ANYTHING, None)
    comparators = _comparators(sort)
    there = _there(call)
    count = [0]
    # Read even where there is nothing to match, for it may be wrong.
    matching = [one for one in there or [{**_EXAMPLE}] if filter_ is None or _matches(filter_, one, 0, count)]
    found = [one for one in matching if one in there]
    for name, is_ascending in reversed(comparators):
        found.sort(key=lambda one: one[name], reverse=not is_ascending)
    return [one["id"] for one in found]


_EXAMPLE: Mapping[str, Any] = {name: one.default for name, one in Quota.properties.items()}


def _matches(filter_: JSON, one: dict[str, Any], depth: int, count: list[int]) -> bool:
    count[0] += 1
    if depth > _DEPTH or count[0] > _CONDITIONS:
        raise MethodError("unsupportedFilter", "the filter is too deep or has too many conditions")
    if not isinstance(filter_, dict):
        raise MethodError("invalidArguments", "a filter is an object")
    if "operator" not in filter_:
        held = [_holds(name, value, one) for name, value in filter_.items()]
        return all(held)
    operator, conditions = filter_["operator"], filter_.get("conditions")
    if operator not in ("AND", "OR", "NOT") or not isinstance(conditions, list) or len(filter_) != 2:
        raise MethodError("invalidArguments", "a FilterOperator is AND, OR or NOT with a list of conditions")
    # All of them, since a later one may be wrong.
    parts = [_matches(condition, one, depth + 1, count) for condition in conditions]
    return all(parts) if operator == "AND" else any(parts) if operator == "OR" else not any(parts)


def _holds(name: str, value: JSON, one: dict[str, Any]) -> bool:
    condition = _CONDITIONS_BY_NAME.get(name)
    if condition is None:
        raise MethodError("unsupportedFilter", f"Quota has no filter {name[:64]!r}")
    if not isinstance(value, str):
        raise MethodError("invalidArguments", f"{name} must be String")
    return condition(one, value)


def _comparators(sort: JSON) -> Sequence[tuple[str, bool]]:
    if sort is None:
        return ()
    if not isinstance(sort, list):
        raise MethodError("invalidArguments", "sort must be Comparator[]|null")
    if len(sort) > _COMPARATORS:
        raise MethodError("unsupportedSort", f"more than {_COMPARATORS} comparators")
    return [_comparator(one) for one in sort]


def _comparator(one: JSON) -> tuple[str, bool]:
    if not isinstance(one, dict) or not one.keys() <= {"property", "isAscending", "collation"}:
        raise MethodError("invalidArguments", "a Comparator is an object with a property, isAscending and collation")
    name, is_ascending, collation = one.get("property"), one.get("isAscending", True), one.get("collation")
    if not isinstance(name, str) or not isinstance(is_ascending, bool):
        raise MethodError("invalidArguments", "a Comparator has a property, and isAscending is a Boolean")
    if name not in ("name", "used"):
        raise MethodError("unsupportedSort", f"Quota cannot be sorted by {name[:64]!r}")
    if collation is not None and collation not in COLLATIONS:
        raise MethodError("unsupportedSort", "no such collation")
    return name, is_ascending


QUOTA = DataType(
    record=Quota,
    rfc="9425",
    capability="urn:ietf:params:jmap:quota",
    prefix="u",
    methods=(
        Method("get", get, writes=False),
        Method("changes", changes, writes=False),
        Method("query", query, writes=False),
        Method("queryChanges", query_changes, writes=False),
    ),
    follows="Email",
)
