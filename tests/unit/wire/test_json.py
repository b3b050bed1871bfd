"""I-JSON as requests may be made of (RFC 7493)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.json import MAX_DEPTH, NotJSON, heavier, parse


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (b"{}", {}),
        (b' [1, -1, 0.5, true, null, "x"] ', [1, -1, 0.5, True, None, "x"]),
        (b'"\\ud83c\\udf70"', "\U0001f370"),
        ('"\U0001f370"'.encode(), "\U0001f370"),
        (b'"\\u0000"', "\x00"),
        (b'"\\\\ud800"', "\\ud800"),
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", -(2**53 - 1)),
        (b"9007199254740992", 2.0**53),
        (b"-9007199254740993", -(2.0**53)),
        (b"-0", 0),
        (b"1e3", 1000.0),
        (b'{"a":{"b":1},"b":{"b":1}}', {"a": {"b": 1}, "b": {"b": 1}}),
    ],
)
def test_json_is_read(octets: bytes, value: object) -> None:
    assert parse(octets) == value


def test_json_may_be_so_deep_and_no_deeper() -> None:
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    parse(b"[" + b"[]," * 1000 + b"{}]")
    with pytest.raises(NotJSON):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b" ",
        b"{",
        b"{}x",
        b"{}{}",
        b"nul",
        b"'x'",
        b"{1:2}",
        b'{"a":1,}',
        b"[1,]",
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"0x10",
        b"// comment\n1",
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e400",
        b"-1e400",
        b"1" * 5000,
        b"-" + b"9" * 1_000_000,
        b'"\x01"',
        b'"\n"',
        b'"\\x41"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800":1}',
        b'[{"a":["\\uDFFF"]}]',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\xc0\x80"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"x":{"b":1,"c":2,"b":3}}]',
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'["\\ud800",' + b"[" * 10_000 + b"]" * 10_000 + b"]",
    ],
    ids=lambda octets: repr(octets[:20]),
)
def test_what_is_no_i_json_is_refused(octets: bytes) -> None:
    with pytest.raises(NotJSON) as raised:
        parse(octets)
    assert 0 < len(str(raised.value)) < 200


@pytest.mark.parametrize("depth", [*range(100, 1100, 50)])
def test_no_depth_is_a_bug(depth: int) -> None:
    """A value that can be read can be looked through for lone surrogates as well."""
    for inner in (b'"\\ud83c\\udf70"', b'"\\ud800"'):
        try:
            parse(b"[" * depth + inner + b"]" * depth)
        except NotJSON:
            continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_weight_is_about_the_length_of_the_text(value: object) -> None:
    length = len(json.dumps(value, ensure_ascii=False))
    assert not heavier(value, 2 * length + 10)  # type: ignore[arg-type]
    assert heavier(value, length // 8 - 1)  # type: ignore[arg-type]


def test_what_is_shared_is_weighed_each_time() -> None:
    shared: list[object] = ["x" * 1000]
    for _ in range(40):
        shared = [shared, shared]
    assert heavier(shared, 10_000_000)  # type: ignore[arg-type]
