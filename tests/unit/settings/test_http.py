"""The settings of HTTP."""

import pytest

from pillarbox.settings import Problem, catalogue, snapshot


def problems(pairs: dict[str, str]) -> list[Problem]:
    return snapshot(pairs)[1]


def headers(pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return snapshot(pairs)[0][catalogue.HTTP_HEADERS]


def test_headers_are_a_name_a_colon_and_a_value() -> None:
    """The assignment, "Response headers": its own example."""
    pairs = {"server.http.headers.0": "Cache-Control: max-age=3600", "server.http.headers.1": "Server: Stalwart JMAP"}

    assert headers(pairs) == (("cache-control", "max-age=3600"), ("server", "Stalwart JMAP"))
    assert problems(pairs) == []


def test_a_single_header_needs_no_list() -> None:
    """http-server.md section 1.2: a string instead of a list is accepted."""
    assert headers({"server.http.headers": "X-A:b"}) == (("x-a", "b"),)


def test_the_former_name_is_merged_and_told() -> None:
    """http-server.md section 1.2: `jmap.http.headers` is a deprecated alias."""
    pairs = {"jmap.http.headers.0": "A: former", "jmap.http.headers.1": "B: former", "server.http.headers": "a: new"}

    assert headers(pairs) == (("a", "new"), ("b", "former"))
    assert [(one.key, one.kind) for one in problems(pairs)] == [("jmap.http.headers", "deprecated")]


def test_of_two_with_one_name_the_last_counts() -> None:
    """http-server.md section 1.2."""
    assert headers({"server.http.headers.0": "A: 1", "server.http.headers.1": "a: 2"}) == (("a", "2"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no colon",
        ": value",
        "two words: value",
        "A: b\r\nSet-Cookie: c",
        "A: b\nC: d",
        "A: b\0",
        "A\r\nB: c",
        "Ä: b",
        "A: ä",
        "A: " + "b" * 5000,
        "A" * 200 + ": b",
        "Content-Length: 0",
        "content-LENGTH: 0",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "Upgrade: h2c",
        "Content-Encoding: gzip",
        "Sec-WebSocket-Accept: x",
        "X-Content-Type-Options: sniff",
    ],
)
def test_a_bad_header_costs_itself_alone(text: str) -> None:
    """http-server.md section 1.2, mended: one bad entry does not discard the list; nothing breaks an answer's frame."""
    pairs = {"server.http.headers.0": "A: b", "server.http.headers.1": text, "server.http.headers.2": "C: d"}

    assert headers(pairs) == (("a", "b"), ("c", "d"))
    assert [(one.key, one.kind) for one in problems(pairs)] == [("server.http.headers.1", "parse")]


def test_a_header_may_have_colons_and_be_empty() -> None:
    """RFC 9110 section 5.5."""
    assert headers({"server.http.headers.0": "A: b:c", "server.http.headers.1": "D:"}) == (("a", "b:c"), ("d", ""))


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.example.org", "https://app.example.org"),
        ("HTTPS://App.Example.org/", "https://app.example.org"),
        ("https://app.example.org:443", "https://app.example.org"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_spelt_as_browsers_spell_it(text: str, origin: str) -> None:
    """RFC 6454 section 6.1."""
    assert snapshot({"server.http.cors-origins": text})[0][catalogue.CORS_ORIGINS] == (origin,)


@pytest.mark.parametrize(
    "text",
    ["*", "null", "app.example.org", "ftp://a.example", "https://", "https://a.example/path", "https://*.example.org",
     "https://u@a.example", "https://a.example:99999", "https://a.example\r\nA: b", "https://[::1"],
)  # fmt: skip
def test_what_is_no_origin_is_told(text: str) -> None:
    """Ours: a pattern would look as if it worked."""
    settings, told = snapshot({"server.http.cors-origins": text})

    assert settings[catalogue.CORS_ORIGINS] == ()
    assert [one.key for one in told] == ["server.http.cors-origins"]


@pytest.mark.parametrize("text", ["8191", "1048577", "64k", "-1", "", "9" * 400])
def test_the_size_of_a_head_has_bounds(text: str) -> None:
    """Ours: less is refused by every browser's cookies, more is somebody filling our memory."""
    settings, told = snapshot({"server.http.max-header-size": text})

    assert settings[catalogue.MAX_HEADER_SIZE] == 65536
    assert [one.key for one in told] == ["server.http.max-header-size"]
