"""What a query means, said a second time and as plainly as possible: over a dict of notes, without any index."""

from collections.abc import Mapping
from typing import Any, assert_never

from pillarbox.store import (
    AllOf,
    Among,
    AnyOf,
    AtLeast,
    Below,
    Contains,
    Equal,
    Everything,
    Filter,
    InGroup,
    Member,
    MemberOutside,
    Not,
    Quantity,
    Select,
    Text,
)

__all__ = ["holds", "result"]

Notes = Mapping[int, Mapping[str, Any]]

_SETS = {"box": "boxes", "tag": "tags"}


def result(notes: Notes, select: Select) -> list[int]:
    """The numbers of the notes that are selected, in order."""
    numbers = sorted(number for number in notes if holds(notes, number, select.where))
    if select.order and select.order[-1].descending:
        numbers.reverse()
    for order in reversed(select.order):
        # Stable sorts, the least important first; equal ones keep their order even where it is reversed.
        numbers.sort(key=lambda number: _key(notes, number, order.by), reverse=order.descending)
    if not select.one_of_group:
        return numbers
    first: dict[int, int] = {}
    for number in numbers:
        first.setdefault(notes[number]["thread"], number)
    return list(first.values())


def holds(notes: Notes, number: int, condition: Filter) -> bool:  # noqa: C901, PLR0912 - one arm a word
    """Whether the condition is true of a note."""
    note = notes[number]
    match condition:
        case Everything():
            return True
        case AllOf(conditions=those):
            return all(holds(notes, number, one) for one in those)
        case AnyOf(conditions=those):
            return any(holds(notes, number, one) for one in those)
        case Not(condition=one):
            return not holds(notes, number, one)
        case Equal(column=column, value=value):
            return bool(note[column] == value)
        case Below(column=column, bound=bound):
            return note[column] is not None and note[column] < bound
        case AtLeast(column=column, bound=bound):
            return note[column] is not None and note[column] >= bound
        case Contains(column=column, part=part):
            return note[column] is not None and part in note[column]
        case Member(set=index, value=value):
            return value in note[_SETS[index]]
        case MemberOutside(set=index, values=values):
            return any(value not in values for value in note[_SETS[index]])
        case InGroup(quantity=quantity, set=index, value=value):
            thread = [other for other in notes.values() if other["thread"] == note["thread"]]
            having = (value in other[_SETS[index]] for other in thread)
            return all(having) if quantity is Quantity.ALL else any(having)
        case Text():
            raise NotImplementedError("the words of full text are tested by themselves")
        case Among(numbers=numbers):
            return number in numbers
        case _:
            assert_never(condition)


def _key(notes: Notes, number: int, by: str | tuple[str, ...] | Filter) -> Any:
    if not isinstance(by, (str, tuple)):
        return holds(notes, number, by)
    columns = (by,) if isinstance(by, str) else by
    value = next((notes[number][column] for column in columns if notes[number][column] is not None), None)
    # None first; then numbers by size, text by its octets.
    return (value is not None, value.encode() if isinstance(value, str) else value or 0)
