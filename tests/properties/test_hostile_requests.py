"""Whatever octets come over a connection: what is no request is refused (RFC 9112), and the next one is served."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from tests.driver.entrance import MirrorListener

from pillarbox.net import Bounds

STATUSES = {b"200", b"400", b"413", b"431", b"501", b"505"}

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

LINES = some.sampled_from(
    [
        b"GET /a HTTP/1.1",
        b"POST /b HTTP/1.1",
        b"POST /c HTTP/1.0",
        b"GET /d HTTP/0.9",
        b"GET http://x/e HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET  /f HTTP/1.1",
        b"G\tT /g HTTP/1.1",
        b"GET /h HTTP/1.1 ",
        b"GET /%zz%00 HTTP/1.1",
        b"GET /../../etc/passwd HTTP/1.1",
    ]
)
FIELDS = some.sampled_from(
    [
        b"Host: x",
        b"Host: y",
        b"Host:",
        b"Content-Length: 0",
        b"Content-Length: 4",
        b"Content-Length: 33",
        b"Content-Length: 4, 4",
        b"Content-Length: -1",
        b"Content-Length: 1e1",
        b"content-length:4",
        b"Content-Length : 4",
        b"Transfer-Encoding: chunked",
        b"transfer-encoding: Chunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer-Encoding: gzip",
        b"Transfer_Encoding: chunked",
        b"Connection: close",
        b"Connection: upgrade, Content-Length",
        b"Upgrade: websocket",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b"X: a\r\n b",
        b"X: a\nContent-Length: 33",
        b"X: a\rContent-Length: 33",
        b"X\x00: a",
        b"",
    ]
)
ENDS = some.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n"])
BODIES = some.sampled_from(
    [
        b"",
        b"abcd",
        b"0\r\n\r\n",
        b"4\r\nabcd\r\n0\r\n\r\n",
        b"21\r\n" + HIDDEN + b"\r\n0\r\n\r\n",
        b"4;x=y\r\nabcd\r\n0\r\nTrailer: x\r\n\r\n",
        b"4\nabcd\n0\n\n",
        b"ffffffffffffffff\r\n",
        b"-4\r\nabcd\r\n",
        b"0\r\n",
        HIDDEN,
    ]
)


@some.composite
def requests(draw: some.DrawFn) -> bytes:
    """Something like a request, with one way to end lines, or several."""
    lines = [draw(LINES), *draw(some.lists(FIELDS, max_size=5)), b"", b""]
    end = draw(ENDS)
    return end.join(lines) + draw(BODIES)


@pytest.fixture(scope="module")
def listener() -> Iterator[MirrorListener]:
    """A server of which all examples ask."""
    with closing(MirrorListener()) as listening:
        listening.web.bounds = Bounds(patience=0.05, unread=1.0)
        yield listening


def asked(answer: bytes) -> list[str]:
    """The paths of requests that were served."""
    return re.findall(r'"path": ("[^"]*")', answer.decode("latin-1"))


def answered(listener: MirrorListener, octets: bytes) -> bytes:
    """All that comes back until the connection ends, or until a body is waited for (as the application would not)."""
    found = b""
    with suppress(ConnectionError, TimeoutError), listener.connects(octets) as connection:
        connection.settimeout(0.3)
        while more := connection.recv(65536):
            found += more
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(octets=some.lists(requests(), min_size=1, max_size=3).map(b"".join))
@example(
    octets=b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN
)
def test_what_comes_is_answered_or_the_connection_ends(listener: MirrorListener, octets: bytes) -> None:
    """Issue: a clear 4xx or a closed connection, and the server goes on."""
    answer = answered(listener, octets + LAST)

    statuses = re.findall(rb"^HTTP/1\.1 ([0-9]{3}) ", answer, re.MULTILINE)
    assert set(statuses) - {b"100"} <= STATUSES
    # After a refusal nothing is read any more.
    assert all(one in {b"200", b"100"} for one in statuses[:-1])
    with listener.connects() as connection:
        assert listener.answers(connection)["listener"] == "web"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    fields=some.lists(FIELDS.filter(lambda one: one != b"" and not one.lower().startswith(b"host")), max_size=4),
    body=BODIES,
)
def test_a_request_within_a_body_is_never_served(listener: MirrorListener, fields: list[bytes], body: bytes) -> None:
    """RFC 9112 section 11.2: whoever read the head as it should be read knows where the body ends, or it is refused."""
    head = b"\r\n".join([b"POST /b HTTP/1.1", b"Host: x", *fields, b"", b""])
    answer = answered(listener, head + body + LAST)
    lengths = [one for one in fields if one.lower().replace(b" ", b"").startswith(b"content-length:")]
    codings = [one for one in fields if one.lower().startswith(b"transfer-encoding")]

    if lengths and codings:
        assert asked(answer) == []
    if b"21\r\n" in body and (lengths or codings):
        # As chunks it is a body; as so many octets, what is left of it is no request.
        assert '"/hidden"' not in asked(answer)
    if lengths == [b"Content-Length: 33"] and not codings and body == HIDDEN and asked(answer):
        assert asked(answer)[0] == '"/b"'
        assert '"/hidden"' not in asked(answer)
    assert json.loads("[" + ",".join(asked(answer)) + "]") is not None


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(octets=some.binary(min_size=1, max_size=2000))
def test_octets_that_mean_nothing_end_the_connection_alone(listener: MirrorListener, octets: bytes) -> None:
    """Issue: a clear 4xx or a closed connection, and the server goes on."""
    answer = answered(listener, octets)

    assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 505 "))
    with listener.connects() as connection:
        assert listener.answers(connection)["listener"] == "web"
