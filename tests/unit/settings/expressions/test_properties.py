"""Whatever is written and whatever it is given: a value, or one of two errors."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.settings.expressions.conftest import context

from pillarbox.settings.expressions import (
    FUNCTIONS,
    EvaluationError,
    ExpressionError,
    Node,
    Program,
    Value,
    compiled,
    integer_of,
    parse,
    show,
    text_of,
)
from pillarbox.settings.expressions.grammar import PRECEDENCE
from pillarbox.settings.expressions.operator import BETWEEN
from pillarbox.settings.expressions.run import MOST_STEPS
from pillarbox.settings.expressions.tree import Array, Call, Capture, Chain, Index, Literal, Matches, Name, Unary
from pillarbox.settings.expressions.value import LEAST, MOST, array_of, compare, equal, number_in, number_of

VARIABLES = ("url", "headers", "port")

numbers = st.one_of(st.integers(LEAST, MOST), st.floats(allow_nan=False, allow_infinity=False))
scalars = st.one_of(st.text(max_size=20), st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,5})?", fullmatch=True), numbers)
values: st.SearchStrategy[Value] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=8
)

words = st.sampled_from(
    [*FUNCTIONS, *PRECEDENCE, *"()[],!=|&", *VARIABLES, "'a'", '"b"', "1", "2.5", "30s", "$1", "true", "matches(", "'("]
)
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=25).map(" ".join))

literals = st.one_of(
    st.integers(0, MOST).map(Literal),
    st.floats(0, 1e15, allow_nan=False).map(Literal),
    st.text(max_size=10).map(Literal),
    st.sampled_from(VARIABLES).map(Name),
    st.integers(0, 99).map(Capture),
)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, max_size=3).map(tuple)
    chains = [
        st.builds(
            Chain,
            inner,
            st.lists(
                st.tuples(st.sampled_from([o for o in PRECEDENCE if PRECEDENCE[o] == level]), inner),
                min_size=1,
                max_size=3,
            ).map(tuple),
        )
        for level in range(1, 8)
    ]
    return st.one_of(
        several.map(Array),
        st.builds(Index, inner, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Unary, st.sampled_from("!-"), inner),
        st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), several),
        st.builds(Matches, st.sampled_from(["^a", r"\.b\d", "it's", r"(a)|(\\)"]), inner),
        *chains,
    )


trees: st.SearchStrategy[Node] = st.recursive(literals, grown, max_leaves=12)


@given(texts, values, values, values)
def test_a_text_gives_a_value_or_an_error(text: str, url: Value, headers: Value, port: Value) -> None:
    given_values = {"url": url, "headers": headers, "port": port}
    try:
        found = Program((), compiled(text, context(*VARIABLES))).value(given_values)
    except ExpressionError as wrong:
        found = wrong.position
    except EvaluationError:
        return
    assert is_a_value(found)


@given(trees, values, values, values)
def test_a_tree_gives_a_value_or_an_error(tree: Node, url: Value, headers: Value, port: Value) -> None:
    given_values = {"url": url, "headers": headers, "port": port}
    try:
        found = Program((), compiled(show(tree), context(*VARIABLES))).value(given_values)
    except (ExpressionError, EvaluationError):
        return
    assert is_a_value(found)


@given(trees)
def test_a_tree_is_read_as_it_is_written(tree: Node) -> None:
    assert parse(show(tree)) == tree


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(values, min_size=3, max_size=3))
def test_a_function_is_defined_for_all_values(name: str, arguments: list[Value]) -> None:
    function = FUNCTIONS[name]
    few = arguments[: function.arity]

    assert is_a_value(function.apply(*few))
    assert 0 < function.cost(few) < MOST_STEPS


@given(st.sampled_from(sorted(BETWEEN)), values, values)
def test_an_operator_is_defined_for_all_values(operator: str, left: Value, right: Value) -> None:
    assert is_a_value(BETWEEN[operator](left, right))


@given(values, values)
def test_what_is_equal_is_neither_less_nor_more(left: Value, right: Value) -> None:
    order, other = compare(left, right), compare(right, left)

    assert equal(left, right) == equal(right, left) == (order == 0)
    assert (order is None) == (other is None)
    assert order is None or other is None or (order > 0) == (other < 0)


@given(values)
def test_conversions_are_defined_for_all_values(value: Value) -> None:
    assert is_a_value(text_of(value))
    assert is_a_value(number_of(value))
    assert is_a_value(array_of(value))
    assert LEAST <= (integer_of(value) or 0) <= MOST


@given(numbers)
def test_a_number_is_the_text_of_itself(number: float) -> None:
    # A whole one is an integer again, and more exact than a float.
    assert float(number_in(text_of(number)) or 0) == float(number)


def is_a_value(value: object) -> bool:
    """Whether it is one, within the bounds of its kind."""
    match value:
        case bool():
            return False
        case int():
            return LEAST <= value <= MOST
        case float():
            return abs(value) < float("inf")
        case tuple():
            return all(map(is_a_value, value))
    return isinstance(value, str)
