"""Marked texts; what is found in them is in `conversations/jmap/search_snippet`."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.marks import MAX_OCTETS, excerpt, marked
from pillarbox.wire.words import indexed_words, is_open, phrases

TEXT = st.text(st.sampled_from("ab <>'é\u0301東京都กั한 ß\n."), max_size=400) | st.text(max_size=200)


def bare(html: str) -> str:
    return unescape(re.sub("</?mark>", "", html))


@given(TEXT, TEXT)
def test_a_marked_text_is_the_text(text: str, sought: str) -> None:
    """RFC 8621 section 5: nothing but marks and entities is added."""
    told = marked(text, phrases(sought))

    if told is not None:
        assert bare(told) == unicodedata.normalize("NFC", text)
        assert told.count("<mark>") == told.count("</mark>") > 0


@given(TEXT, TEXT)
def test_what_the_search_finds_is_marked(text: str, sought: str) -> None:
    """RFC 8621 section 5: the words and phrases of the filter, as stores find them."""
    text = unicodedata.normalize("NFC", text)
    words = f" {' '.join(indexed_words(text))} "
    runs = [f" {' '.join(phrase)}{'' if is_open(phrase) else ' '}" for phrase in phrases(sought)]

    assert (marked(text, phrases(sought)) is not None) == any(run in words for run in runs)


@given(TEXT, TEXT)
def test_an_excerpt_is_a_part_of_the_text(text: str, sought: str) -> None:
    """RFC 8621 section 5: no more than 255 octets, with something marked."""
    told = excerpt(text, phrases(sought))

    assert (told is None) == (marked(text, phrases(sought)) is None)
    if told is not None:
        assert len(told.encode(errors="surrogatepass")) <= MAX_OCTETS
        assert told.count("<mark>") == told.count("</mark>") > 0
        assert bare(told).strip("…").strip() in unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "sought", "told"),
    [
        ("one two three", "two", "one <mark>two</mark> three"),
        ("x" * 400, "x" * 400, f"<mark>{'x' * 236}</mark>…"),
        (f"{'a' * 70} word", "word", f"…{'a' * 59} <mark>word</mark>"),
        (f"word {'b' * 300}", "word", f"<mark>word</mark> {'b' * 231}…"),
        (f"{'c ' * 30}word", "word", f"{'c ' * 30}<mark>word</mark>"),
        (f"word {'d' * 220} word", "word", f"<mark>word</mark> {'d' * 220}…"),
    ],
)
def test_an_excerpt_is_cut_at_words(text: str, sought: str, told: str) -> None:
    assert excerpt(text, phrases(sought)) == told
