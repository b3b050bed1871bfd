"""Requests that two readers might end at different places are refused, and their connection ends (RFC 9112)."""

import re
from collections.abc import Callable

import pytest
from tests.driver.entrance import MirrorListener

Listens = Callable[..., MirrorListener]

BODY = b"0\r\n\r\n"
NEXT = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def post(*fields: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    return b"\r\n".join((b"POST / HTTP/" + version, b"Host: x", *fields, b"", b"")) + body


@pytest.mark.parametrize(
    "request_",
    [
        post(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=BODY),
        post(b"Transfer-Encoding: chunked", b"Content-Length: 3", body=BODY),
        post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
        post(b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"),
        post(b"Content-Length: 3, 3", body=b"abc"),
        post(b"Content-Length: +3", body=b"abc"),
        post(b"Content-Length: 0x3", body=b"abc"),
        post(b"Content-Length: 99999999999999999999999", body=b"abc"),
        post(b"Content-Length:", body=b"abc"),
        post(b"Transfer-Encoding: chunked, identity", body=BODY),
        post(b"Transfer-Encoding: identity", body=b"abc"),
        post(b"Transfer-Encoding: xchunked", body=BODY),
        post(b"Transfer-Encoding: \x0bchunked", body=BODY),
        post(b"Transfer-Encoding : chunked", body=BODY),
        post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=BODY),
        post(b"Transfer-Encoding: chunked", body=BODY, version=b"1.0"),
        post(b"Transfer-Encoding: chunked", body=b"0x3\r\nabc\r\n" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"+3\r\nabc\r\n" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"-3\r\nabc\r\n" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"3 \r\nabc\r\n" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"3\nabc\n0\n\n"),
        post(b"Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\nabc\r\n" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"3\r\nabcX" + BODY),
        post(b"Transfer-Encoding: chunked", body=b"3;x=\nabc\r\n" + BODY),
        post(b"A: b\r\n folded"),
        post(b"A: b\rC: d"),
        post(b"A: b\nC: d"),
        post(b"A\x00: b"),
        post(b": b"),
        post(b"Host: y"),
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x/../y\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x y\r\nContent-Length: 0\r\n\r\n",
        post(b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 3", body=b"abc"),
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET *@evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS *.evil.example HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=lambda octets: repr(octets[8:70]),
)
def test_a_request_whose_end_is_in_doubt_is_refused(listens: Listens, request_: bytes) -> None:
    """RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3, 7.1: 400, and what follows is never taken for a request."""
    listener = listens()

    answer = listener.ends(listener.connects(request_ + NEXT))

    # An answer may have begun before its request was seen to be wrong; then it is cut.
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("codings", [[b"gzip, chunked"], [b"gzip", b"chunked"]])
def test_a_coding_that_is_not_known_is_told(listens: Listens, codings: list[bytes]) -> None:
    """RFC 9112 section 6.1: 501. In two fields it is the same list (RFC 9110 section 5.3)."""
    listener = listens()
    fields = [b"Transfer-Encoding: " + coding for coding in codings]

    answer = listener.ends(listener.connects(post(*fields, body=BODY) + NEXT))

    assert answer.startswith(b"HTTP/1.1 501 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("line", [b"GET / HTTP/2.0", b"GET /"])
def test_a_version_that_is_not_spoken_is_told(listens: Listens, line: bytes) -> None:
    """RFC 9110 section 15.6.6: 505."""
    listener = listens()

    assert listener.ends(listener.connects(line + b"\r\nHost: x\r\n\r\n")).startswith(
        (b"HTTP/1.1 505 ", b"HTTP/1.1 400")
    )


def test_who_asks_for_another_protocol_without_a_body_is_answered_and_so_is_what_follows(listens: Listens) -> None:
    """RFC 9110 section 7.8: an Upgrade may be ignored; nothing is lost of requests in the same packet."""
    listener = listens()
    upgrade = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = listener.ends(listener.connects(upgrade + upgrade + last))

    assert answer.count(b"HTTP/1.1 200 ") == 3


def test_http_1_0_needs_no_host(listens: Listens) -> None:
    """RFC 9112 section 3.2: of HTTP/1.1 alone it is asked."""
    listener = listens()

    assert listener.ends(listener.connects(b"GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_an_empty_line_before_a_request_is_passed_over(listens: Listens) -> None:
    """RFC 9112 section 2.2."""
    listener = listens()

    assert listener.ends(listener.connects(b"\r\n" + LAST)).startswith(b"HTTP/1.1 200 ")


def test_the_absolute_form_of_a_target_is_accepted(listens: Listens) -> None:
    """RFC 9112 section 3.2.2."""
    listener = listens()

    answer = listener.ends(listener.connects(LAST.replace(b"/last", b"http://mail.example.org/last")))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"path": "/last"' in answer


def test_chunks_are_read(listens: Listens) -> None:
    """RFC 9112 section 7.1; extensions are passed over (7.1.1)."""
    listener = listens()
    chunked = post(b"Transfer-Encoding: chunked", body=b"3;a=b\r\nabc\r\n00A\r\n0123456789\r\n" + BODY)

    answer = listener.ends(listener.connects(chunked + LAST))

    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert b'"octets": 13' in answer


def test_a_trailer_field_is_no_header_field(listens: Listens) -> None:
    """RFC 9112 section 7.1.2."""
    listener = listens()
    trailed = post(b"Transfer-Encoding: chunked", body=b"0\r\nAuthorization: Basic eDp5\r\n\r\n")

    answer = listener.ends(listener.connects(trailed + LAST))

    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert b"authorization" not in answer


def test_requests_in_one_packet_are_answered_in_their_order(listens: Listens) -> None:
    """RFC 9112 sections 9.3.2 and 9.6: and after the last, which says so, the connection ends."""
    listener = listens()
    first, second = (LAST.replace(b"/last", path).replace(b"Connection: close\r\n", b"") for path in (b"/1", b"/2"))

    answer = listener.ends(listener.connects(first + second + LAST))

    assert re.findall(rb'"path": "(/[a-z0-9]+)"', answer) == [b"/1", b"/2", b"/last"]
