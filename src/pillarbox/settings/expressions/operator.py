"""Operators between values, and before one. All are defined for all values; a truth is 1 or 0."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pillarbox.settings.expressions.value import Value, compare, equal, finite, number_of, saturated, text_of, truth

__all__ = ["BEFORE", "BETWEEN", "COMPARISONS"]


def _plus(left: Value, right: Value) -> Value:
    """Beside the empty text, the other side as it is: so what is missing adds nothing."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if left == "":
        return right
    if right == "":
        return left
    match left, right:
        case (int(), int()):
            return saturated(left + right)
        case (int() | float(), int() | float()):
            return finite(left + right)
        case (tuple(), tuple()):
            return (*left, *right)
        case (tuple(), _):
            return (*left, right)
        case (_, tuple()):
            return (left, *right)
    return text_of(left) + text_of(right)


def _minus(left: Value, right: Value) -> Value:
    """Without the elements that are equal to the other side, where one side is an array."""
    if isinstance(left, tuple):
        return tuple([element for element in left if not equal(element, right)])
    if isinstance(right, tuple):
        return tuple([element for element in right if not equal(element, left)])
    return _narrow(number_of(left) - number_of(right))


def _times(left: Value, right: Value) -> Value:
    return _narrow(number_of(left) * number_of(right))


def _divided(left: Value, right: Value) -> Value:
    divisor = number_of(right)
    return finite(number_of(left) / divisor) if divisor else 0.0


def _narrow(number: int | float) -> int | float:
    return saturated(number) if isinstance(number, int) else finite(number)


def _is_less(left: Value, right: Value) -> int:
    order = compare(left, right)
    return int(order is not None and order < 0)


def _is_more(left: Value, right: Value) -> int:
    order = compare(left, right)
    return int(order is not None and order > 0)


def _is_at_most(left: Value, right: Value) -> int:
    order = compare(left, right)
    return int(order is not None and order <= 0)


def _is_at_least(left: Value, right: Value) -> int:
    order = compare(left, right)
    return int(order is not None and order >= 0)


BETWEEN: Mapping[str, Callable[[Value, Value], Value]] = MappingProxyType(
    {
        "+": _plus,
        "-": _minus,
        "*": _times,
        "/": _divided,
        "^": lambda left, right: int(truth(left) != truth(right)),
        "==": lambda left, right: int(equal(left, right)),
        "!=": lambda left, right: int(not equal(left, right)),
        "<": _is_less,
        ">": _is_more,
        "<=": _is_at_most,
        ">=": _is_at_least,
    }
)
"""All but `&&` and `||`, whose right side is not always looked at."""

COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})
"""Those that give a truth, and look at no more of two arrays than the left one has."""

BEFORE: Mapping[str, Callable[[Value], Value]] = MappingProxyType(
    {
        "!": lambda value: int(not truth(value)),
        "-": lambda value: _narrow(-number_of(value)),
    }
)
