"""Text for header fields."""

import pytest

from pillarbox.wire.message import text
from pillarbox.wire.message.folding import Lines, encoded_words, phrase, quoted, unstructured


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("", ""),
        ("Plans for Sunday", " Plans for Sunday"),
        ("Plans  for   Sunday", " Plans  for   Sunday"),
        ("Grüße", " =?utf-8?b?R3LDvMOfZQ==?="),
        ("Grüße an alle", " =?utf-8?b?R3LDvMOfZQ==?= an alle"),
        ("an süße  Bären hier", " an =?utf-8?b?c8O8w59lICBCw6RyZW4=?= hier"),
        ("Brückenbauwerke in Bau", " =?utf-8?q?Br=C3=BCckenbauwerke?= in Bau"),
        ("こんにちは", " =?utf-8?b?44GT44KT44Gr44Gh44Gv?="),
        ("=?utf-8?q?a?=", " =?utf-8?b?PT91dGYtOD9xP2E/PQ==?="),
        (" Plans", " =?utf-8?q?_Plans?="),
        ("Plans for ", " Plans =?utf-8?q?for_?="),
        ("  ", " =?utf-8?q?__?="),
        ("ä ", " =?utf-8?b?w6Qg?="),
    ],
)
def test_text_is_encoded_where_need_be(said: str, written: str) -> None:
    """RFC 5322 section 3.2.5, RFC 2047 section 5: whichever of Q and B is shorter; blanks at the ends are kept."""
    assert unstructured(said, 8) == written
    assert text(written) == said


@pytest.mark.parametrize(
    "said",
    ["word " * 100 + "end", "ä" * 500, "Grüße an " * 60 + "alle", "😀" * 100, "a" * 2000, "a" + " " * 100 + "b",
     " " * 200, "a" * 60 + " " + "ä" * 10],
)  # fmt: skip
def test_lines_are_no_longer_than_78_columns_if_words_allow(said: str) -> None:
    """RFC 5322 section 2.1.1; encoded words have 75 at most (RFC 2047 section 2)."""
    written = unstructured(said, len("Subject:"))
    lines = f"Subject:{written}".split("\r\n")

    assert text(written) == said
    assert max(map(len, lines)) <= 78
    assert max(len(word) for word in written.split() if word.startswith("=?")) <= 75 if "=?" in written else True
    assert all(line.strip() for line in lines)


def test_a_long_word_is_kept_whole() -> None:
    """Ours: a line may have 998 octets."""
    assert unstructured("a" * 900, 8) == " " + "a" * 900


def test_no_character_is_cut_between_encoded_words() -> None:
    """RFC 2047 section 5: "Each 'encoded-word' MUST represent an integral number of characters"."""
    words = encoded_words("äöü€😀" * 40, 9).split("\r\n ")

    assert len(words) > 5
    assert "".join(text(word) for word in words) == "äöü€😀" * 40
    assert not any("\ufffd" in text(word) for word in words)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Bob Far", "Bob Far"),
        ("Bob Q. Far", '"Bob Q. Far"'),
        ('Bob "Q" \\ Far', '"Bob \\"Q\\" \\\\ Far"'),
        ("Far, Bob (Q)", '"Far, Bob (Q)"'),
        ("Böb", "=?utf-8?b?QsO2Yg==?="),
        ("=?a", "=?utf-8?b?PT9h?="),
        ("Bob " * 20, "=?utf-8?q?" + "Bob_" * 15 + "Bob?=\r\n =?utf-8?q?" + "_Bob" * 4 + "_?="),
    ],
)
def test_a_name_is_written_as_atoms_a_quoted_string_or_encoded_words(said: str, written: str) -> None:
    """RFC 5322 section 3.2.5."""
    assert phrase(said, 1) == written


def test_quotes_are_escaped() -> None:
    """RFC 5322 section 3.2.4."""
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


def test_words_go_on_the_next_line_if_this_one_is_full() -> None:
    """RFC 5322 section 2.2.3: a fold stands before white space; words may bring folds of their own."""
    lines = Lines(10)
    for word in ("a" * 60, "b" * 6, "c" * 7, "d\r\n e", "f" * 70):
        lines.add(word)

    assert lines.text() == " " + "a" * 60 + " " + "b" * 6 + "\r\n " + "c" * 7 + " d\r\n e " + "f" * 70


@pytest.mark.parametrize(("column", "room"), [(10, 11), (53, 54), (54, 1), (90, 1)])
def test_a_word_begins_on_a_new_line_if_little_of_this_one_is_left(column: int, room: int) -> None:
    """Ours: encoded words are filled up to the margin."""
    assert Lines(column).room_column() == room
