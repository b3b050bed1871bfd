"""Folding and encoded words."""

import pytest

from pillarbox.wire.message import text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" Plans", "Plans"),
        ("   Plans", "Plans"),
        ("\tPlans ", "\tPlans "),
        (" Plans\r\n for Sunday", "Plans for Sunday"),
        (" Plans\n\tfor Sunday", "Plans\tfor Sunday"),
        ("", ""),
        (" Cafe\u0301", "Café"),
        (" =?utf-8?Q?Caf=C3=A9?=", "Café"),
        (" =?utf-8?q?Cafe=CC=81?=", "Café"),
        (" =?UTF-8?B?Q2Fmw6k=?= am Eck", "Café am Eck"),
        (" =?iso-8859-1?Q?a_b=5Fc?=", "a b_c"),
        (" =?utf-8*de?Q?Caf=C3=A9?=", "Café"),
        (" =?utf-8?Q??= x", " x"),
        (" =?utf-8?B?Q2Fmw6k?=", "Café"),
        (" =?utf-8?B?Q2F!mw6k=?=", "Café"),
    ],
)
def test_the_text_form_is_what_a_field_says(value: str, said: str) -> None:
    """RFC 8621 section 4.1.2.2, steps 1 to 5."""
    assert text(value) == said


def test_white_space_between_encoded_words_is_dropped() -> None:
    """RFC 2047 section 6.2; that between a word and text is kept."""
    assert text(" a =?utf-8?q?b?=\r\n   =?utf-8?q?c?=  d =?utf-8?q?e?= =?iso-8859-1?q?=E9?=") == "a bc  d eé"


def test_a_character_may_be_cut_between_encoded_words() -> None:
    """Ours: RFC 2047 section 5 forbids it, and many send it."""
    assert text(" =?utf-8?B?w4M=?= =?utf-8?Q?=E2=82?= =?UTF-8?B?rCE=?=") == "Ã€!"


def test_encoded_words_in_an_unknown_charset_stay() -> None:
    """RFC 8621 section 4.1.2.2: "with a known character set"."""
    assert text(" =?utf-8?q?a?= =?x-no?q?b?= =?utf-8?q?c?=") == "a =?x-no?q?b?= c"


@pytest.mark.parametrize(
    "value",
    [
        "a=?utf-8?q?b?=",
        "=?utf-8?q?b?=c",
        "=?utf-8?q?a?==?utf-8?q?b?=",
        "(=?utf-8?q?a?=)",
        '"=?utf-8?q?a?="',
        "=?utf-8?q?a b?=",
        "=?utf-8?x?a?=",
        "=?utf-8?q?a=",
        "=? utf-8?q?a?=",
    ],
)
def test_what_only_looks_like_an_encoded_word_is_not_decoded(value: str) -> None:
    """RFC 8621 section 4.1.2.2: placement and white space rules of RFC 2047 section 5."""
    assert text(value) == value


def test_encoded_control_characters_are_dropped() -> None:
    """RFC 8621 section 4.1.2.2, step 4."""
    assert text(" =?utf-8?q?a=00=0D=0Ab=C2=85c=7F?=") == "abc"


def test_what_cannot_be_decoded_is_a_replacement_character() -> None:
    """RFC 8621 section 4.1.2.2: and the parser goes on."""
    assert text(" =?utf-8?q?a=FFb?= =?us-ascii?q?=E9?=") == "a\ufffdb\ufffd"


def test_many_encoded_words_take_linear_time() -> None:
    """Ours."""
    assert text(" =?utf-8?q?a?=" * 50_000) == "a" * 50_000
    assert text("=?utf-8?q?" * 50_000) == "=?utf-8?q?" * 50_000


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" \x1b$B$3$s\x1b(B!", "こん!"),
        (" \x1b$B$3$s$K\r\n $A$O\x1b(B\r\n Bob", "こんにちは Bob"),
        (" \x1b$B$", "\ufffd"),
        (" ä \x1b$B$3$s\x1b(B", "ä \x1b$B$3$s\x1b(B"),
    ],
)
def test_bare_iso_2022_jp_is_read(value: str, said: str) -> None:
    """Ours: RFC 1468 text was sent in Subject for years, folded wherever the line was full."""
    assert text(value).replace("\ufffd\ufffd", "\ufffd") == said
