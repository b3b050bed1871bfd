"""What a shape takes is what its schema says to others, as a validator that is none of ours reads it."""

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pillarbox.management.shape import (
    CONFIRMED,
    FLAG,
    INSTANT,
    NULL,
    Choice,
    Fields,
    Integer,
    ListOf,
    Map,
    Nullable,
    OneOf,
    Several,
    Shape,
    Text,
)

SHAPES: tuple[Shape, ...] = (
    Text(longest=3),
    Text(longest=3, least=1, has_lines=True),
    Text(pattern="[a-z]+(-[0-9]{1,3})?"),
    Choice(("set", "addItem")),
    Several(("a", "abc", "set"), longest=9),
    OneOf((INSTANT, Choice(("set",)))),
    Integer(-3, 7),
    FLAG,
    CONFIRMED,
    NULL,
    Nullable(Text(longest=2)),
    OneOf((FLAG, Integer(0, 2))),
    ListOf(Integer(0, 2), most=2, least=1),
    Map(FLAG, names=Text(longest=2)),
    Fields({"a": FLAG, "b": Integer(0, 2)}, required=("a",)),
    Fields({"a": FLAG}, open=True),
    INSTANT,
)

characters = some.sampled_from("a, é𝄞-0\x00\x1f\n\t\r\x7f\x85\u2028Z")
texts = some.text(characters, max_size=5) | some.sampled_from(
    ["set", "abc-12", "true", " a ,,set", "a,b", "a b", "abc, set,a"]
)
instants = some.from_regex(r"(19|20)[0-9]{2}-[0-1][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
                         r"(Z|z|[+-][0-1][0-9]:[0-5][0-9]|)", fullmatch=True)  # fmt: skip
leaves = texts | instants | some.integers(-9, 9) | some.booleans() | some.none() | some.sampled_from([0.5, -1.5])
values = some.recursive(
    leaves,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["a", "b", "\x00", "abc"]), inner)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: re.sub(r"\W+", " ", repr(one))[:40])
@given(value=values)
def test_a_shape_takes_what_its_schema_says(shape: Shape, value: Any) -> None:
    """Issue 6: the document says what is accepted, no more and no less."""
    validator = jsonschema_rs.Draft202012Validator(shape.schema(), validate_formats=True)

    assert validator.is_valid(value) == (list(shape.faults(value)) == []), value


@pytest.mark.parametrize("year", ["0000", "0001", "9999"])
def test_a_time_that_is_no_time_in_utc_is_refused(year: str) -> None:
    """Ours: nothing that is computed from it overflows."""
    for at in (f"{year}-01-01T00:00:00+23:59", f"{year}-12-31T23:59:59-23:59"):
        told = list(INSTANT.faults(at))
        assert len(told) == (0 if (year, at[5:7]) in (("0001", "12"), ("9999", "01")) else 1), at
