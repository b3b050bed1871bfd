"""Paths of an envelope."""

import pytest

from pillarbox.delivery.path import Malformed, Path, path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<>", Path("", "", "")),
        ("<postmaster>", Path("postmaster", "postmaster", "")),
        ("<alice@ours.example>", Path("alice@ours.example", "alice", "ours.example")),
        ("<Alice+X@Ours.Example.>", Path("Alice+X@Ours.Example.", "Alice+X", "Ours.Example.")),
        ('<"a b\\"c\\\\@d"@e.example>', Path('"a b\\"c\\\\@d"@e.example', 'a b"c\\@d', "e.example")),
        ('<""@e.example>', Path('""@e.example', "", "e.example")),
        ("<a@[IPv6:2001:db8::1]>", Path("a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]")),
        ("<@x.example,@[192.0.2.1].example:a@b>", None),
        ("<@x.example,@y.example:a@b>", Path("a@b", "a", "b")),
        ("<ø@ö.example>", Path("ø@ö.example", "ø", "ö.example")),
    ],
)
def test_a_path_is_read(text: str, expected: Path | None) -> None:
    """RFC 5321 section 4.1.2, RFC 6531 section 3.3."""
    if expected is None:
        with pytest.raises(Malformed):
            path(text)
    else:
        assert path(text + " X") == (expected, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "a@b",
        "<a@b",
        "< a@b>",
        "<a@b >",
        "<a@>",
        "<@b>",
        "<a@b@c>",
        "<a b@c>",
        "<a@b..c>",
        "<a@.b>",
        "<a@[]>",
        "<a@[x]y>",
        '<"a@b>',
        '<"a""b"@c>',
        "<a\x00@b>",
        "<a\x85@b>",
        "<a@b\u00a0c>",
        "<" + "a" * 400 + "@b>",
        "<a@" + "ö" * 250 + ">",
    ],
)
def test_what_is_no_path_is_refused_where_it_begins(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        path("  " + text, 2)
    assert refused.value.position == 2


def test_reading_takes_time_in_proportion_to_length() -> None:
    """Ours: no text makes the grammar go back over it again and again."""
    for text in ("<" + "@a" * 50_000, "<" + "@a," * 50_000 + ":", '<"' + "\\a" * 50_000, "<" + "a." * 50_000 + "@"):
        with pytest.raises(Malformed):
            path(text)
