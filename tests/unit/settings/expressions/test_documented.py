"""docs/reference/expressions.md has every function and variable, and its examples give what it says."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.unit.settings.expressions.conftest import Evaluate

from pillarbox.settings import snapshot
from pillarbox.settings.expressions import FUNCTIONS, LONGEST_TEXT, MOST_ELEMENTS, MOST_STEPS, UNAVAILABLE
from pillarbox.settings.expressions.grammar import DEEPEST
from pillarbox.settings.expressions.token import LONGEST_EXPRESSION
from pillarbox.settings.flatten import flatten
from pillarbox.settings.request import HTTP_VARIABLES

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "expressions.md").read_text("utf-8")
CELL = r" `((?:[^`])+)` \|"
EXAMPLES = [
    (found[1].replace(r"\|", "|"), found[2])
    for found in re.finditer(rf"^\|(?: `[a-z_0-9]+\([^`]*\)` \| [^|]* \|)?{CELL}{CELL}$", PAGE, re.MULTILINE)
]
SPECIAL = {"matches", "if_then", "key_get", "key_exists", "config_get"}


@pytest.mark.parametrize(("example", "said"), EXAMPLES)
def test_an_example_gives_what_it_says(value: Evaluate, example: str, said: str) -> None:
    """House style: each example in the docs runs."""
    found, expected = value(example), value(said)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_a_configuration_is_right(block: str) -> None:
    """House style: each example in the docs runs."""
    pairs, misshapen = flatten(tomllib.loads(block))
    _, problems = snapshot(pairs)

    assert [*misshapen, *problems] == []


def test_every_function_is_documented_with_an_example() -> None:
    """House style: documentation is tested."""
    rows = {
        found[1] for found in re.finditer(rf"^\| `([a-z_0-9]+)\([^`]*\)` \| [^|]* \|{CELL}{CELL}$", PAGE, re.MULTILINE)
    }

    assert rows == {*FUNCTIONS, *SPECIAL}


def test_what_there_is_not_is_documented_too() -> None:
    """House style: documentation is tested."""
    assert all(f"`{name}`" in PAGE for name in UNAVAILABLE)


def test_every_variable_is_documented() -> None:
    """House style: documentation is tested."""
    chapter = PAGE.partition("## Variables of HTTP")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `([a-z_]+)` \|", chapter, re.MULTILINE)) == set(HTTP_VARIABLES)


def test_the_bounds_are_documented() -> None:
    """House style: documentation is tested."""
    chapter = PAGE.partition("## Bounds")[2].partition("\n## ")[0]

    for bound in (LONGEST_EXPRESSION, DEEPEST, LONGEST_TEXT, MOST_ELEMENTS, MOST_STEPS):
        assert re.search(rf"\b{bound}\b", chapter)
