"""Messages as they go out (RFC 8621 section 7.5, RFC 5321 section 4.4)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from pillarbox.wire.message import goes_as_it_is, outgoing, parse

PLAIN = b"From: a@b.example\r\nTo: c@d.example\r\n\r\nBcc: in the text\r\n"


def test_most_messages_go_out_as_they_are() -> None:
    """Ours: such a message needs no other octets, and has none made."""
    assert outgoing(PLAIN, []) is PLAIN
    assert goes_as_it_is(PLAIN[:60])


@pytest.mark.parametrize("octets", [10, 34, 36])
def test_the_end_of_a_header_must_be_seen(octets: int) -> None:
    """Ours: a Bcc may still come."""
    assert not goes_as_it_is(PLAIN[:octets])


@pytest.mark.parametrize(
    "field",
    [
        b"Bcc: eve@far.example\r\n",
        b"BCC : eve@far.example\r\n",
        b"bcc:\r\n",
        b"Bcc: a@b.example,\r\n eve@far.example,\r\n\tfrank@far.example\r\n",
        b"Bcc: eve@far.example\n",
        b"Bcc: eve@far.example\r\nBcc: frank@far.example\r\n",
        b"Return-Path: <eve@far.example>\r\n",
    ],
)
def test_private_fields_are_left_out(field: bytes) -> None:
    """RFC 8621 section 7.5: "The server MUST remove any Bcc header field"; RFC 5321 section 4.4: no Return-Path."""
    rest = PLAIN.partition(b"\r\n")[2]
    for raw in (
        field + PLAIN,
        b"From: a@b.example\r\n" + field + rest,
        PLAIN.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n"),
    ):
        assert outgoing(raw, []) == PLAIN


@pytest.mark.parametrize("name", [b"X-Bcc", b"Resent-Bcc", b"Bccs"])
def test_fields_of_other_names_stay(name: bytes) -> None:
    """Ours: nothing else is removed."""
    raw = name + b": x\r\n Bcc: folded\r\n" + PLAIN
    assert outgoing(raw, []) is raw


def test_a_header_that_nothing_ends_loses_them_as_well() -> None:
    """RFC 8621 section 7.5: any Bcc."""
    assert outgoing(b"From: a@b.example\r\nBcc: eve@far.example", []) == b"From: a@b.example\r\n"


def test_fields_are_added_at_the_top() -> None:
    """Ours: what stands above other fields, no later server takes for theirs."""
    assert outgoing(PLAIN, [("Date", " now")]) == b"Date: now\r\n" + PLAIN


def test_the_line_of_an_mbox_file_is_left_out() -> None:
    """Ours: it is no header field, and would end the header for other readers."""
    assert outgoing(b"From a@b.example Tue May  5 10:00:00 2026\r\n" + PLAIN, []) == PLAIN


LINES = some.lists(
    some.sampled_from(
        [b"Bcc: eve@x", b"bcc:", b"From: a@b", b" eve@x", b"\teve", b"", b"Subject: Bcc: x", b"text", b"\r", b"--b"]
    ),
    max_size=8,
)


@example([], [b"text", b"Bcc: eve@x", b"--b", b"Bcc: eve@x"], b"\r\n")
@given(LINES, LINES, some.sampled_from([b"\r\n", b"\n", b"\r"]))
def test_no_reader_finds_one(before: list[bytes], after: list[bytes], end: bytes) -> None:
    """RFC 8621 section 7.5: whatever the header looks like with a From in it; what is left is left as it is."""
    raw = end.join((*before, b"From: a@b", *after))
    if not any(field.name == "From" for field in parse(raw).headers):
        # That line came after the header.
        raw = end.join((b"From: a@b", *after))

    went = outgoing(raw, [])

    assert not goes_as_it_is(raw) or went is raw
    assert all(field.name.lower() != "bcc" for field in parse(went).headers)
    assert outgoing(went, []) == went
