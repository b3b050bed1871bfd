"""Previews."""

import pytest

from pillarbox.wire.message import parse


def preview(text: str, kind: str = "text/plain", charset: str = "utf-8") -> str:
    return parse(f"Content-Type: {kind}; charset={charset}\r\n\r\n".encode() + text.encode(charset)).preview


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello Bob,\r\n\r\n  see\tyou.\r\n", "Hello Bob, see you."),
        ("", ""),
        ("> quoted\n\nHello", "Hello"),
        ("Hello\n\nOn Sunday, Alice wrote:\n> quoted\n", "Hello"),
        ("Hello\n\nOn Sunday, Alice\n<alice@far.example> wrote:\n\n> quoted\n", "Hello"),
        ("Am Sonntag schrieb Alice:\n> quoted\nHello", "Hello"),
        ("Alice said\n> quoted\nHello", "Alice said Hello"),
        ("On the way:\n> quoted\nHello", "Hello"),
        ("Hello\n-- \nBob", "Hello"),
        ("Hello\n-----Original Message-----\nFrom: Alice", "Hello"),
        ("Hello\n________________________________\nFrom: Alice", "Hello"),
        ("> only\n> quoted", "> only > quoted"),
        ("-- \nBob", "-- Bob"),
        ("a\u200b\u00ad\ufeffb \u200c \u200e c", "a b c"),
    ],
)
def test_a_preview_is_what_the_sender_wrote(text: str, shown: str) -> None:
    """RFC 8621 section 4.1.4, "preview": quotes, signatures and fillers are skipped, white space collapses."""
    assert preview(text) == shown


@pytest.mark.parametrize("text", ["x" * 1000, "😀 " * 1000, "a\n" * 100_000, "> a\n" * 100_000 + "b"])
def test_a_preview_has_no_more_than_256_characters(text: str) -> None:
    """RFC 8621 section 4.1.4, "preview": "MUST NOT be more than 256 characters"."""
    assert 0 < len(preview(text)) <= 256


def test_html_is_shown_as_text() -> None:
    """RFC 8621 section 4.1.4, "preview": "A plaintext fragment"."""
    assert preview("<style>p{}</style><p>Hello<br>Bob<blockquote>quoted</blockquote>", "text/html") == "Hello Bob"
    assert preview("<blockquote>only quoted</blockquote>", "text/html") == "only quoted"


def test_text_behind_a_long_style_is_found() -> None:
    """Ours: newsletters begin with 30 kB of styles."""
    html = "<style>\n" + "p { color: red }\n" * 2000 + "</style><p>Hello"

    assert preview(html, "text/html") == "Hello"


def test_text_that_never_comes_is_given_up() -> None:
    """Ours: 256 kB are looked at."""
    assert preview("<style>\n" + "p { color: red }\n" * 20_000 + "</style><p>Hello", "text/html") == ""


def test_an_endless_line_is_cut() -> None:
    """Ours."""
    assert preview("x" * 100_000) == "x" * 256


def test_a_preview_is_of_the_plain_text_if_that_says_something() -> None:
    """Ours: many alternatives hold an empty text."""
    raw = (
        "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\n{}\r\n"
        "--x\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n--x--"
    )

    assert parse(raw.format("Hi").encode()).preview == "Hi"
    assert parse(raw.format(" ").encode()).preview == "Hello"


def test_flowed_text_is_joined() -> None:
    """RFC 3676 section 4."""
    assert preview("par \na", "text/plain; format=flowed; delsp=yes") == "para"


def test_a_message_without_text_has_no_preview() -> None:
    """Ours."""
    assert preview("PNG", "image/png") == ""
