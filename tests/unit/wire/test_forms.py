"""Normalization Forms of what anybody may have written (UAX #15)."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.forms import nfc, nfkd
from pillarbox.wire.marks import marked
from pillarbox.wire.message import parse
from pillarbox.wire.words import indexable

_MARKS = ["\u0301\u0323" * 100_000, "\uff9e\u0301" * 100_000, "\u0345\u0323" * 100_000]
"""Each mark belongs before the one in front of it."""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_is_what_the_forms_say(text: str) -> None:
    """UAX #15."""
    assert nfc(text) == unicodedata.normalize("NFC", text)
    assert nfkd(text) == unicodedata.normalize("NFKD", text)


@pytest.mark.parametrize("text", ["—" * 1000 + "e\u0301", "\u2500\u3000" * 500 + "ﬁ", "가" * 1000])
def test_long_runs_of_what_is_no_mark_are_too(text: str) -> None:
    """UAX #15."""
    assert nfc(text) == unicodedata.normalize("NFC", text)
    assert nfkd(text) == unicodedata.normalize("NFKD", text)


@pytest.mark.parametrize("marks", _MARKS)
def test_marks_on_marks_cost_what_letters_cost(marks: str) -> None:
    """Ours: all of this held the whole process for minutes."""
    text = f"a{marks}"
    began = time.monotonic()

    parse(f"Subject: {text}\r\n\r\n{text}".encode())
    nfc(text), nfkd(text), indexable(text), unicode_casemap(text)
    marked(text, [("b",)])

    assert time.monotonic() - began < 10
