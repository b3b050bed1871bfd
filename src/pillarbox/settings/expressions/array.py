"""Functions of arrays, and of any value."""

from functools import cmp_to_key

from pillarbox.settings.expressions.value import Value, array_of, compare, equal, truth

__all__ = ["count", "dedup", "is_empty", "is_intersect", "is_number", "sort", "winnow"]


def count(value: Value) -> int:
    """How many elements; a text or a number is one, and the empty text none."""
    return len(array_of(value))


def sort(value: Value, is_descending: Value) -> Value:
    """The elements in order, the least first or the greatest: numbers, then texts, then arrays."""
    if not isinstance(value, tuple):
        return value
    return tuple(sorted(value, key=cmp_to_key(_order), reverse=truth(is_descending)))


def dedup(value: Value) -> Value:
    """The elements, each the first time; a number and a text are never the same here."""
    if not isinstance(value, tuple):
        return value
    seen: dict[tuple[object, ...], Value] = {}
    for element in value:
        seen.setdefault(_identity(element), element)
    return tuple(seen.values())


def winnow(value: Value) -> Value:
    """The elements that are not the empty text."""
    return tuple([element for element in value if element != ""]) if isinstance(value, tuple) else value


def is_intersect(left: Value, right: Value) -> int:
    """Whether two arrays have an element in common, or the array has the other as an element."""
    match left, right:
        case (tuple(), tuple()):
            return int(any(equal(one, other) for one in left for other in right))
        case (tuple(), _):
            return int(any(equal(element, right) for element in left))
        case (_, tuple()):
            return int(any(equal(element, left) for element in right))
    return 0


def is_empty(value: Value) -> int:
    """Whether it is the empty text or the empty array; no number is."""
    return int(value in ("", ()))


def is_number(value: Value) -> int:
    """Whether it is an integer or a float, and no text."""
    return int(isinstance(value, int | float))


def _rank(value: Value) -> int:
    return 0 if isinstance(value, int | float) else 1 if isinstance(value, str) else 2


def _order(left: Value, right: Value) -> int:
    # Of two elements, `compare` may say that neither comes first, or go in circles: '10' < '9' < 9 < '10'.
    if _rank(left) != _rank(right):
        return _rank(left) - _rank(right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        for one, other in zip(left, right, strict=False):
            if order := _order(one, other):
                return order
        return len(left) - len(right)
    return compare(left, right) or 0


def _identity(value: Value) -> tuple[object, ...]:
    inner = tuple(map(_identity, value)) if isinstance(value, tuple) else value
    return (_rank(value), inner)
