"""Bounds on the work that a message causes: what is made of hostile ones stays small."""

import pytest

from pillarbox.wire.message import Limits, Part, parse, searchable

MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def count(part: Part) -> int:
    return 1 + sum(map(count, part.parts))


def nested(boundaries: list[bytes]) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (boundary, boundary) for boundary in boundaries
    )


HOSTILE = {
    "fields": b"X: y\r\n" * 100_000,
    "fields of different names": b"".join(b"X-%d: y\r\n" % number for number in range(100_000)),
    "one long line": b"Subject: " + b"a" * 1_500_000,
    "stray lines": b"stray line\r\nX-A: b\r\n" * 50_000,
    "siblings": MIXED + b"--b\r\n\r\nx\r\n" * 10_000,
    "children": nested([b"b%d" % number for number in range(10_000)]),
    "children of one boundary": MIXED.rstrip() + (b"\r\n\r\n--b\r\n" + MIXED.rstrip()) * 10_000,
    "messages within messages": b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "boundaries that begin each other": nested([b"b" * (60 - number) for number in range(50)])
    + (b"--" + b"b" * 60 + b"x\r\n") * 20_000,
    "dashes": nested([b"-" * (70 - number) for number in range(50)]) + b"-" * 1_000_000,
    "lines of dashes": MIXED.replace(b"=b", b"=" + b"-" * 70) + (b"-" * 71 + b"\r\n") * 20_000,
    "carriage returns": b"\r" * 1_000_000,
    "empty lines": b"\r\n" * 1_000_000,
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 10_000,
    "continuations": b"Content-Type: text/plain" + b"".join(b"; name*%d*=%%41" % n for n in range(10_000)),
    "padding": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QQ==" * 500_000,
    "junk in base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"Q\xffU!" * 500_000,
    "lines of uuencode": b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n" + b"!!\n" * 100_000,
    "soft line ends": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"a \r\n=\r" * 200_000,
    "octets above ASCII": b"\r\n" + b"\xff\xfe" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_of_a_hostile_message_is_bounded(name: str) -> None:
    """Ours: `Limits`, and no more words than wanted."""
    raw = HOSTILE[name]
    message = parse(raw)

    assert len(message.headers) <= Limits().max_headers
    assert sum(len(field.value) for field in message.headers) <= Limits().max_header_bytes
    assert count(message.root) <= Limits().max_parts
    assert len(message.preview) <= 256
    assert len(searchable(raw, message)) <= 500_000


def test_lines_that_look_like_delimiters_are_counted() -> None:
    """Ours: `Limits.max_lookalikes`; behind so many no delimiter is found."""
    raw = MIXED + b"--b\r\n\r\nHello\r\n" + b"--bx\r\n" * 10 + b"--b\r\n\r\nBye\r\n--b--"

    assert [count(parse(raw, Limits(max_lookalikes=bound)).root) for bound in (9, 10)] == [2, 3]
    assert [parse(raw, Limits(max_lookalikes=bound)).is_cut for bound in (9, 10)] == [True, False]


def test_a_boundary_within_the_last_line_is_text() -> None:
    """Ours: no line follows that could be a delimiter."""
    assert count(parse(MIXED + b"--b\r\n\r\nx --b").root) == 2
