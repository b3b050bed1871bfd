"""Values: what each conversion, comparison and operator gives."""

import math

import pytest
from tests.unit.settings.expressions.conftest import Evaluate

from pillarbox.settings.expressions import Value, integer_of, text_of, truth
from pillarbox.settings.expressions.value import MOST, array_of, compare, equal, finite, number_in, number_of


@pytest.mark.parametrize("value", [1, -1, 0.5, "a", "0", "false", ("",)])
def test_what_is_true(value: Value) -> None:
    """The settings reference, section 8."""
    assert truth(value)


@pytest.mark.parametrize("value", [0, 0.0, "", ()])
def test_what_is_not_true(value: Value) -> None:
    """The settings reference, section 8."""
    assert not truth(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        (-5, "-5"),
        (2.0, "2"),
        (3.5, "3.5"),
        (1e22, "1" + "0" * 22),
        (1.5e-7, "0.00000015"),
        (("a", 1, ("b",), 2.5), "a\r\n1\r\n2.5"),
        ((), ""),
    ],
)
def test_a_value_as_text(value: Value, expected: str) -> None:
    """The settings reference, section 8."""
    assert text_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (-2.9, -2), ("17", 17), ("-17", -17), ("1.5", None), ("a", None), ("", None), ((1,), None), (1e300, MOST)],
)
def test_a_value_as_an_integer(value: Value, expected: int | None) -> None:
    """The settings reference, section 8."""
    assert integer_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (2.5, 2.5), ("17", 17), ("2.5", 2.5), ("a", 0), ("", 0), ((), 1), (("a",), 0)],
)
def test_a_value_as_a_number(value: Value, expected: float) -> None:
    """The settings reference, section 8, "(sic)"."""
    assert number_of(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("", ()), ("a", ("a",)), (0, (0,)), ((1,), (1,))])
def test_a_value_as_an_array(value: Value, expected: Value) -> None:
    """The settings reference, section 8: integers are never empty."""
    assert array_of(value) == expected


@pytest.mark.parametrize("text", ["", "a", "1e5", "inf", "nan", "1.", ".5", "0x10", "1_000", " 1", "١", "1" * 401])
def test_what_is_no_number(text: str) -> None:
    """The settings reference, section 2: decimal digits."""
    assert number_in(text) is None


def test_numbers_beyond_64_bits_are_floats() -> None:
    """Ours."""
    assert number_in("9223372036854775807") == MOST
    assert number_in("9223372036854775808") == 2.0**63
    assert number_in("9" * 400) == finite(math.inf)


def test_every_float_is_a_number_with_an_end() -> None:
    """Ours: so nothing has to ask whether one is."""
    assert finite(math.inf) == -finite(-math.inf) > 1e308
    assert finite(math.nan) == 0.0


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 1.0), ("1", 1), (1.5, "1.5"), ("a", "a"), ((1, "a"), (1.0, "a")), ((), ()), (((1,),), (("1",),))],
)
def test_what_is_equal(left: Value, right: Value) -> None:
    """The settings reference, section 8."""
    assert equal(left, right)
    assert compare(left, right) == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [("abc", 0), ("", 0), (0, "0x"), ("1", "1.0"), ((1,), 1), (1, (1,)), ("a", ("a",)), ((1,), (1, 2))],
)
def test_what_is_not_equal(left: Value, right: Value) -> None:
    """The settings reference, section 8, and its defect: a text that is no number is not 0."""
    assert not equal(left, right)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (1, 2),
        (1, 1.5),
        ("9", 10),
        (9, "10"),
        ("10", "9"),
        ("a", "b"),
        ("Z", "a"),
        ((1, 2), (1, 3)),
        ((1,), (1, 0)),
        ("zzz", ()),
        (10, (1,)),
    ],
)
def test_what_is_less(value: Evaluate, less: Value, more: Value) -> None:
    """The settings reference, section 8."""
    for text in ("a < b", "a <= b", "b > a", "b >= a", "a != b"):
        assert value(text, a=less, b=more) == 1
    for text in ("b < a", "b <= a", "a > b", "a >= b", "a == b"):
        assert value(text, a=less, b=more) == 0


def test_a_text_that_is_no_number_is_neither_less_nor_more_than_one(value: Evaluate) -> None:
    """Ours, for the defect of the settings reference, section 8."""
    for operator in ("<", "<=", ">", ">=", "=="):
        assert value(f"a {operator} 5", a="abc") == 0
    assert value("['a'] < [1]") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9223372036854775807 + 1", MOST),
        ("-9223372036854775807 - 5", -(2**63)),
        ("9223372036854775807 * 2", MOST),
        ("-(-9223372036854775807 - 1)", MOST),
        ("1 + 0.5", 1.5),
        ("2 * 'x'", 0),
        ("'6' / '4'", 1.5),
        ("'6' * '7'", 42),
        ("[1] + [2]", (1, 2)),
        ("1 + [2]", (1, 2)),
        ("[] + ''", ()),
        ("'' + [1]", (1,)),
        ("'' + ''", ""),
        ("'a' + 'b'", "ab"),
        ("0.5 + 'a'", "0.5a"),
        ("'a' - ['a', 'b']", ("b",)),
        ("[1, 2, 1] - 1", (2,)),
        ("[[1], 2] - [1]", (2,)),
        ("'3' - 1", 2),
        ("1.5 - 1", 0.5),
        ("-1.5", -1.5),
        ("-[]", -1),
        ("[1] ^ 0", 1),
        ("0 && missing", 0),
        ("1 || missing", 1),
    ],
)
def test_what_an_operator_gives(value: Evaluate, text: str, expected: Value) -> None:
    """The settings reference, section 9."""
    found = value(text, missing="")

    assert (found, type(found)) == (expected, type(expected))
