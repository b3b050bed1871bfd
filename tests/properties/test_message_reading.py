"""Any octets are a message: nothing raises, and what is told lies within them."""

from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pillarbox.wire.message import (
    Form,
    Limits,
    Part,
    addresses,
    attachment_names,
    base_subject,
    body_value,
    content,
    date_utc,
    grouped_addresses,
    html_text,
    notification,
    parse,
    parsed,
    received_date,
    searchable,
    text,
    truncated,
)

PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"\0", b"\xff", b"\xc3\xa4", b"--x", b"--x\r\n", b"--x--\r\n",
        b"--xy\r\n", b"Content-Type: ", b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=xy",
        b"multipart/digest;boundary=\"x \"", b"message/rfc822", b"text/html; charset=utf-16", b"text/plain",
        b"; format=flowed; delsp=yes", b"; name*0*=utf-8''%C3", b"; name*1*=%A4; name*2=\"a", b"image/png",
        b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode", b"begin 644 a\n%2&5L;&\\\nend\n",
        b"=C3=A4 =\r\n", b"SGVsbG8=", b"Content-Disposition: inline; filename=", b"Content-ID: <a@b>", b"<p>", b"<!--",
        b"<style>", b"<img src=cid:a@b alt='", b"&#x110000;", b"From: ", b"Subject: ", b"=?utf-8?q?=C3?=", b"Date: ",
        b"Received: a; 30 Oct 2014 14:12 +0800", b"a@b, \"c\" <d@e>;", b"(", b")", b"\"", b"\\", b"<", b">", b":", b";",
        b"\x1b$B", b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-", b"> On a, b wrote:\r\n", b"-- \r\n",
    ]
)  # fmt: skip

OCTETS = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))
CHARACTERS = st.text(st.sampled_from('ab@.,:;<>()[]"\\ \t\r\n=?ä-0123456789utf8qQBb_\0') | st.characters(), max_size=80)


def parts(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from parts(child)


@settings(max_examples=500, deadline=None)
@given(OCTETS)
@example(b"")
def test_any_octets_are_a_message(raw: bytes) -> None:
    """RFC 8621 section 4.1: offsets lie within, children within their parents, sizes are those of contents."""
    message = parse(raw)

    assert (message.size, message.root.offset + message.root.length) == (len(raw), len(raw))
    found = list(parts(message.root))
    for part in found:
        assert 0 <= part.offset <= part.offset + part.length <= len(raw)
        assert (part.part_id is None) == part.type.startswith("multipart/")
        for child in part.parts:
            assert part.offset <= child.offset
            assert child.offset + child.length <= part.offset + part.length
        if part.part_id is not None:
            data = content(raw, part)
            assert len(data) == part.size
            value = body_value(raw[part.offset : part.offset + part.length], part).value
            value.encode("utf-8")
    ids = [part.part_id for part in found if part.part_id is not None]
    assert ids == [str(number) for number in range(1, len(ids) + 1)]


@settings(max_examples=300, deadline=None)
@given(OCTETS)
def test_each_part_is_shown_somewhere(raw: bytes) -> None:
    """RFC 8621 section 4.1.4: in the body or among the attachments; multiparts are in no list."""
    message = parse(raw)
    listed = {part.part_id for part in message.text_body + message.html_body + message.attachments}

    assert listed == {part.part_id for part in parts(message.root) if part.part_id is not None}
    assert message.has_attachment <= bool(message.attachments)
    assert len(attachment_names(message)) <= len(message.attachments)


@settings(max_examples=300, deadline=None)
@given(OCTETS, st.integers(1, 50))
def test_words_and_preview_are_short_and_clean(raw: bytes, bound: int) -> None:
    """RFC 8621 section 4.1.4, "preview": at most 256 characters; no NUL, valid UTF-8."""
    message = parse(raw)

    for said, most in ((message.preview, 256), (searchable(raw, message, bound), bound)):
        assert len(said) <= most
        assert "\0" not in said
        said.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(OCTETS, st.integers(1, 5), st.integers(1, 5), st.integers(0, 3), st.integers(1, 60))
def test_limits_hold(raw: bytes, fields: int, most: int, depth: int, octets: int) -> None:
    """Ours: `Limits`."""
    limits = Limits(max_headers=fields, max_parts=most, max_depth=depth, max_header_bytes=octets, max_lookalikes=0)
    found = list(parts(parse(raw, limits).root))

    assert len(found) <= most
    assert all(len(part.headers) <= fields for part in found)
    assert all(sum(len(field.value) for field in part.headers) <= octets for part in found)


@settings(max_examples=500, deadline=None)
@given(CHARACTERS)
def test_every_form_of_any_value_is_told(value: str) -> None:
    """RFC 8621 section 4.1.2: best effort, nothing raises."""
    for form in Form:
        parsed(form, value)
    date_utc(value)
    received_date(parse(f"Received: {value}".encode("utf-8", "replace")).headers)
    base_subject(value)
    html_text(value, with_quotes=False)


@settings(max_examples=300, deadline=None)
@given(CHARACTERS)
def test_addresses_are_those_of_the_groups(value: str) -> None:
    """RFC 8621 sections 4.1.2.3 and 4.1.2.4: one is the other without the groups."""
    assert addresses(value) == [address for group in grouped_addresses(value) for address in group["addresses"]]


@settings(max_examples=300, deadline=None)
@given(CHARACTERS)
def test_a_base_subject_has_no_base_but_itself(value: str) -> None:
    """RFC 5256 section 2.1."""
    base = base_subject(text(value))

    assert base_subject(base) == base


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(["<p", ">", "ä", "'", '"', "😀", "a"])).map("".join),
       st.integers(0, 80), st.booleans())  # fmt: skip
def test_a_truncated_value_is_a_begin_of_it(value: str, bound: int, html: bool) -> None:  # noqa: FBT001
    """RFC 8621 section 4.2, "maxBodyValueBytes": valid UTF-8, no longer than asked for."""
    value = value.encode("utf-8", "replace").decode("utf-8")
    kept, is_truncated = truncated(value, bound, html=html)

    assert value.startswith(kept)
    assert is_truncated == (kept != value)
    assert bound == 0 or len(kept.encode("utf-8")) <= bound


@settings(max_examples=300, deadline=None)
@given(OCTETS)
def test_any_octets_are_a_notification_or_none(octets: bytes) -> None:
    """RFC 8098 section 3: what anybody may send in such a part; what is read has its words."""
    raw = (
        b"Content-Type: multipart/report; boundary=report\r\n\r\n--report\r\n\r\nx\r\n--report\r\n"
        b"Content-Type: message/disposition-notification\r\n\r\n"
        b"Disposition: manual-action/mdn-sent-manually; displayed\r\n" + octets + b"\r\n--report--\r\n"
    )
    told = notification(raw, parse(raw))

    assert told is None or told.disposition == "displayed"
    assert notification(octets, parse(octets)) is None or b"disposition-notification" in octets
