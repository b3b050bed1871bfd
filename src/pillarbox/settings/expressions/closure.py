"""Code, as closures: what a node of the tree does in one evaluation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar, cast

from pillarbox.settings.expressions.error import EvaluationError
from pillarbox.settings.expressions.function import Function
from pillarbox.settings.expressions.lookup import Lists
from pillarbox.settings.expressions.pattern import Pattern
from pillarbox.settings.expressions.run import Run, is_large, weight
from pillarbox.settings.expressions.value import Value, array_of, integer_of, text_of

__all__ = [
    "Code",
    "Constant",
    "application",
    "array",
    "capture",
    "chain",
    "choice",
    "comparison",
    "conjunction",
    "disjunction",
    "element",
    "folded",
    "look_up",
    "match",
]

V = TypeVar("V")

Code: TypeAlias = Callable[[Run[V]], Value]
"""Gives the value for one evaluation; raises EvaluationError."""

Operation: TypeAlias = Callable[[Value, Value], Value]


@dataclass(frozen=True, slots=True)
class Constant:
    """Code that gives the same value always."""

    value: Value

    def __call__(self, run: Run[V]) -> Value:
        """The value, at no cost."""
        del run
        return self.value


def capture(number: int) -> Code[V]:
    """What the last pattern captured under the number; empty if there was no such group."""

    def code(run: Run[V]) -> Value:
        return run.captures[number] if number < len(run.captures) else ""

    return code


def array(elements: Sequence[Code[V]]) -> Code[V]:
    """All of them, as one value."""
    return lambda run: run.made(tuple([element(run) for element in elements]))


def element(base: Code[V], indexes: Sequence[Code[V]]) -> Code[V]:
    """The element at a place, and if there are more indexes, the element of that; empty where there is none."""

    def code(run: Run[V]) -> Value:
        value = base(run)
        for index in indexes:
            elements, place = array_of(value), integer_of(index(run))
            value = elements[place] if place is not None and 0 <= place < len(elements) else ""
        return value

    return code


def disjunction(operands: Sequence[Code[V]]) -> Code[V]:
    """1 at the first that is true, without a look at those after it; else 0."""

    def code(run: Run[V]) -> Value:
        for operand in operands:
            if operand(run):
                return 1
        return 0

    return code


def conjunction(operands: Sequence[Code[V]]) -> Code[V]:
    """0 at the first that is not true, without a look at those after it; else 1."""

    def code(run: Run[V]) -> Value:
        for operand in operands:
            if not operand(run):
                return 0
        return 1

    return code


def comparison(operate: Operation, one: Code[V], other: Code[V]) -> Code[V]:
    """The truth of what is between two operands."""

    def code(run: Run[V]) -> Value:
        left, right = one(run), other(run)
        if isinstance(left, tuple):
            run.spend(weight(left))
        return operate(left, right)

    return code


def chain(first: Code[V], rest: Sequence[tuple[Operation, Code[V]]]) -> Code[V]:
    """The first operand, and what each operator makes of what there is and the next one."""

    def code(run: Run[V]) -> Value:
        value = first(run)
        for operate, operand in rest:
            right = operand(run)
            if isinstance(value, tuple) or isinstance(right, tuple):
                run.spend(weight(value) + weight(right))
            value = operate(value, right)
            if is_large(value):
                run.made(value)
        return value

    return code


def choice(condition: Code[V], then: Code[V], otherwise: Code[V]) -> Code[V]:
    """One of two, of which the other is not looked at."""
    return lambda run: then(run) if condition(run) else otherwise(run)


def application(function: Function, arguments: Sequence[Code[V]]) -> Code[V]:
    """What the function makes of as many arguments as it takes."""
    apply, cost = function.apply, function.cost

    def several(run: Run[V]) -> Value:
        values = [argument(run) for argument in arguments]
        if any(map(is_large, values)):
            run.spend(cost(values))
        made = apply(*values)
        return run.made(made) if is_large(made) else made

    if function.arity != 2:
        return several
    one, other = arguments

    def two(run: Run[V]) -> Value:
        # As above; most calls are of this kind.
        left, right = one(run), other(run)
        if is_large(left) or is_large(right):
            run.spend(cost((left, right)))
        made = apply(left, right)
        return run.made(made) if is_large(made) else made

    return two


def match(pattern: Pattern, subject: Code[V]) -> Code[V]:
    """Whether the pattern is found; what it captures is there for the rest of the evaluation."""

    def code(run: Run[V]) -> Value:
        text = text_of(subject(run))
        run.spend(pattern.weight(text))
        captures = pattern.captures(text)
        run.captures = captures or ()
        return int(captures is not None)

    return code


def look_up(lists: Lists, named: Code[V], key: Code[V], told: Callable[[Value | None], Value]) -> Code[V]:
    """What is told of what a list has under a key; a list that there is not has nothing."""

    def code(run: Run[V]) -> Value:
        found = lists.get(text_of(named(run)))
        if found is None:
            return told(None)
        wanted = text_of(key(run))
        run.spend(found.weight(wanted))
        return told(found.find(wanted))

    return code


def folded(code: Code[V], operands: Iterable[Code[V]]) -> Code[V]:
    """The value that the code has always, if all that it works with is constant."""
    if not all(isinstance(operand, Constant) for operand in operands):
        return code
    try:
        # There are no variables in it to be read.
        return Constant(code(Run(cast("V", None))))
    except EvaluationError:
        return code
