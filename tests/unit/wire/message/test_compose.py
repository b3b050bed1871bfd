"""Messages from their parts."""

from collections.abc import Callable, Iterator

import pytest

from pillarbox.wire.message import Leaf, Message, Multi, Part, Unwritable, compose, content, parse, text_value


def boundaries(*names: str) -> Callable[[], str]:
    source: Iterator[str] = iter(names)
    return lambda: next(source, "last")


def said(text: str, **more: str) -> Leaf:
    return Leaf("text/plain", text.encode(), is_text=True, **more)  # type: ignore[arg-type]


def composed(body: Leaf | Multi) -> bytes:
    return compose([], body, boundaries("b1", "b2"))


def field(message: Message | Part, name: str) -> str | None:
    return next((value for key, value in message.headers if key == name), None)


def test_a_message_is_header_and_body() -> None:
    """RFC 5322 section 3.5, RFC 2045 section 4: lines end with CRLF, MIME-Version is added."""
    assert compose([("Subject", " Plans"), ("To", " bob@far.example")], said("Hello\nBob"), boundaries()) == (
        b"Subject: Plans\r\nTo: bob@far.example\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\nBob"
    )


def test_what_the_header_has_is_not_added() -> None:
    """RFC 8621 section 4.6: fields that the client gives are kept."""
    raw = compose([("mime-version", " 1.0 (x)")], said("a"), boundaries())

    assert [name for name, _ in parse(raw).headers] == ["mime-version", "Content-Type", "Content-Transfer-Encoding"]


def test_fields_of_the_outermost_part_are_in_the_header() -> None:
    """RFC 8621 section 4.6: bodyStructure may have header fields too."""
    leaf = Leaf("text/plain", b"a", is_text=True, headers=(("X-A", " b"),))

    assert compose([("Subject", " Plans")], leaf, boundaries()).startswith(b"Subject: Plans\r\nX-A: b\r\nMIME-Version")


def test_a_multipart_holds_its_parts() -> None:
    """RFC 2046 section 5.1.1."""
    inner = Multi("alternative", (said("a"), Leaf("text/html", b"<p>a", is_text=True)))
    assert composed(Multi("mixed", (inner, Leaf("image/png", b"PNG", is_text=False, headers=(("X-A", " b"),))))) == (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b2"\r\n\r\n'
        b'--b2\r\nContent-Type: multipart/alternative; boundary="b1"\r\n\r\n'
        b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\na\r\n"
        b"--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>a\r\n"
        b"--b1--\r\n\r\n"
        b"--b2\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nX-A: b\r\n\r\nUE5H\r\n--b2--\r\n"
    )


@pytest.mark.parametrize(
    ("kind", "data", "encoding"),
    [
        ("text/plain", b"Hello\r\n", "7bit"),
        ("text/plain", "Grüße an alle dort drüben".encode(), "quoted-printable"),
        ("text/plain", "こんにちは".encode(), "base64"),
        ("text/plain", b"a" * 999, "quoted-printable"),
        ("text/plain", b"Hello\rBob", "quoted-printable"),
        ("text/plain", b"Hello\nBob", "quoted-printable"),
        ("text/plain", b"Hello\0Bob", "quoted-printable"),
        ("image/png", b"PNG", "base64"),
        ("application/json", b"{}", "base64"),
        ("message/rfc822", b"A: b\r\n\r\nc", "7bit"),
        ("message/rfc822", "A: b\r\n\r\nä".encode(), "8bit"),
        ("message/rfc822", b"A: b\r\n\r\n" + b"c" * 999, "base64"),
        ("message/rfc822", b"A: b\n\nc", "base64"),
    ],
)
def test_content_is_sent_in_an_encoding_that_it_needs(kind: str, data: bytes, encoding: str) -> None:
    """RFC 8621 section 4.6: files come out as they went in; RFC 2046 section 5.2.1 for messages."""
    raw = composed(Leaf(kind, data, is_text=False))
    message = parse(raw)

    assert field(message, "Content-Transfer-Encoding") == f" {encoding}"
    assert content(raw, message.root) == data
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_text_that_was_typed_has_crlf_line_ends() -> None:
    """RFC 2046 section 4.1.1."""
    raw = composed(said("a\nb\r\nc"))

    assert content(raw, parse(raw).root) == b"a\r\nb\r\nc"


def test_text_that_was_typed_is_utf_8() -> None:
    """RFC 8621 section 4.6: the charset is ours to choose; only text has one."""
    assert parse(composed(said("a", charset="latin1"))).root.charset == "utf-8"
    assert parse(composed(Leaf("application/json", b"{}", is_text=True))).root.charset is None


def test_a_file_keeps_its_charset() -> None:
    """RFC 8621 section 4.6: "charset" may be given with a blobId."""
    raw = composed(Leaf("text/csv", b"\xfc", is_text=False, charset="iso-8859-1"))
    root = parse(raw).root

    assert text_value(content(raw, root), root.type, root.charset) == ("ü", False)


@pytest.mark.parametrize(
    "name", ["a.txt", "a b.txt", 'a"\\b.txt', "Pläne 😀.txt", "=?utf-8?q?a?=", "ä" * 100, "a" * 200]
)
@pytest.mark.parametrize("disposition", [None, "attachment"])
def test_a_file_name_comes_out_as_it_went_in(name: str, disposition: str | None) -> None:
    """RFC 2231 sections 3 and 4; without a disposition it stands in the type."""
    raw = composed(Leaf("text/plain", b"a", is_text=False, disposition=disposition, name=name))
    root = parse(raw).root

    assert (root.name, root.disposition) == (name, disposition)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


DESCRIBED = {"disposition": "inline", "cid": "a@far.example", "language": ("en", "de-CH"),
             "location": "https://far.example/ä"}  # fmt: skip


@pytest.mark.parametrize("body", [
    Leaf("text/plain", b"a", is_text=True, parameters=(("Format", "flowed"),), **DESCRIBED),  # type: ignore[arg-type]
    Multi("mixed", (said("a"),), parameters=(("Format", "flowed"),), **DESCRIBED),  # type: ignore[arg-type]
])  # fmt: skip
def test_a_part_is_described_by_its_fields(body: Leaf | Multi) -> None:
    """RFC 8621 section 4.1.4: the properties of an EmailBodyPart."""
    root = parse(composed(body)).root

    assert (root.disposition, root.cid, root.language, root.location) == tuple(DESCRIBED.values())
    assert dict(root.parameters)["format"] == "flowed"


def test_a_plain_location_is_not_encoded() -> None:
    """RFC 2557 section 4.4."""
    raw = composed(Leaf("text/plain", b"a", is_text=True, location="https://far.example/a"))

    assert field(parse(raw), "Content-Location") == " https://far.example/a"


def test_a_content_type_field_counts_before_the_type() -> None:
    """RFC 8621 section 4.6: a client may give the whole field."""
    leaf = Leaf("text/plain", b"a", is_text=True, headers=(("content-type", " text/html; x=y; charset=latin1"),))
    multi = Multi("mixed", (leaf,), headers=(("Content-Type", ' multipart/signed; boundary=z; micalg="a"'),))
    root = parse(composed(multi)).root

    assert (root.type, dict(root.parameters)) == ("multipart/signed", {"boundary": "b1", "micalg": "a"})
    assert (root.parts[0].type, dict(root.parts[0].parameters)) == ("text/html", {"x": "y", "charset": "utf-8"})


def test_a_multipart_with_8_bit_parts_says_so() -> None:
    """RFC 2045 section 6.4: the encoding of a multipart is that of its parts."""
    raw = composed(Multi("mixed", (Leaf("message/rfc822", "A: ä\r\n\r\n".encode(), is_text=False),)))

    assert field(parse(raw), "Content-Transfer-Encoding") == " 8bit"


def test_a_boundary_occurs_in_none_of_the_parts() -> None:
    """RFC 2046 section 5.1: another is asked for; if all occur, one is made longer."""
    taken = said("--taken\n--last\n")

    assert parse(compose([], Multi("mixed", (taken,)), boundaries("taken", "free"))).root.parameters == (
        ("boundary", "free"),
    )
    assert parse(compose([], Multi("mixed", (taken,)), boundaries())).root.parameters == (("boundary", "last10"),)


def test_a_multipart_may_be_empty() -> None:
    """Ours: RFC 2046 section 5.1.1 wants one part, JMAP does not forbid none."""
    assert parse(composed(Multi("mixed", ()))).root.parts == ()


@pytest.mark.parametrize(
    "body",
    [
        Leaf("text", b"", is_text=True),
        Leaf("text/pl ain", b"", is_text=True),
        Leaf("text/plain\r\nBcc: eve@far.example", b"", is_text=True),
        Leaf("multipart/mixed", b"", is_text=False),
        Leaf("text/plain", b"", is_text=False, charset="a\r\nb"),
        Leaf("text/plain", b"", is_text=True, disposition="in line"),
        Leaf("text/plain", b"", is_text=True, name="a\0"),
        Leaf("text/plain", b"", is_text=True, cid="a b"),
        Leaf("text/plain", b"", is_text=True, cid="<a>"),
        Leaf("text/plain", b"", is_text=True, language=("en us",)),
        Leaf("text/plain", b"", is_text=True, location="a\r\nb"),
        Leaf("text/plain", b"", is_text=True, parameters=(("a b", "c"),)),
        Leaf("text/plain", b"", is_text=True, headers=(("A", "b\r\nBcc: c"),)),
        Leaf("text/plain", b"", is_text=True, headers=(("A B", "b"),)),
        Leaf("text/plain", b"", is_text=True, headers=(("A", "b" * 1000),)),
        Multi("mi xed", ()),
    ],
)
def test_what_has_no_place_in_a_message_is_unwritable(body: Leaf | Multi) -> None:
    """RFC 8621 section 4.6: the client is told; nothing is put into a further field."""
    with pytest.raises(Unwritable):
        composed(body)


@pytest.mark.parametrize("name", ["", "ä", "a" * 71, "a\r\nb", "a "])
def test_a_boundary_is_one_that_every_reader_takes(name: str) -> None:
    """RFC 2046 section 5.1.1: 1 to 70 characters of a few, the last no space."""
    with pytest.raises(Unwritable):
        compose([], Multi("mixed", ()), boundaries(name))
