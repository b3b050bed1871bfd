"""The contents of body parts."""

import pytest

from pillarbox.wire.message import body_value, content, parse, text_value, truncated
from pillarbox.wire.message.body import plain_text, unflowed


def value(raw: bytes) -> tuple[str, bool]:
    part = parse(raw).root
    return body_value(raw[part.offset : part.offset + part.length], part)


def test_a_user_downloads_what_was_encoded() -> None:
    """RFC 8621 section 4.1.4, "blobId"."""
    raw = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n"

    assert content(raw, parse(raw).root) == b"\x89PNG\r\n"


def test_a_text_is_decoded_twice() -> None:
    """RFC 8621 section 4.1.4, EmailBodyValue: transfer encoding, then charset."""
    raw = (
        b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe"
    )

    assert value(raw) == ("Grüße", False)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (b"Content-Transfer-Encoding: x-gzip64", b"SGVsbG8="),
        (b"Content-Transfer-Encoding: base64", b"SGVsbG8"),
        (b"Content-Type: text/plain; charset=x-unknown", b"Hello"),
        (b"Content-Type: text/plain; charset=us-ascii", b"caf\xe9"),
    ],
)
def test_what_could_not_be_read_as_told_is_a_problem(header: bytes, text: bytes) -> None:
    """RFC 8621 section 4.1.4, "isEncodingProblem"."""
    assert value(header + b"\r\n\r\n" + text)[1]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\nb", "a\nb"),
        (b"a\r\r\nb", "a\nb"),
        (b"a\rb", "a\nb"),
        (b"a\rb\n", "a\rb\n"),
    ],
)
def test_lines_end_with_a_line_feed(data: bytes, text: str) -> None:
    """RFC 8621 section 4.1.4, "value"; CR alone counts where it is the only line end."""
    assert text_value(data, "text/plain", "utf-8") == (text, False)


@pytest.mark.parametrize(
    ("text", "size", "kept"),
    [
        ("Hello", 0, "Hello"),
        ("Hello", 5, "Hello"),
        ("Hello", 4, "Hell"),
        ("Grüße", 7, "Grüße"),
        ("Grüße", 6, "Grüß"),
        ("Grüße", 3, "Gr"),
        ("😀", 3, ""),
    ],
)
def test_a_value_is_cut_between_characters(text: str, size: int, kept: str) -> None:
    """RFC 8621 section 4.2, "maxBodyValueBytes": valid UTF-8, and 0 is no bound."""
    assert truncated(text, size) == (kept, kept != text)


@pytest.mark.parametrize(
    ("text", "size", "kept"),
    [
        ("<p>Hello</p>", 9, "<p>Hello"),
        ("<p>Hello</p>", 11, "<p>Hello"),
        ("<p>Hello</p>", 7, "<p>Hell"),
        ("<p>a < b and more", 9, "<p>a < b "),
        ("<p>a<", 5, "<p>a<"),
        ("<p>a<b>c</b>", 5, "<p>a"),
        ('<img alt="a>b" src="c">', 16, ""),
        ("<img alt='a>b'>c<br>", 18, "<img alt='a>b'>c"),
        ('<p title="a>b</p>', 16, '<p title="a>b'),
        ("<!-- a --><b>c</b>", 12, "<!-- a -->"),
    ],
)
def test_html_is_not_cut_within_a_tag(text: str, size: int, kept: str) -> None:
    """RFC 8621 section 4.2: "SHOULD NOT truncate inside an HTML tag"."""
    assert truncated(text, size, html=True) == (kept, kept != text)


def test_many_tags_take_linear_time() -> None:
    """Ours."""
    assert truncated("<a '" * 300_000, 1_000_000, html=True)[1]
    assert truncated("<a>" * 300_000, 600_001, html=True) == ("<a>" * 200_000, True)


@pytest.mark.parametrize(
    ("text", "delsp", "paragraphs"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo\nthree", True, "onetwo\nthree"),
        (" >not a quote \n  indented", False, ">not a quote  indented"),
        ("> one \n> two\n>> three \n> four", False, "> one two\n>> three \n> four"),
        ("text \n-- \nBob \nFar", False, "text \n-- \nBob Far"),
        ("the end ", False, "the end "),
        ("", False, ""),
    ],
)
def test_paragraphs_of_flowed_text_are_on_one_line(text: str, paragraphs: str, *, delsp: bool) -> None:
    """RFC 3676 section 4."""
    assert unflowed(text, delsp=delsp) == paragraphs


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (b"", "one \ntwo"),
        (b"; format=fixed", "one \ntwo"),
        (b"; format=flowed", "one two"),
        (b"; Format=Flowed; DelSp=Yes", "onetwo"),
    ],
)
def test_text_is_flowed_if_it_says_so(parameters: bytes, text: str) -> None:
    """RFC 3676 section 4."""
    assert plain_text("one \ntwo", parse(b"Content-Type: text/plain" + parameters + b"\r\n\r\n").root) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("See:\nbegin 644 plans.txt\n%2&5L;&\\\n`\nend\nBye", "See:\nplans.txt\nBye"),
        ("begin 600 a b\nM2&5L\n", "a b\n"),
        ("begin 644 words\nhere", "begin 644 words\nhere"),
        ("to begin 644 x\nA\n", "to begin 644 x\nA\n"),
    ],
)
def test_a_uuencoded_file_in_a_text_is_read_by_its_name(text: str, read: str) -> None:
    """Ours: for previews and search."""
    assert plain_text(text, parse(b"").root) == read
