"""Expressions that belong together: one alone, or conditions and what follows from each."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from pillarbox.settings.expressions.closure import Code, Constant
from pillarbox.settings.expressions.run import Run
from pillarbox.settings.expressions.value import Value, truth

__all__ = ["Program"]

V = TypeVar("V")


class Program(Generic[V]):
    """The value of the first branch whose condition is true, or else the other one.

    All of it is one evaluation: what a condition captured is there in what follows from it and in further conditions,
    until the next pattern.
    """

    __slots__ = ("_branches", "_otherwise")

    def __init__(self, branches: Sequence[tuple[Code[V], Code[V]]], otherwise: Code[V]) -> None:
        self._branches = tuple(branches)
        self._otherwise = otherwise

    @property
    def constant(self) -> Value | None:
        """The value, if it is the same for all variables; else None."""
        otherwise = self._otherwise
        return otherwise.value if isinstance(otherwise, Constant) and not self._branches else None

    @property
    def constants(self) -> tuple[Value, ...]:
        """Every value it may have that is known beforehand."""
        codes = (*(then for _, then in self._branches), self._otherwise)
        return tuple(code.value for code in codes if isinstance(code, Constant))

    def value(self, variables: V) -> Value:
        """The value for these variables; raises EvaluationError."""
        run = Run(variables)
        for condition, then in self._branches:
            if truth(condition(run)):
                return then(run)
        return self._otherwise(run)
