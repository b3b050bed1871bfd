"""Expressions over variables that a test names."""

from collections.abc import Callable, Mapping

import pytest

from pillarbox.settings.expressions import Context, Program, Value, compiled, listed

LISTS = {
    "default": listed({"hostname": "mail.example.org"}),
    "blocked": listed({"198.51.100.*": "true", "192.0.2.1": "7", "a?c": "1.5", "*": "other", "[x]*": "no"}),
}

Evaluate = Callable[..., Value]


@pytest.fixture
def value() -> Evaluate:
    """The value of an expression, with the variables that are given besides."""

    def evaluate(text: str, **variables: Value) -> Value:
        return program(text, variables).value(variables)

    return evaluate


def program(text: str, variables: Mapping[str, Value]) -> Program[Mapping[str, Value]]:
    """An expression alone, which may name these variables."""
    return Program((), compiled(text, context(*variables)))


def context(*names: str) -> Context[Mapping[str, Value]]:
    """What tests may name: variables with these names, two lists and one setting."""
    return Context(
        {name: reader(name) for name in names},
        constants={"relaxed": 1},
        lists=LISTS,
        settings={"server.hostname": "mail.example.org"}.get,
    )


def reader(name: str) -> Callable[[Mapping[str, Value]], Value]:
    return lambda variables: variables[name]
