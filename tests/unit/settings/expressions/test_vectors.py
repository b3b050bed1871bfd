"""The test vectors of the settings reference, section 14: each value, and its kind."""

import pytest
from tests.unit.settings.expressions.conftest import Evaluate, context

from pillarbox.settings.expressions import Program, Value, compiled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3.5),
        ("1 / 0", 0.0),
        ("'a' + 1 + 2", "a12"),
        ("1 + 2 + 'a'", "3a"),
        ("'' + 5", 5),
        ("!1 == 0", 1),
        ("1 == 1 && 2 > 1 || 0", 1),
        ("1 ^ 1", 0),
        ("30s", 30000),
        ("[1, 1d][1]", 86400000),
        ("split('/jmap/ws', '/')[1]", "jmap"),
        ("split('/jmap', '/')[7]", ""),
        ("contains(['jmap','robots.txt'], 'jmap')", 1),
        ("substring('hello world', 6, 5)", "world"),
        ("strip_prefix('abc', 'x')", ""),
        ("rsplit('a.b.c', '.')", ("c", "b", "a")),
        ("split_n('a,b,c,d', ',', 2)", ("a", "b", "c,d")),
        ("email_part('u@x.org', 'domain')", "x.org"),
        ("matches('^(.+)@(.+)$', 'u@x.org')", 1),
        ("is_empty('')", 1),
        ("is_empty(0)", 0),
        ("dedup(['a','b','a'])", ("a", "b")),
        ("['a'] + 'b'", ("a", "b")),
        ("['a','b'] - 'a'", ("b",)),
    ],
)
def test_a_vector_holds(value: Evaluate, text: str, expected: Value) -> None:
    """The settings reference, section 14."""
    found = value(text)

    assert (found, type(found)) == (expected, type(expected))


def test_a_condition_captures_for_what_follows_from_it() -> None:
    """The settings reference, sections 5 and 14: `matches(…)` then `$2`."""
    known = context("address")
    program = Program(
        [(compiled("matches('^(.+)@(.+)$', address)", known), compiled("$2", known))], compiled("'none'", known)
    )

    assert program.value({"address": "u@x.org"}) == "x.org"
    assert program.value({"address": "x.org"}) == "none"


@pytest.mark.parametrize(
    ("domain", "mx", "expected"), [("example.org", "a", 1), ("a.example", "mx.a.example", 1), ("a.example", "a", 0)]
)
def test_single_signs_work(value: Evaluate, domain: str, mx: str, expected: int) -> None:
    """The settings reference, section 14: `=` and a single `|`."""
    assert value("rcpt_domain = 'example.org' | starts_with(mx, 'mx.')", rcpt_domain=domain, mx=mx) == expected


@pytest.mark.parametrize(
    ("path", "ip", "expected"),
    [("/api/a", "192.0.2.1", 1), ("/api/a", "127.0.0.1", 0), ("/jmap", "192.0.2.1", 0)],
)
def test_the_condition_that_shields_a_path_from_strangers(value: Evaluate, path: str, ip: str, expected: int) -> None:
    """The settings reference, section 14."""
    assert value("starts_with(url_path, '/api') && remote_ip != '127.0.0.1'", url_path=path, remote_ip=ip) == expected
