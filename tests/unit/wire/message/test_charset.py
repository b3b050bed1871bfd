"""Characters from octets."""

import codecs

import pytest

from pillarbox.wire.message import text_value
from pillarbox.wire.message.charset import codec, decoded


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF-8", "utf_8"),
        ("utf8", "utf_8"),
        ("us-ascii", "ascii"),
        ("ANSI_X3.4-1968", "ascii"),
        ("iso-8859-1", "cp1252"),
        ("latin1", "cp1252"),
        ("Windows-1252", "cp1252"),
        ("win-1251", "cp1251"),
        ("x-cp1250", "cp1250"),
        ("iso-8859-8-i", "iso8859_8"),
        ("cp-850", "cp850"),
        ("x-sjis", "cp932"),
        ("Shift_JIS", "cp932"),
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("big5", "cp950"),
        ("x-mac-roman", "mac_roman"),
        ("utf-7", "utf_7"),
        ("utf-16", "utf_16"),
    ],
)
def test_charsets_are_known_by_the_names_that_are_sent(label: str, name: str) -> None:
    """RFC 2045 section 5.1, and what senders write instead; supersets for what they mean."""
    assert codec(label) == name
    codecs.lookup(name)


@pytest.mark.parametrize("label", ["rot13", "hex", "zlib", "base64", "bz2", "uu", "quopri", "idna", "punycode",
                                   "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "", "x-unknown",
                                   "..", "a" * 10_000])  # fmt: skip
def test_what_is_no_charset_is_unknown(label: str) -> None:
    """Ours: Python's registry of codecs is not reached."""
    assert codec(label) is None


@pytest.mark.parametrize("label", ["utf-16", "utf-16be", "utf-16le", "utf-32", "koi8-u", "euc-jp", "iso-2022-jp"])
def test_text_in_a_known_charset_comes_out(label: str) -> None:
    """RFC 8621 section 4.1.4, EmailBodyValue."""
    assert text_value("Привет\n".encode(label), "text/plain", label) == ("Привет\n", False)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xfeH\0i\0", "Hi"),
        (b"\xfe\xff\0H\0i", "Hi"),
        (b"H\0i\0", "Hi"),
        (b"\0H\0i", "Hi"),
        (b"\x04\x1f\x04\x40", "Пр"),
    ],
)
def test_utf_16_has_the_order_that_its_mark_or_its_zeros_tell(data: bytes, text: str) -> None:
    """RFC 2781 section 4.3: big-endian if nothing tells."""
    assert text_value(data, "text/plain", "utf-16") == (text, False)


def test_utf_32_has_the_order_that_its_mark_tells() -> None:
    """Ours: as UTF-16; its little-endian mark begins as that of UTF-16."""
    assert text_value(b"\xff\xfe\0\0H\0\0\0", "text/plain", "utf-32") == ("H", False)


def test_a_byte_order_mark_is_no_part_of_utf_8_text() -> None:
    """RFC 3629 section 6."""
    assert text_value(b"\xef\xbb\xbfHi", "text/plain", "utf-8") == ("Hi", False)


def test_malformed_octets_become_replacement_characters() -> None:
    """RFC 8621 section 4.1.4: "SHOULD insert the unicode replacement character"."""
    data = "Grüße ".encode() + b"\xff" + " Köln".encode()

    assert text_value(data, "text/plain", "utf-8") == ("Grüße \ufffd Köln", True)


def test_utf_8_that_is_none_is_windows_1252() -> None:
    """Ours: a charset that lies is repaired, and told as a problem."""
    assert text_value("Grüße – aus Köln".encode("cp1252"), "text/plain", "utf-8") == ("Grüße – aus Köln", True)


@pytest.mark.parametrize("label", ["us-ascii", None, "x-unknown"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_octets_above_127_without_a_charset_are_guessed(label: str | None, charset: str) -> None:
    """Ours: UTF-8 if it is valid, else windows-1252."""
    assert text_value("Grüße".encode(charset), "text/plain", label) == ("Grüße", True)


def test_guessed_utf_8_with_a_hole_is_still_utf_8() -> None:
    """Ours."""
    data = "Grüße aus Köln ".encode() + b"\xe2\x82"

    assert text_value(data, "text/plain", "us-ascii") == ("Grüße aus Köln \ufffd", True)


def test_latin_1_that_is_valid_utf_8_is_utf_8() -> None:
    """Ours: by chance no text is both."""
    assert text_value("Grüße".encode(), "text/plain", "iso-8859-1") == ("Grüße", True)


def test_latin_1_is_believed_where_it_can_be() -> None:
    """RFC 8621 section 4.1.4."""
    assert text_value(b"Gr\xfc\xdfe \x96", "text/plain", "iso-8859-1") == ("Grüße –", False)


def test_japanese_without_a_charset_is_found_by_its_escapes() -> None:
    """Ours: RFC 1468 text was sent so for years."""
    data = "こんにちは".encode("iso2022_jp")

    assert text_value(data, "text/plain", None) == ("こんにちは", True)
    assert text_value(data, "text/plain", "x-unknown") == ("こんにちは", True)


def test_ascii_in_an_unknown_charset_is_a_problem_and_legible() -> None:
    """RFC 8621 section 4.1.4, "isEncodingProblem"."""
    assert text_value(b"Hello", "text/plain", "x-unknown") == ("Hello", True)


def test_html_may_tell_its_charset_itself() -> None:
    """Ours: where the header tells none."""
    html = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Привет'

    assert text_value(html.encode("koi8-r"), "text/html", None) == (html, True)


def test_html_in_a_charset_that_its_own_octets_contradict_is_guessed() -> None:
    """Ours: a meta element that can be read is not UTF-16."""
    html = "<meta charset=utf-16><p>Grüße"

    assert text_value(html.encode(), "text/html", None) == (html, True)


def test_repairs_can_be_turned_off() -> None:
    """RFC 8621 section 9.1: "provide a mechanism to turn them off"."""
    assert text_value("ü".encode(), "text/plain", "us-ascii", may_repair=False) == ("\ufffd\ufffd", True)
    assert text_value(b"u", "text/plain", "us-ascii", may_repair=False) == ("u", False)
    assert text_value(b"u", "text/plain", "x-unknown", may_repair=False) == ("u", True)


def test_half_a_surrogate_pair_never_comes_out() -> None:
    """Ours: UTF-7 could smuggle one into text that must be UTF-8."""
    text, malformed = decoded(b"+2AA-", "utf_7")

    assert (text, malformed) == ("\ufffd", True)
    assert decoded(b"+AOk-", "utf_7") == ("é", False)


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251"])
def test_cyrillic_without_a_charset_is_found_by_its_words(charset: str) -> None:
    """Ours: whole words above ASCII; which of the two is told by the small letters, of which there are more."""
    said = "Привет, Мир! Как дела? Bob"

    assert text_value(said.encode(charset), "text/plain", None) == (said, True)


def test_a_byte_order_mark_is_no_part_of_utf_16_text() -> None:
    """RFC 2781 section 3.2: some send one where the order is told."""
    assert text_value("\ufeffHi".encode("utf-16-le"), "text/html", "utf-16le") == ("Hi", False)
