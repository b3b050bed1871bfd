"""Header fields from octets."""

import pytest

from pillarbox.wire.message import Field, Limits, Message, body_value, parse


def fields(raw: bytes) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in parse(raw).headers]


def body(raw: bytes) -> str:
    part = parse(raw).root
    return body_value(raw[part.offset : part.offset + part.length], part).value


def test_a_value_is_told_from_the_colon_to_its_line_end() -> None:
    """RFC 8621 section 4.1.2.1: folds, and the space behind the colon, are part of the Raw form."""
    raw = b"Subject: Plans\r\n for\r\n\tSunday \r\nto:bob@far.example\r\n\r\nHello"

    assert parse(raw).headers == (Field("Subject", " Plans\r\n for\r\n\tSunday "), Field("to", "bob@far.example"))


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_lines_end_as_they_do(end: bytes) -> None:
    """Ours: CRLF (RFC 5322 section 2.1), and what files and gateways made of it."""
    raw = end.join([b"Subject: Plans", b"To: bob@far.example", b"", b"Hello", b"Bob", b""])

    assert fields(raw) == [("Subject", " Plans"), ("To", " bob@far.example")]
    assert body(raw) == "Hello\nBob\n"


def test_line_ends_may_be_mixed() -> None:
    """Ours: gateways that add fields use line ends of their own."""
    assert fields(b"A: 1\nB: 2\r\nC: 3\rD: 4\r\n\nHello") == [("A", " 1"), ("B", " 2"), ("C", " 3"), ("D", " 4")]


def test_octets_that_are_not_utf_8_are_told_as_replacement_characters() -> None:
    """RFC 8621 section 4.1.2.1: U+FFFD for them, NUL is dropped."""
    assert fields(b"Subject: caf\xe9 \xe2\x82\xac\0!\r\n\r\n") == [("Subject", " caf\ufffd €!")]


def test_white_space_before_the_colon_is_no_part_of_the_name() -> None:
    """RFC 5322 section 4.5: the obsolete syntax allows it."""
    assert fields(b"Subject \t: Plans\r\n\r\n") == [("Subject", " Plans")]


def test_a_message_may_end_with_its_header() -> None:
    """RFC 5322 section 3.5: the body is optional."""
    message = parse(b"Subject: Plans")

    assert message.headers == (Field("Subject", " Plans"),)
    assert (message.root.offset, message.root.length) == (14, 0)


def test_an_empty_message_has_one_empty_text() -> None:
    """Ours: there is nothing that is no message."""
    message = parse(b"")

    assert (message.headers, message.root.type, message.root.size) == ((), "text/plain", 0)


def test_a_message_without_a_header_is_all_text() -> None:
    """Ours: what a person would say is in it."""
    raw = b"Dear Bob,\nthis is: a letter.\n"

    assert fields(raw) == []
    assert body(raw) == "Dear Bob,\nthis is: a letter.\n"


def test_the_envelope_line_of_an_mbox_file_is_skipped() -> None:
    """Ours: messages are often taken out of such files with it."""
    assert fields(b"From bob@far.example Thu Oct 30 14:12:00 2014\nSubject: Plans\n\n") == [("Subject", " Plans")]


def test_a_field_that_only_looks_like_an_envelope_line_is_kept() -> None:
    """RFC 5322 section 4.5."""
    assert fields(b"From : bob@far.example\r\n\r\n") == [("From", " bob@far.example")]


def test_empty_lines_before_a_header_are_skipped() -> None:
    """Ours: what a person would say is in it."""
    assert fields(b"\r\n \r\nSubject: Plans\r\n\r\nHello") == [("Subject", " Plans")]


def test_a_byte_order_mark_before_a_header_is_skipped() -> None:
    """Ours: files that Windows programs wrote begin with it."""
    assert fields(b"\xef\xbb\xbfSubject: Plans\r\n\r\n") == [("Subject", " Plans")]


def test_empty_lines_before_text_are_the_text() -> None:
    """RFC 5322 section 3.5: the header may be empty."""
    raw = b"\r\nHello: Bob\r\n"

    assert fields(raw) == []
    assert body(raw) == "Hello: Bob\n"


def test_a_stray_line_between_fields_is_skipped() -> None:
    """Ours: broken folding and what filters leave behind."""
    raw = b"Subject: Plans\r\nfor Sunday\r\nX-Spam: no\r\nMessage-ID: <1@far.example>\r\n\r\nHello"

    assert [name for name, _ in fields(raw)] == ["Subject", "X-Spam", "Message-ID"]
    assert body(raw) == "Hello"


def test_a_stray_line_at_the_top_is_skipped() -> None:
    """Ours."""
    assert fields(b">>> got this:\r\nSubject: Plans\r\n\r\n") == [("Subject", " Plans")]


def test_several_stray_lines_are_skipped_one_by_one() -> None:
    """Ours."""
    assert fields(b"A: 1\nstray\nX-B: 2\nstray\nX-C: 3\n\nHello") == [("A", " 1"), ("X-B", " 2"), ("X-C", " 3")]


def test_text_without_an_empty_line_before_it_begins_the_body() -> None:
    """Ours: no field follows that could not be a sentence."""
    raw = b"Subject: Plans\r\nDear Bob,\r\nnote: Sunday is fine.\r\n\r\nX-Y: z\r\n"

    assert fields(raw) == [("Subject", " Plans")]
    assert body(raw) == "Dear Bob,\nnote: Sunday is fine.\n\nX-Y: z\n"


def test_a_padded_empty_line_ends_the_header_before_text() -> None:
    """Ours: by RFC 5322 section 4.2 it would continue the field above."""
    raw = b"Subject: Plans\r\n \r\nDear Bob,\r\nX-Ray: fine.\r\n"

    assert fields(raw) == [("Subject", " Plans\r\n ")]
    assert body(raw) == "Dear Bob,\nX-Ray: fine.\n"


def test_a_delimiter_ends_the_header_even_without_an_empty_line() -> None:
    """Ours: the part's fields are not those of the message."""
    message = parse(
        b"Content-Type: multipart/mixed; boundary=x\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n--x--\r\n"
    )

    assert [part.type for part in message.root.parts] == ["text/html"]


def limited(raw: bytes, limits: Limits) -> Message:
    return parse(raw, limits)


def test_fields_beyond_the_limit_are_left_out() -> None:
    """Ours: `Limits.max_headers`; the body is found all the same."""
    raw = b"X: y\r\n" * 100_000 + b"\r\nHello"
    message = parse(raw)

    assert len(message.headers) == 2000
    assert message.is_cut
    assert raw[message.root.offset :] == b"Hello"


def test_a_long_field_is_cut_at_the_limit() -> None:
    """Ours: `Limits.max_header_bytes`."""
    message = parse(b"Subject: " + b"a" * 300 + b"\r\nTo: bob\r\n\r\nHello", Limits(max_header_bytes=100))

    assert message.headers == (Field("Subject", " " + "a" * 91),)
    assert message.is_cut


def test_a_header_within_the_limits_is_not_called_cut() -> None:
    """Ours."""
    assert not parse(b"Subject: Plans\r\n\r\nHello").is_cut


def test_a_header_that_never_ends_is_bounded() -> None:
    """Ours."""
    message = parse(b"X: y\r\n" * 3000)

    assert len(message.headers) == 2000
    assert message.root.length == 0


def test_stray_lines_without_end_take_linear_time() -> None:
    """Ours: each is looked behind only once."""
    message = parse(b"stray line\r\nX-A: b\r\n" * 100_000 + b"\r\nHello")

    assert len(message.headers) == 2000
