"""Comments in structured fields."""

import pytest

from pillarbox.wire.message.comment import comment_end, unpaired, without_comments


@pytest.mark.parametrize(
    ("text", "end"),
    [("(a)", 3), ("(a(b)c) d", 7), (r"(a\)b)", 6), ("(a", -1), ("((a)", -1), ("(a\\", -1)],
)
def test_a_comment_ends_with_its_own_parenthesis(text: str, end: int) -> None:
    """RFC 5322 section 3.2.2: comments nest, quoted-pairs do not count."""
    assert comment_end(text, 0) == end


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a", "a"),
        ("a (b) c", "a   c"),
        ('"(a)" (b)', '"(a)"  '),
        ('"(a) (b)', '"   '),
        ("a (b", "a (b"),
    ],
)
def test_comments_are_white_space(text: str, kept: str) -> None:
    """RFC 5322 section 3.2.2: but not in quoted strings; what is never closed is text."""
    assert without_comments(text) == kept


def test_quoted_pairs_are_decoded() -> None:
    """RFC 5322 section 3.2.1."""
    assert unpaired(r"a\"b\\c") == 'a"b\\c'
    assert unpaired("a") == "a"


def test_what_is_never_closed_takes_linear_time() -> None:
    """Ours."""
    assert without_comments('\\"' * 500_000 + "(a)") == '\\"' * 500_000 + " "
    assert without_comments("(" * 500_000) == "(" * 500_000
