"""No expression takes long or much, whatever it is and whatever it is given."""

import time
from collections.abc import Mapping

import pytest
from tests.unit.settings.expressions.conftest import Evaluate, context, program

from pillarbox.settings.expressions import LONGEST_TEXT, MOST_ELEMENTS, EvaluationError, Program, Value, compiled
from pillarbox.settings.expressions.closure import Constant

DOUBLED = " && ".join(["matches('(?s).*', $0 + $0 + url)"] * 200)


@pytest.mark.parametrize(
    "text",
    [
        # Each pattern captures twice what the one before it has captured.
        DOUBLED,
        # Programs of thousands of instructions, for each octet.
        "matches('(x|[^y]{200})*?y', url)",
        # Each element beside each other.
        "is_intersect(split(url, 'a'), split(url, 'b'))",
        "split(url, 'a')",
        " + ".join(["url"] * 10),
        "[" + ",".join(["$1"] * 20_000) + "]",
        "0 || " + " || ".join(["is_uppercase(url + '\u6f22') && 0"] * 500),
        "0 || " + " || ".join(["sort(split(substring(url, 0, 15000), 'a'), 1) && 0"] * 100),
        "0 || " + " || ".join(["split(substring(url, 0, 15000), 'a') - 'x' == 5"] * 100),
    ],
)
def test_what_would_take_too_long_or_too_much_is_ended(text: str) -> None:
    """Ours: loops, explosions and backtracking have an end."""
    url = "a" * 60_000
    begun = time.process_time()

    with pytest.raises(EvaluationError, match=r"more than|longer than"):
        program(text, {"url": url}).value({"url": url})

    # It takes a hundredth of it; what is excluded is minutes.
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a?){50}a{50}b"]
)
def test_patterns_that_backtrack_elsewhere_take_linear_time(pattern: str) -> None:
    """Ours: patterns never go back."""
    url = "a" * 20_000
    begun = time.process_time()

    assert program(f"matches('{pattern}', url + '!')", {"url": url}).value({"url": url}) == 0

    assert time.process_time() - begun < 5


def test_a_text_may_be_as_long_as_said(value: Evaluate) -> None:
    """docs/reference/expressions.md, "Bounds"."""
    assert len(str(value("a + ''", a="x" * LONGEST_TEXT))) == LONGEST_TEXT
    with pytest.raises(EvaluationError, match="longer than 262144"):
        value("a + 'x'", a="x" * LONGEST_TEXT)


def test_an_array_may_be_as_long_as_said(value: Evaluate) -> None:
    """docs/reference/expressions.md, "Bounds"."""
    full = ("x",) * MOST_ELEMENTS

    assert value("a + []", a=full) == full
    with pytest.raises(EvaluationError, match="an array of more than 16384"):
        value("a + 1", a=full)


def test_the_log_is_told_nothing_of_the_request() -> None:
    """House style 3.5: what is formatted leaks."""
    with pytest.raises(EvaluationError) as raised:
        program("split(url, 's')", {"url": ""}).value({"url": "secrets" * 20_000})

    assert "secret" not in str(raised.value)


def test_what_is_constant_is_worked_out_once() -> None:
    """Ours: at the start, and not for each request."""
    code = compiled("to_uppercase('a' + key_get('default', 'hostname'))[0] + if_then(!1, 5, [-2][0])", context())

    assert code == Constant("AMAIL.EXAMPLE.ORG-2")


def test_a_constant_that_is_too_large_fails_when_it_is_evaluated() -> None:
    """Ours: an expression that can be read is no error when it is read."""
    text = "[" + ", ".join(["1"] * (MOST_ELEMENTS + 1)) + "]"
    read: Program[Mapping[str, Value]] = Program((), compiled(text, context()))

    with pytest.raises(EvaluationError):
        read.value({})
