"""Text from HTML."""

import pytest

from pillarbox.wire.message import html_text
from pillarbox.wire.message.html import attribute_texts


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("Hello", ["Hello"]),
        ("<p>Hello <b>Bo</b>b</p><p>Bye", ["Hello Bob", "Bye"]),
        ("a<br>b<BR/>c", ["a", "b", "c"]),
        ("<td>a</td><td>b</td>", ["a", "b"]),
        ("one\r\ntwo", ["one two"]),
        ("a &lt; b &amp;&nbsp;c &#x20ac; &unknown;", ["a < b & c € &unknown;"]),
        ("1 < 2 <3> a <- b", ["1 < 2 <3> a <- b"]),
        ("<style>p { color: red }</style>a", ["a"]),
        ("<script>if (a < b) <p> x</script>a", ["a"]),
        ("<head><title>Plans</title></head>a", ["a"]),
        ("<template><p>x</p></template>a", ["a"]),
        ("<!-- <p>x -- > y -->a<!---->b", ["ab"]),
        ("<!doctype html><?xml x?>a", ["a"]),
        ("a<!-- never closed <p>b", ["a"]),
        ("a<style>never closed <p>b", ["a"]),
        ('<img alt="a > b">c', ["c"]),
        ('<img alt="never closed>c', ["c"]),
        ("<p", []),
        ("", []),
    ],
)
def test_what_is_to_be_read_comes_out(html: str, lines: list[str]) -> None:
    """Ours: a line for each block, nothing that a browser hides."""
    assert [" ".join(line.split()) for line in html_text(html).split("\n") if line.strip()] == lines


def test_quotes_are_left_out_on_request() -> None:
    """Ours: for previews; they may hold further quotes."""
    html = "a<blockquote>b<blockquote>c</blockquote>d</blockquote>e"

    assert html_text(html, with_quotes=False).split() == ["a", "e"]
    assert html_text(html).split() == ["a", "b", "c", "d", "e"]


def test_a_tag_in_hidden_text_shows_nothing() -> None:
    """Ours: only its own end does, and that may be cut off."""
    assert html_text("<style><p>a</style</p>b").split() == ["b"]
    assert html_text("<style>< a</style").split() == []


def test_attributes_stand_for_images() -> None:
    """Ours: for search."""
    html = "<img ALT=\"Snow &amp; ice\" src=x><a title = 'a \"b\"'>c</a><img alt=bare data-alt='no'>"

    assert attribute_texts(html) == ["Snow & ice", 'a "b"']


@pytest.mark.parametrize("piece", ["<", "<a ", '<a "', "<!--", "<style>", "<blockquote>", "&", "&#", ' alt="'])
def test_what_is_never_closed_takes_linear_time(piece: str) -> None:
    """Ours."""
    html = piece * 200_000

    assert len(html_text(html, with_quotes=False)) <= len(html)
    assert attribute_texts(html) is not None
