"""/queryChanges: how a query's result changed since a state (RFC 8620 section 5.6).

What is told may be too much, never too little: each object that changed, and each that a change to another may have
moved (its `Reach`), is told as removed, and as added where it is in the result now.
"""

from collections.abc import Iterable
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.changes import positive
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.filter import Asked, asked
from pillarbox.objects.kind import ANYTHING, BOOLEAN, ID, STRING, UNSIGNED, nullable
from pillarbox.objects.query import result
from pillarbox.objects.words import Reach
from pillarbox.store import Among, AnyOf, Changed, Equal, Select
from pillarbox.wire.values import JSON

__all__ = ["QUERY_CHANGES", "query_changes"]


def query_changes(call: Call[Any]) -> dict[str, JSON]:
    """Ids to take out of a cached result, and ids to put in with their places.

    Raises MethodError cannotCalculateChanges, tooManyChanges.
    """
    arguments = call.arguments
    filter_, sort = arguments.take("filter", ANYTHING, None), arguments.take("sort", ANYTHING, None)
    since_state = arguments.take("sinceQueryState", STRING)
    most = positive(arguments.take("maxChanges", nullable(UNSIGNED), None), "maxChanges")
    up_to = arguments.take("upToId", nullable(ID), None)
    with_total = arguments.take("calculateTotal", BOOLEAN, default=False)
    call.take_extra("queryChanges")
    understood = asked(call, filter_, sort)
    found = result(call, understood)
    since = call.since(since_state)
    if understood.reach is Reach.UNTOLD:
        raise MethodError("cannotCalculateChanges", "nobody said how far a change reaches in such a query")

    removed, candidates = _touched(call, understood, call.unit.changed(call.kind.table, since))
    places = found.positions(sorted(candidates))
    added = sorted((at, number) for number, at in places.items())
    last = call.kind.number(up_to) if up_to is not None else None
    if last is not None and last not in candidates:
        where = found.positions((last,))
        added = _until(where, added)
        # As it was not touched, it was in the old results if it is in the new ones.
        if where and understood.is_fixed and understood.reach is Reach.OBJECT:
            removed -= _beyond(call, understood, last, removed)
    if most is not None and len(removed) + len(added) > most:
        raise MethodError("tooManyChanges")
    answer: dict[str, JSON] = {
        "accountId": call.account_id,
        "oldQueryState": since_state,
        "newQueryState": call.state(),
        "removed": [call.kind.id(number) for number in sorted(removed)],
        "added": [{"id": call.kind.id(number), "index": at} for at, number in added],
    }
    if with_total:
        answer["total"] = found.count()
    return answer


def _touched(call: Call[Any], understood: Asked, changed: Changed) -> tuple[set[int], set[int]]:
    """Objects that may have left or moved, and objects that may be in the result now."""
    removed = set(changed.existing)
    candidates = removed | changed.new
    if not candidates:
        return removed, candidates
    table = call.kind.table
    if understood.reach is Reach.TYPE:
        others: Iterable[int] = call.unit.page(table, Select(), 0, 2**31)
    elif understood.reach is Reach.GROUP and table.group is not None:
        groups = tuple(Equal(table.group, group) for group in sorted(changed.groups))
        others = _in_groups(call, groups)
    else:
        others = ()
    for number in others:
        if number not in changed.new:
            removed.add(number)
        candidates.add(number)
    return removed, candidates


def _in_groups(call: Call[Any], groups: tuple[Equal, ...]) -> Iterable[int]:
    # In portions: a condition may not grow without end.
    for at in range(0, len(groups), 200):
        yield from call.unit.page(call.kind.table, Select(AnyOf(groups[at : at + 200])), 0, 2**31)


def _until(last: dict[int, int], added: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is added up to the last id that the client has, if that is in the result still (erratum 6603).

    Only for an id that did not move: what lies before it now is then what the client has a place for.
    """
    for at in last.values():
        return [(place, number) for place, number in added if place <= at]
    return added


def _beyond(call: Call[Any], understood: Asked, last: int, removed: set[int]) -> set[int]:
    """Which of these came behind the last id that the client has, in an order that never changes (erratum 6603).

    Of what is destroyed nobody knows any more where it was.
    """
    select = Select(Among((last, *sorted(removed))), understood.order)
    in_order = call.unit.page(call.kind.table, select, 0, len(removed) + 1)
    return set(in_order[in_order.index(last) + 1 :])


QUERY_CHANGES = Method("queryChanges", query_changes, writes=False)
