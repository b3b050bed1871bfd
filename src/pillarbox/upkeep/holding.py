"""Blobs and the objects that hold them: documents say who holds what, and everything else has to agree.

A type's declaration says which blobs its documents hold; nothing here knows a type by name.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

import orjson

from pillarbox.objects import DataType, Registry
from pillarbox.store import Document, Held, Unit, Writing

__all__ = ["blobs", "concerned", "hold_again", "holding_problems", "lost"]

_PAGE = 1000
_TOLD = 10
"""Objects named in one line; of more it is said how many."""


def holding_problems(unit: Unit, registry: Registry) -> Iterator[str]:
    """Blobs that are said to be held by more or fewer objects than refer to them, and objects whose blob is gone."""
    expected = _expected(unit, registry)
    for held in blobs(unit):
        wanted = expected.pop(held.blob.number, 0)
        if held.holders != wanted:
            yield f"blob {held.blob.number} is said to be held {_times(held.holders)}, but it is {_times(wanted)}"
    if expected:
        named = concerned(unit, registry, expected)
        for number in sorted(expected):
            yield f"blob {number} is gone; it was that of {named[number]}"


def hold_again(unit: Writing, registry: Registry, expires: int) -> tuple[int, int]:
    """Makes every blob held by as many objects as refer to it; of how many that was not so, and how many are nobody's.

    What nobody holds may be collected after `expires`.
    """
    expected = _expected(unit, registry)
    wrong = [held.blob.number for held in blobs(unit) if held.holders != expected[held.blob.number]]
    for number in wrong:
        unit.set_holders(number, expected[number], expires)
    return len(wrong), sum(not expected[number] for number in wrong)


def lost(unit: Unit, registry: Registry) -> bool:
    """Whether objects refer to blobs that are gone."""
    return bool(_expected(unit, registry).keys() - {held.blob.number for held in blobs(unit)})


def blobs(unit: Unit, after: int = -1) -> Iterator[Held]:
    """All blobs from a number on, ascending."""
    while page := unit.blobs(after, _PAGE):
        yield from page
        after = page[-1].blob.number


def concerned(unit: Unit, registry: Registry, numbers: Collection[int]) -> dict[int, str]:
    """Whose these blobs are, in words."""
    holders: dict[int, list[str]] = {number: [] for number in numbers}
    for kind, object_number, held in _holdings(unit, registry):
        for number in held:
            if number in holders:
                holders[number].append(f"{kind.name} {kind.id(object_number)}")
    return {number: _listed(names) for number, names in holders.items()}


def _expected(unit: Unit, registry: Registry) -> Counter[int]:
    expected: Counter[int] = Counter()
    for _, _, held in _holdings(unit, registry):
        expected.update(held)
    return expected


def _holdings(unit: Unit, registry: Registry) -> Iterator[tuple[DataType[Any], int, Collection[int]]]:
    for kind in registry:
        if kind.holds is not None:
            for number, held in _of_type(unit, kind, kind.holds):
                yield kind, number, held


def _of_type(
    unit: Unit, kind: DataType[Any], holds: Callable[[Document], Collection[int]]
) -> Iterator[tuple[int, Collection[int]]]:
    numbers = unit.numbers(kind.table, 2**31)
    for at in range(0, len(numbers), _PAGE):
        for stored in unit.get(kind.table, numbers[at : at + _PAGE]):
            yield stored.number, holds(orjson.loads(stored.document))


def _times(holders: int) -> str:
    return "by 1 object" if holders == 1 else f"by {holders} objects"


def _listed(names: list[str]) -> str:
    if not names:
        return "no object"
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")
