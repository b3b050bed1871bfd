"""Which texts are expressions, and how those that are none are told."""

import pytest
from tests.unit.settings.expressions.conftest import Evaluate, context

from pillarbox.settings.expressions import LONGEST_EXPRESSION, ExpressionError, Value, compiled, parse, show
from pillarbox.settings.expressions.grammar import DEEPEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Each operator binds more tightly than the one before it.
        ("1 || 0 && 0", 1),
        ("0 && 1 ^ 1", 0),
        ("1 && 1 ^ 1", 0),
        ("1 ^ 0 == 1", 1),
        ("2 > 1 == 1", 1),
        ("1 + 1 > 1", 1),
        ("2 + 2 * 2", 6),
        ("-2 * -2", 4),
        ("-'3' + 1", -2),
        ("- -3", 3),
        ("!!'a'", 1),
        ("!-1", 0),
        ("-!1", 0),
        ("!'' && 1", 1),
        # From left to right.
        ("10 - 3 - 2", 5),
        ("16 / 4 / 2", 2.0),
        ("3 > 2 > 0", 1),
        ("1 - -1", 2),
        ("1--1", 2),
        # Indexes.
        ("[[1, 2], [3]][0][1]", 2),
        ("(['a'] + 'b')[1]", "b"),
        ("'abc'[0]", "abc"),
        ("[1][-1]", ""),
        ("[1]['x']", ""),
        ("['a', 'b']['1']", "b"),
        ("['a', 'b'][1.9]", "b"),
        ("[]", ()),
        # Blanks, and what may be written in two ways.
        ("\t1\r\n+\n1 ", 2),
        ("1=1", 1),
        ("1 =< 1", 1),
        ("1 => 2", 0),
        ("1 & 1", 1),
        ("0|1", 1),
        ("1 != 1", 0),
        # Numbers.
        ("1.50", 1.5),
        ("9223372036854775807", 2**63 - 1),
        ("007", 7),
        ("2H", 7_200_000),
        ("5m", 300_000),
        ("250ms", 250),
        ("true + true", 2),
        ("false", 0),
        # Texts.
        (r"'\n\r\t'", "\n\r\t"),
        (r"'\\'", "\\"),
        (r"'\.\x'", ".x"),
        (r"'\''", "'"),
        (r'"\"" + "\'"', "\"'"),
        ("'a\nb'", "a\nb"),
        ("relaxed", 1),
    ],
)
def test_what_a_text_means(value: Evaluate, text: str, expected: Value) -> None:
    """The settings reference, sections 6 and 7."""
    found = value(text)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 1, "a value is expected"),
        ("1 +", 4, "a value is expected"),
        ("1 2", 3, "an operator or the end"),
        ("(1", 3, "an operator or )"),
        ("[1", 3, "an operator, a comma or ]"),
        ("[1][0", 6, "an operator or ]"),
        ("trim('a'", 9, "an operator, a comma or )"),
        ("trim('a',)", 10, "a value is expected"),
        ("1 + )", 5, "a value is expected"),
        ("'abc", 1, "no closing quote"),
        ('1 + "abc\\"', 5, "no closing quote"),
        ("https://a.example", 6, "quotes of its own"),
        ("'a' }", 5, "no braces"),
        ("1 # 2", 3, "'#' means nothing"),
        ("1.", 2, "'.' means nothing"),
        ("12x", 1, "neither a number nor a duration"),
        ("1h30m", 1, "neither a number nor a duration"),
        ("1.5h", 1, "neither a number nor a duration"),
        ("9223372036854775808", 1, "too large"),
        ("99999999999999999999999999999d", 1, "too large"),
        ("200000000000d", 1, "too large"),
        ("1 + rcpt", 5, "no variable rcpt"),
        ("1 + methd", 5, "the nearest is method"),
        ("1 + trimm('a')", 5, "the nearest is trim"),
        ("nothing_like_it()", 1, "there are config_get, contains"),
        ("trim()", 1, "takes 1 argument, and here are 0"),
        ("starts_with('a')", 1, "takes 2 arguments, and here is 1"),
        ("if_then(1, 2)", 1, "takes 3 arguments, and here are 2"),
        ("key_get('default')", 1, "takes 2 arguments"),
        ("config_get()", 1, "takes 1 argument"),
        ("config_get(method)", 1, "takes a key in quotes"),
        ("config_get(1)", 1, "takes a key in quotes"),
        ("config_get('jmap.nothing')", 12, "nothing is written under jmap.nothing"),
        ("config_get('queue.relay.secret')", 12, "is a secret"),
        ("config_get('certificate.a.private-key')", 12, "is a secret"),
        ("key_get('nowhere', 'a')", 1, "there is no list 'nowhere'"),
        ("key_exists('', 'a')", 1, "there is no list ''"),
        ("matches(method, 'a')", 9, "the first argument of matches is a pattern"),
        ("matches('a')", 12, "matches takes 2 arguments"),
        ("matches('a', 'a', 'a')", 17, "an operator or )"),
        ("matches('(', 'a')", 1, "missing )"),
        ("matches('(?=a)', 'a')", 1, "the pattern is none"),
        (r"matches('(a)\\1', 'a') && matches('(a)\1', 'a')", 27, "the pattern is none"),
        (r"matches('(\pL{1,50}){1,3}', 'a')", 1, "too large"),
        ("matches('\ud800', 'a')", 1, "surrogate"),
        ("$TAG", 1, "the number of a group"),
        ("$100", 1, "the number of a group"),
        ("$", 1, "the number of a group"),
        ("key_set('a', 'b', 'c')", 1, "only reads"),
        ("counter_get('a', 'b')", 1, "waits for a store"),
        ("counter_incr('a', 'b', 1)", 1, "only reads"),
        ("sql_query('', 'SELECT 1', [])", 1, "waits for a database"),
        ("dns_query(method, 'ip')", 1, "waits for the DNS"),
        ("is_local_domain('', 'a')", 1, "waits for the directory"),
        ("is_local_address('', 'a')", 1, "waits for the directory"),
    ],
)
def test_what_is_no_expression_is_told_with_its_place(text: str, column: int, said: str) -> None:
    """The settings reference, sections 6, 7 and 11; house style 3.5: one exception, with a position."""
    with pytest.raises(ExpressionError) as raised:
        compiled(text, context("method"))

    assert said in raised.value.reason
    assert (raised.value.column, raised.value.position) == (column, column - 1)
    assert str(raised.value).startswith(f"at column {column}: ")


def test_in_several_lines_the_place_has_its_line() -> None:
    """Ours."""
    with pytest.raises(ExpressionError) as raised:
        parse("1 ||\n  2 ||\n  * 3")

    assert (raised.value.line, raised.value.column) == (3, 3)
    assert str(raised.value).startswith("at line 3, column 3: ")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "[" * 10_000,
        "!" * 10_000 + "1",
        "-" * 10_000 + "1",
        "trim(" * 10_000 + "'a'" + ")" * 10_000,
        "a[" * 10_000,
        "1 || 1 && 1 ^ 1 == 1 < 1 + 1 * (" * 2_000,
        "((" * DEEPEST,
    ],
)
def test_what_is_nested_too_deeply_is_no_expression(text: str) -> None:
    """Ours: input has bounds."""
    with pytest.raises(ExpressionError, match="more than 64"):
        parse(text)


def test_operators_that_bind_less_and_less_tightly_are_deep_too() -> None:
    """Ours: each makes the tree deeper by one, without a bracket."""
    text = "1"
    for _ in range(10):
        text = f"({text} * 1 + 1 < 1 == 1 ^ 1 && 1 || 1)"

    with pytest.raises(ExpressionError, match="more than 64"):
        parse(text)


def test_any_number_of_alternatives_is_not_deep(value: Evaluate) -> None:
    """Ours: a list of addresses, written out."""
    text = " || ".join(f"method == 'M{number}'" for number in range(2000))

    assert value(text, method="M1999") == 1
    assert value(text, method="GET") == 0
    assert value("method" + "[0]" * 2000, method="a") == "a"
    assert value(" + ".join(["1"] * 2000)) == 2000


def test_an_expression_has_an_end() -> None:
    """Ours: input has bounds."""
    with pytest.raises(ExpressionError, match="at most 65536 characters"):
        parse("1" + " " * LONGEST_EXPRESSION)


@pytest.mark.parametrize(
    "text",
    [
        "1 + 2 * 3 - a",
        "((1 + 2) + 3)",
        "!(a && -b) || [1, 'it\\'s', [2.0]][0][$1]",
        "(-a)[0] + (a[0])[1]",
        r"matches('^\\.\d\'$', trim(a)) ^ 'back\\slash'",
        'starts_with(a, "\'") == 90m',
    ],
)
def test_a_tree_can_be_written_again(text: str) -> None:
    """Ours."""
    tree = parse(text)

    assert parse(show(tree)) == tree
