"""Values and how one kind becomes another: texts, 64-bit integers, floats, and arrays of values.

There are no booleans: a truth is 1 or 0. There is no lack of a value: what is missing is the empty text.
No float is infinite or not a number; what would be stops at the largest there is.
"""

import math
import re
import sys
from decimal import Decimal
from typing import TypeAlias, Union

__all__ = [
    "LEAST",
    "MOST",
    "Value",
    "array_of",
    "compare",
    "equal",
    "finite",
    "integer_of",
    "number_in",
    "number_of",
    "saturated",
    "text_of",
    "truth",
]

# A name that stands for itself has to be in quotes, and a union of a text is spelt so.
Value: TypeAlias = Union[str, int, float, "tuple[Value, ...]"]

LEAST, MOST = -(2**63), 2**63 - 1

_NUMBER = re.compile(r"([+-]?[0-9]+)(\.[0-9]+)?")

# The largest float has 309 digits; longer texts are not worth reading.
_LONGEST_NUMBER = 400


def truth(value: Value) -> bool:
    """Whether it counts as true: a number that is not 0, a text or an array that is not empty."""
    return bool(value)


def text_of(value: Value) -> str:
    """The value as text: numbers in decimal digits, an array's elements joined with CRLF, without arrays in it."""
    match value:
        case str():
            return value
        case int():
            return str(value)
        case float():
            return _decimal(value)
        case tuple():
            return "\r\n".join([text_of(element) for element in value if not isinstance(element, tuple)])


def integer_of(value: Value) -> int | None:
    """The value as an integer: a float without its fraction, a text that is one; else None."""
    match value:
        case int():
            return value
        case float():
            return saturated(int(value))
        case str():
            number = number_in(value)
            return number if isinstance(number, int) else None
        case tuple():
            return None


def number_of(value: Value) -> int | float:
    """The value as arithmetic takes it: a text that is no number is 0, an array 1 if it is empty, else 0."""
    match value:
        case int() | float():
            return value
        case str():
            number = number_in(value)
            return 0 if number is None else number
        case tuple():
            return int(not value)


def number_in(text: str) -> int | float | None:
    """The number that a text is, in decimal digits with perhaps a sign and a fraction; else None."""
    if len(text) > _LONGEST_NUMBER or not (found := _NUMBER.fullmatch(text)):
        return None
    if found[2] is None and LEAST <= (number := int(found[1])) <= MOST:
        return number
    return finite(float(text))


def array_of(value: Value) -> tuple[Value, ...]:
    """The value as an array: of itself alone if it is none, of nothing if it is the empty text."""
    if isinstance(value, tuple):
        return value
    return () if value == "" else (value,)


def equal(left: Value, right: Value) -> bool:
    """Whether `==` holds: numbers by value, a text with a number if it is that number, arrays element by element."""
    if isinstance(left, str):
        if isinstance(right, str):
            return left == right
        return not isinstance(right, tuple) and number_in(left) == right
    if isinstance(left, tuple):
        return isinstance(right, tuple) and len(left) == len(right) and all(map(equal, left, right))
    if isinstance(right, str):
        return number_in(right) == left
    return left == right


def compare(left: Value, right: Value) -> int | None:
    """Less than, equal to or more than 0 as left is to right; None where neither comes before the other.

    Texts go by code points; an array comes after whatever is none, and before a longer one that it begins.
    """
    match left, right:
        case (tuple(), tuple()):
            for one, other in zip(left, right, strict=False):
                if (order := compare(one, other)) != 0:
                    return order
            return len(left) - len(right)
        case (tuple(), _):
            return 1
        case (_, tuple()):
            return -1
        case (str(), str()):
            return (left > right) - (left < right)
    lesser, greater = _numeric(left), _numeric(right)
    if lesser is None or greater is None:
        return None
    return (lesser > greater) - (lesser < greater)


def saturated(number: int) -> int:
    """The nearest integer that has 64 bits."""
    return min(max(number, LEAST), MOST)


def finite(number: float) -> float:
    """The nearest float that is a number with an end; not a number is 0."""
    if math.isfinite(number):
        return number
    return 0.0 if math.isnan(number) else math.copysign(sys.float_info.max, number)


def _numeric(value: Value) -> int | float | None:
    if isinstance(value, str):
        return number_in(value)
    return value if isinstance(value, int | float) else None


def _decimal(number: float) -> str:
    """Digits without an exponent, and without a fraction of zero."""
    written = repr(number)
    if "e" in written:
        written = format(Decimal(written), "f")
    return written.removesuffix(".0")
