"""The tree of parts."""

import pytest

from pillarbox.wire.message import Limits, Part, content, parse


def tree(part: Part) -> object:
    """Types, as nested lists."""
    return [part.type, *map(tree, part.parts)] if part.parts or part.part_id is None else part.type


def leaves(part: Part) -> list[Part]:
    return [leaf for child in part.parts for leaf in leaves(child)] if part.part_id is None else [part]


def contents(raw: bytes) -> list[bytes]:
    return [content(raw, leaf) for leaf in leaves(parse(raw).root)]


def mixed(*lines: str, boundary: str = "boundary=x", end: str = "\r\n") -> bytes:
    return end.join([f"Content-Type: multipart/mixed; {boundary}", "", *lines]).encode()


NESTED = mixed(
    "ignored preamble",
    "--x",
    "Content-Type: multipart/alternative; boundary=xx",
    "",
    "--xx",
    "",
    "Hello",
    "--xx",
    "Content-Type: text/html",
    "",
    "<p>Hello",
    "",
    "--xx--",
    "ignored epilogue",
    "--x",
    "Content-Type: image/png",
    "Content-Transfer-Encoding: base64",
    "",
    "SGVsbG8=",
    "--x--",
    "ignored epilogue",
    "--x",
    "",
    "no part",
)


def test_parts_stand_where_they_stand() -> None:
    """RFC 2046 section 5.1.1: the line end before a delimiter belongs to it."""
    root = parse(NESTED).root

    assert tree(root) == ["multipart/mixed", ["multipart/alternative", "text/plain", "text/html"], "image/png"]
    assert contents(NESTED) == [b"Hello", b"<p>Hello\r\n", b"Hello"]
    assert NESTED[leaves(root)[2].offset :][: leaves(root)[2].length] == b"SGVsbG8="


def test_part_ids_are_those_of_leaves() -> None:
    """RFC 8621 section 4.1.4, "partId": null if, and only if, the part is a multipart."""
    root = parse(NESTED).root

    assert [leaf.part_id for leaf in leaves(root)] == ["1", "2", "3"]
    assert (root.part_id, root.parts[0].part_id) == (None, None)


def test_sizes_are_those_of_decoded_content() -> None:
    """RFC 8621 section 4.1.4, "size"; a multipart has nothing of its own to download."""
    root = parse(NESTED).root

    assert [leaf.size for leaf in leaves(root)] == [5, 10, 5]
    assert root.size == 0


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\r\n"])
def test_delimiters_are_found_whatever_the_line_ends(end: str) -> None:
    """Ours."""
    assert contents(mixed("--x", "", "a", "--x  ", "", "b", "--x--", "", end=end)) == [b"a", b"b"]


@pytest.mark.parametrize(
    ("boundary", "mark"),
    [
        ('boundary="a b?"', "a b?"),
        ("boundary=a=b:/?()", "a=b:/?()"),
        ('boundary="x "', "x "),
        ('boundary="x "', "x"),
        ("boundary=ä", "ä"),
        ("boundary=" + "b" * 500, "b" * 500),
        ("x=y", "--=_unnamed"),
        ("boundary=wrong", "right"),
        ('boundary=""', "x"),
        ("boundary=" + "'", "'"),
    ],
)
def test_a_boundary_may_be_odd_wrong_or_missing(boundary: str, mark: str) -> None:
    """Ours: where the one that is told occurs nowhere, one before a field of MIME is taken."""
    raw = mixed("intro", f"--{mark}", "Content-Type: text/html", "", "a", f"--{mark}", "", "b", f"--{mark}--",
                boundary=boundary)  # fmt: skip

    assert contents(raw) == [b"a", b"b"]


def test_a_boundary_that_begins_with_another_is_another() -> None:
    """RFC 2046 section 5.1.2, against its note to implementors in 5.1.1: both are found nested."""
    raw = mixed("--x", "Content-Type: multipart/mixed; boundary=xy", "", "--xy", "", "a", "--xy--", "--x", "", "b",
                "--x--")  # fmt: skip

    assert contents(raw) == [b"a", b"b"]


def test_text_behind_a_boundary_is_ignored() -> None:
    """RFC 2046 section 5.1.1, note to implementors."""
    assert contents(mixed("--x some text", "", "a", "--x-- the end", "b")) == [b"a"]


def test_a_boundary_within_a_line_is_text() -> None:
    """RFC 2046 section 5.1.1: it stands at the begin of a line."""
    assert contents(mixed("--x", "", "a --x", "b", "--x--")) == [b"a --x\r\nb"]


def test_an_outer_delimiter_ends_an_inner_part() -> None:
    """RFC 2046 section 5.1.2."""
    raw = mixed("--x", "Content-Type: multipart/mixed; boundary=y", "", "--y", "", "a", "--x", "", "b", "--x--")

    assert contents(raw) == [b"a", b"b"]


def test_nested_multiparts_may_share_a_boundary() -> None:
    """Ours: some do, and all parts are seen."""
    raw = mixed("--x", "Content-Type: multipart/alternative; boundary=x", "", "--x", "", "a", "--x", "", "b", "--x--")

    assert contents(raw) == [b"a", b"b"]


def test_the_last_delimiter_may_be_missing() -> None:
    """Ours: the message was cut off."""
    assert contents(mixed("--x", "", "a", "--x", "", "b", "")) == [b"a", b"b\r\n"]


@pytest.mark.parametrize("rest", [("--x",), ("--x", "")])
def test_a_message_cut_off_behind_a_delimiter_has_no_part_there(rest: tuple[str, ...]) -> None:
    """Ours."""
    assert contents(mixed("--x", "", "a", *rest)) == [b"a"]


def test_a_doubled_delimiter_is_one() -> None:
    """Ours: nothing stands between the two, not even the empty line of an empty part."""
    assert contents(mixed("--x", "--x", "", "a", "--x", "--x--")) == [b"a"]


def test_a_part_may_be_empty() -> None:
    """RFC 2046 section 5.1.1: neither fields nor octets are needed."""
    assert contents(mixed("--x", "", "--x", "", "", "--x--")) == [b"", b""]


def test_a_part_may_lack_the_empty_line_before_its_text() -> None:
    """Ours."""
    assert contents(mixed("--x", "Hello Bob", "--x--")) == [b"Hello Bob"]


@pytest.mark.parametrize("lines", [("Hello",), ("Hello", "--x--"), ("--other", "Hello")])
def test_what_cannot_be_divided_is_shown_as_text(lines: tuple[str, ...]) -> None:
    """Ours: the multipart holds one part without a header, with all that was there."""
    message = parse(mixed(*lines))

    assert tree(message.root) == ["multipart/mixed", "text/plain"]
    assert message.text_body == message.html_body == message.root.parts
    assert message.preview.endswith("Hello")
    assert message.root.parts[0].headers == ()


def test_what_cannot_be_divided_keeps_its_transfer_encoding() -> None:
    """Ours."""
    raw = b"Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8="

    assert contents(raw) == [b"Hello"]


@pytest.mark.parametrize("lines", [(), ("", "  "), ("--x--",)])
def test_a_multipart_of_nothing_holds_nothing(lines: tuple[str, ...]) -> None:
    """Ours."""
    assert tree(parse(mixed(*lines)).root) == ["multipart/mixed"]


def test_parts_of_a_digest_are_messages() -> None:
    """RFC 2046 section 5.1.5: unless they say otherwise."""
    raw = b"\r\n".join(
        [
            b"Content-Type: multipart/digest; boundary=x",
            b"",
            b"--x",
            b"",
            b"Subject: a",
            b"",
            b"Hello",
            b"--x",
            b"Content-Type: text/plain",
            b"",
            b"b",
            b"--x--",
        ]
    )

    assert tree(parse(raw).root) == ["multipart/digest", "message/rfc822", "text/plain"]
    assert contents(raw) == [b"Subject: a\r\n\r\nHello", b"b"]


@pytest.mark.parametrize("version", ["", "MIME-Version: 1.0 (x)\r\n", "MIME-Version: 2.0\r\n"])
def test_the_version_of_mime_does_not_matter(version: str) -> None:
    """RFC 2045 section 4; ours: parts are parts without it, and with any other."""
    assert contents(version.encode() + mixed("--x", "", "a", "--x--")) == [b"a"]


def test_an_attached_message_is_one_part() -> None:
    """RFC 8621 section 4.1.4, "bodyStructure": without recursing into message/rfc822."""
    raw = mixed("--x", "Content-Type: message/rfc822", "", NESTED.decode().replace("x", "z"), "--x--")

    assert tree(parse(raw).root) == ["multipart/mixed", "message/rfc822"]


def count(part: Part) -> int:
    return 1 + sum(map(count, part.parts))


def depth(part: Part) -> int:
    return 1 + max(map(depth, part.parts), default=0)


def test_parts_beyond_the_limit_are_in_the_last_one() -> None:
    """Ours: `Limits.max_parts`."""
    raw = mixed(*["--x", "", "a"] * 10_000, "--x--")
    message = parse(raw)

    assert count(message.root) == 1000
    assert message.is_cut
    assert contents(raw)[-1].endswith(b"\r\n--x\r\n\r\na\r\n--x--")


def test_multiparts_beyond_the_limit_stay_closed() -> None:
    """Ours: `Limits.max_parts`."""
    raw = mixed(*["--x", "Content-Type: multipart/mixed; boundary=y", "", "--y", "", "a", "--y--"] * 5)

    for limit in range(1, 12):
        message = parse(raw, Limits(max_parts=limit))
        assert count(message.root) <= limit
        assert message.is_cut == (limit < 11)


def test_multiparts_nested_too_deep_are_text() -> None:
    """Ours: `Limits.max_depth`."""
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000))
    message = parse(raw)

    assert depth(message.root) == 52
    assert [leaf.type for leaf in leaves(message.root)] == ["text/plain"]
    assert message.is_cut


def test_many_lines_that_are_almost_delimiters_are_text() -> None:
    """Ours: linear time."""
    assert len(contents(mixed("--x", "", *["--xy"] * 100_000, "--x--"))) == 1
