"""/query: ids that match, in order, a part at a time (RFC 8620 section 5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.filter import Asked, asked
from pillarbox.objects.kind import ANYTHING
from pillarbox.objects.window import Window
from pillarbox.objects.words import Reach
from pillarbox.wire.values import JSON, Id

__all__ = ["QUERY", "Result", "query", "result"]


def query(call: Call[Any]) -> dict[str, JSON]:
    """A window of the result: `position` or `anchor` on, no more than `limit` ids.

    Raises MethodError anchorNotFound, unsupportedFilter, unsupportedSort.
    """
    arguments = call.arguments
    filter_, sort = arguments.take("filter", ANYTHING, None), arguments.take("sort", ANYTHING, None)
    window = Window.taken(call)
    call.take_extra("query")
    found = result(call, asked(call, filter_, sort))

    if window.anchor is not None:
        first = max(0, _anchored(call, found, window.anchor) + window.offset)
    elif window.position < 0:
        first = max(0, found.count() + window.position)
    else:
        first = window.position
    numbers = found.page(first, window.limit)
    answer: dict[str, JSON] = {
        "accountId": call.account_id,
        "queryState": call.state(),
        "canCalculateChanges": found.asked.reach is not Reach.UNTOLD,
        "position": first,
        "ids": list(map(call.kind.id, numbers)),
    }
    return answer | window.more(found.count() if window.with_total else None)


@dataclass(slots=True)
class Result:
    """A whole result, of which only what is asked for is read."""

    call: Call[Any]
    asked: Asked
    whole: Sequence[int] | None
    """All of it in order, where the type arranges results itself."""

    def page(self, first: int, limit: int) -> Sequence[int]:
        """A part of it, in order."""
        if self.whole is not None:
            return self.whole[first : first + limit]
        # No result is longer, and a store need not take a larger number.
        first = min(first, 2**31)
        return self.call.unit.page(self.call.kind.table, self.asked.select, first, limit)

    def count(self) -> int:
        """Its length."""
        if self.whole is not None:
            return len(self.whole)
        known = self.call.kind.total(self.call, self.asked.where) if self.call.kind.total else None
        return known if known is not None else self.call.unit.count(self.call.kind.table, self.asked.select)

    def positions(self, numbers: Sequence[int]) -> dict[int, int]:
        """Where those of the objects are that are in it."""
        if self.whole is not None:
            wanted = set(numbers)
            return {number: at for at, number in enumerate(self.whole) if number in wanted}
        return self.call.unit.positions(self.call.kind.table, self.asked.select, numbers)


def result(call: Call[Any], understood: Asked) -> Result:
    """The result of a query, with the arguments that the type itself declares for it."""
    kind = call.kind
    if kind.collapse is not None and call.extra[kind.collapse]:
        understood.one_of_group = True
        understood.widen(Reach.GROUP)
    whole = None
    if kind.arrange is not None and any(call.extra[name] for name in kind.arrangements):
        # An object's place then depends on others, whichever they are.
        understood.widen(Reach.TYPE)
        whole = kind.arrange(call, understood.select)
    return Result(call, understood, whole)


def _anchored(call: Call[Any], found: Result, anchor: Id) -> int:
    number = call.kind.number(anchor)
    if number is not None:
        for at in found.positions((number,)).values():
            return at
    raise MethodError("anchorNotFound")


QUERY = Method("query", query, writes=False)
