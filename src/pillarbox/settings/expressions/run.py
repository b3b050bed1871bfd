"""One evaluation: its variables, what the last pattern captured, and what is left of its budget.

A step is what takes about ten nanoseconds. An expression has no loops, so that its length bounds what it does, but
for what it does with long texts and arrays: that is counted before it is begun. Captures can double a text with each
pattern, so that the size of values is bounded too.
"""

from typing import Generic, TypeVar

from pillarbox.settings.expressions.error import EvaluationError
from pillarbox.settings.expressions.value import Value

__all__ = ["LONGEST_TEXT", "MOST_ELEMENTS", "MOST_STEPS", "Run", "is_large", "weight"]

V = TypeVar("V")

MOST_STEPS = 1_000_000
"""Of one evaluation."""

LONGEST_TEXT = 256 * 1024
"""Code points of one value; headers and URLs are a quarter of it at most."""

MOST_ELEMENTS = 16 * 1024
"""Of one array."""


class Run(Generic[V]):
    """What changes while one expression is evaluated."""

    __slots__ = ("captures", "left", "variables")

    def __init__(self, variables: V) -> None:
        self.variables = variables
        self.captures: tuple[str, ...] = ()
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Takes so many steps from what is left; raises EvaluationError if it is not enough."""
        self.left -= steps
        if self.left < 0:
            raise EvaluationError(f"the expression takes more than {MOST_STEPS} steps for this request")

    def made(self, value: Value) -> Value:
        """The value, if it is not too large to go on with; else raises EvaluationError."""
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                raise EvaluationError(f"the expression makes a text longer than {LONGEST_TEXT} for this request")
            self.spend(1 + (len(value) >> 4))
        elif isinstance(value, tuple):
            if len(value) > MOST_ELEMENTS:
                raise EvaluationError(f"the expression makes an array of more than {MOST_ELEMENTS} for this request")
            self.spend(1 + len(value))
        return value


_SMALL = 256


def is_large(value: Value) -> bool:
    """Whether its size is worth counting: the length of an expression bounds all that is done with other values."""
    if isinstance(value, str):
        return len(value) > _SMALL
    return isinstance(value, tuple)


def weight(value: Value) -> int:
    """The steps that it takes to look through a value once."""
    if isinstance(value, str):
        return 4 + (len(value) >> 4)
    if isinstance(value, tuple):
        return 4 + sum(map(weight, value))
    return 4
