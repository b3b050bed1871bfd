"""Filters and sorts as clients send them, made into what stores can be asked (RFC 8620 section 5.5)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pillarbox.objects.call import Call, Seen
from pillarbox.objects.errors import MethodError
from pillarbox.objects.words import Reach
from pillarbox.store import AllOf, Among, AnyOf, Everything, Filter, Not, Order, Select
from pillarbox.wire.collation import COLLATIONS, DEFAULT
from pillarbox.wire.values import JSON

__all__ = ["Asked", "asked", "stated"]

_PAGE = 1000
_MAX_TESTS = 16
"""More conditions that read every object are refused: each costs as much as the account is large."""


@dataclass(slots=True)
class Asked:
    """A query as understood: what to select, and how far a change to an object reaches in it."""

    where: Filter = field(default_factory=Everything)
    order: tuple[Order, ...] = ()
    reach: Reach = Reach.OBJECT
    one_of_group: bool = False
    is_fixed: bool = True
    """Whether the order of two objects never changes."""

    @property
    def select(self) -> Select:
        """What a store is asked."""
        return Select(self.where, self.order, self.one_of_group)

    def widen(self, reach: Reach) -> None:
        """A further word with this reach takes part."""
        self.reach = max(self.reach, reach)


def asked(call: Call[Any], filter_: JSON, sort: JSON) -> Asked:
    """What the filter and sort arguments ask for.

    Raises MethodError: invalidArguments for what is no FilterOperator, FilterCondition or Comparator at all,
    unsupportedFilter and unsupportedSort for words that the type does not have, or too many of them.
    """
    query = Asked()
    if filter_ is not None:
        query.where = _Reading(call, query, _tested).filter(filter_, 0)
    if sort is not None:
        if not isinstance(sort, list):
            raise MethodError("invalidArguments", "sort must be Comparator[]|null")
        if len(sort) > 16:
            raise MethodError("unsupportedSort", "more than 16 comparators")
        query.order = tuple(_order(call, query, comparator) for comparator in sort)
    return query


def stated(call: Call[Any], filter_: JSON) -> Filter:
    """What a filter says, for whoever does not ask which objects meet it: none is read. Raises as `asked` does."""
    return _Reading(call, Asked(), _untested).filter(filter_, 0) if filter_ is not None else Everything()


_Deciding: TypeAlias = Callable[[Call[Any], Callable[[Any, Any], bool], Filter, JSON], Among]


class _Reading:
    """One filter being read, with its conditions counted."""

    def __init__(self, call: Call[Any], query: Asked, decide: _Deciding) -> None:
        self._call = call
        self._query = query
        self._decide = decide
        self._count = 0
        self._tests = 0

    def filter(self, value: JSON, depth: int) -> Filter:
        limits = self._call.context.limits
        self._count += 1
        if depth > limits.filter_depth or self._count > limits.filter_conditions:
            raise MethodError("unsupportedFilter", "the filter is too deep or has too many conditions")
        if not isinstance(value, dict):
            raise MethodError("invalidArguments", "a filter is an object")
        if "operator" in value:
            return self._operator(value, depth)
        parts = [self._condition(name, operand) for name, operand in value.items()]
        return _all_of(parts)

    def _operator(self, value: Mapping[str, JSON], depth: int) -> Filter:
        conditions = value.get("conditions")
        if not isinstance(conditions, list) or len(value) != 2:
            raise MethodError("invalidArguments", "a FilterOperator has an operator and a list of conditions")
        operator = value["operator"]
        if operator not in ("AND", "OR", "NOT"):
            raise MethodError("invalidArguments", "operator must be AND, OR or NOT")
        parts = tuple(self.filter(condition, depth + 1) for condition in conditions)
        if operator == "AND":
            return _all_of(parts)
        return AnyOf(parts) if operator == "OR" else Not(AnyOf(parts))

    def _condition(self, name: str, operand: JSON) -> Filter:
        condition = self._call.kind.conditions.get(name)
        if condition is None:
            raise MethodError("unsupportedFilter", f"{self._call.kind.name} has no filter {name[:64]!r}")
        if not condition.kind.holds(operand):
            raise MethodError("invalidArguments", f"{name} must be {condition.kind.name}")
        self._query.widen(condition.reach)
        narrow = condition.narrow(operand)
        doubt = condition.doubtful(operand) if condition.doubtful is not None else narrow
        if condition.test is None or doubt is None:
            return narrow
        self._tests += 1
        if self._tests > _MAX_TESTS:
            raise MethodError("unsupportedFilter", f"{name} more than {_MAX_TESTS} times")
        found = self._decide(self._call, condition.test, doubt, operand)
        if condition.doubtful is None:
            return found
        return AnyOf((narrow, found)) if found.numbers else narrow


def _all_of(parts: Iterable[Filter]) -> Filter:
    """All of them, on one level, where stores look for the one to begin with."""
    level = [one for part in parts for one in (part.conditions if isinstance(part, AllOf) else (part,))]
    return level[0] if len(level) == 1 else AllOf(tuple(level))


def _tested(call: Call[Any], test: Callable[[Any, Any], bool], narrow: Filter, operand: JSON) -> Among:
    """The objects that a condition's own predicate is true of."""
    found = []
    numbers = call.unit.page(call.kind.table, Select(narrow), 0, _MANY)
    for at in range(0, len(numbers), _PAGE):
        call.context.look(len(numbers[at : at + _PAGE]))
        for stored in call.unit.get_apart(call.kind.table, numbers[at : at + _PAGE]):
            seen = Seen(call, stored.number, stored.document, stored.apart)
            if test(seen, operand):
                found.append(stored.number)
    return Among(tuple(found))


def _untested(_call: Call[Any], _test: Callable[[Any, Any], bool], _narrow: Filter, _operand: JSON) -> Among:
    return Among(())


_MANY = 2**31

# A client in use, jmapc 0.4, sends these arguments of /query in each Comparator as well; so they mean nothing.
_BORNE = (("anchorOffset", 0), ("calculateTotal", False), ("position", 0))


def _order(call: Call[Any], query: Asked, value: JSON) -> Order:
    if not isinstance(value, dict):
        raise MethodError("invalidArguments", "a Comparator is an object")
    rest = {name: one for name, one in value.items() if (name, one) not in _BORNE}
    name, ascending = rest.pop("property", None), rest.pop("isAscending", True)
    collation = rest.pop("collation", None)
    if not isinstance(name, str) or not isinstance(ascending, bool):
        raise MethodError("invalidArguments", "a Comparator has a property, and isAscending is a Boolean")
    if collation is not None and not isinstance(collation, str):
        raise MethodError("invalidArguments", "collation must be a String")
    comparator = call.kind.comparators.get(name)
    if comparator is None:
        raise MethodError("unsupportedSort", f"{call.kind.name} cannot be sorted by {name[:64]!r}")
    if collation is not None and collation not in COLLATIONS:
        raise MethodError("unsupportedSort", f"no collation {collation[:64]!r}")
    operand = None
    if comparator.argument is not None:
        argument, kind = comparator.argument
        operand = rest.pop(argument, None)
        if not kind.holds(operand):
            raise MethodError("invalidArguments", f"to sort by {name}, {argument} must be {kind.name}")
    if rest:
        raise MethodError("invalidArguments", f"a Comparator has no {next(iter(rest))[:64]!r}")
    query.widen(comparator.reach)
    query.is_fixed &= comparator.is_fixed
    order = comparator.collations.get(collation or DEFAULT) or comparator.order(operand)
    return Order(order, descending=not ascending)
