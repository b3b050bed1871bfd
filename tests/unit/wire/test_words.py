"""Words for full text; that they are found again is in `contracts/test_text.py`."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.words import MAX_PHRASES, indexable, is_open, phrases, placed


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("", ()),
        ("  ?! ", ()),
        ("Garden Plans", (("garden",), ("plans",))),
        ('"Garden Plans" shed', (("garden", "plans"), ("shed",))),
        ("'garden plans'", (("garden", "plans"),)),
        (r'"say \"hi\" now"', (("say", "hi", "now"),)),
        (r'"back\\slash"', (("back", "slash"),)),
        ("bob@far.example", (("bob", "far", "example"),)),
        ("don't", (("don", "t"),)),
        ('"open end', (("open",), ("end",))),
        ('a"b c"', (("a", "b"), ("c",))),
        ("snake_case", (("snake", "case"),)),
        ("Crème", (("creme",),)),
        ("東京都", (("東京", "京都"),)),
        ("東", (("東",),)),
        ("2026年5月", (("2026", "年", "5", "月"),)),
        ("서울", (("서울",),)),
        ('"東京都 a"', (("東京", "京都", "都", "a"),)),
        ('"a 東京都"', (("a", "東京", "京都"),)),
        ("서울특별시", (("서울", "울특", "특별", "별시"),)),
        ("a\tb\nc", (("a",), ("b",), ("c",))),
    ],
)
def test_a_search_is_cut_into_phrases(sought: str, found: tuple[tuple[str, ...], ...]) -> None:
    """RFC 8621 section 4.4.1."""
    assert phrases(sought) == found


def test_no_more_phrases_are_sought_than_anybody_types() -> None:
    assert len(phrases("word " * 10_000)) == MAX_PHRASES


@given(st.text())
def test_words_hold_nothing_but_letters_and_digits(text: str) -> None:
    for phrase in phrases(text):
        assert phrase
        assert all(word and word.replace("_", "-").isalnum() for word in phrase)


@given(st.text())
def test_case_makes_no_difference(text: str) -> None:
    assert indexable(text.casefold()).split() == indexable(text).split()


@given(st.text("\"\\' a", max_size=2000))
def test_no_search_takes_long(text: str) -> None:
    phrases(text * 50)


@given(st.text(st.sampled_from("ab éß東京都กัनि한글ﬁ\u0301\ue000-_1"), max_size=30) | st.text())
def test_words_stand_where_they_were_found(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    words = list(placed(text))

    assert [word.text for word in words] == re.findall(r"[^\W_]+", indexable(text))
    assert all(0 <= word.start < word.end <= len(text) for word in words)


@pytest.mark.parametrize(
    ("sought", "found"), [("東", True), ("東京", False), ("a", False), ('"a 東"', True), ("ก", True)]
)
def test_one_character_of_an_unspaced_script_may_go_on(sought: str, *, found: bool) -> None:
    (phrase,) = phrases(sought)
    assert is_open(phrase) == found
