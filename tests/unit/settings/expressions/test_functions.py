"""Functions at the edges of what they are given; what they are for is in the examples of the documentation."""

import pytest
from tests.unit.settings.expressions.conftest import Evaluate

from pillarbox.settings.expressions import Value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Texts.
        ("trim(['\u3000a\u2003', 1])", ("a", "1")),
        ("trim('\x1ca')", "\x1ca"),
        ("len([1, 2])", 2),
        ("len(12345)", 5),
        ("len(2.0)", 1),
        ("is_uppercase('123')", 1),
        ("is_uppercase(['A', 'a'])", (1, 0)),
        ("is_uppercase('漢')", 0),
        ("has_digits('٣')", 0),
        ("count_spaces('a\tb\u00a0c')", 2),
        ("contains('abc', '')", 1),
        ("contains(2024, 2)", 1),
        ("contains([1, '2'], 2)", 1),
        ("contains([], '')", 0),
        ("contains_ignore_case(['Ä', 'B', 7], 'b')", 1),
        ("contains_ignore_case(['Ä'], 'ä')", 0),
        ("contains_ignore_case([7], '7')", 0),
        ("contains_ignore_case('AÄB', 'ä')", 1),
        ("eq_ignore_case('Ä', 'ä')", 0),
        ("eq_ignore_case('äB', 'äb')", 1),
        ("lines(5)", 5),
        ("lines(['a'])", ("a",)),
        ("lines('')", ()),
        ("lines('a\n\nb')", ("a", "", "b")),
        ("substring('abc', 5, 1)", ""),
        ("substring('abc', -1, 2)", "ab"),
        ("substring('abc', 'x', 99)", "abc"),
        ("substring('abc', 1, -1)", ""),
        ("strip_prefix('abc', '')", "abc"),
        ("strip_prefix(['ab', 'b'], 'a')", ("b", "")),
        ("strip_suffix('abc', '')", "abc"),
        ("strip_suffix('abc', 'x')", ""),
        ("split('abc', '')", ("abc",)),
        ("split('', ',')", ("",)),
        ("rsplit('abc', '')", ("abc",)),
        ("split_once('abc', 'x')", ""),
        ("split_once('abc', '')", ""),
        ("rsplit_once('abc', '')", ""),
        ("split_once('abc', 'x')[1]", ""),
        ("split_n('a,b', ',', 0)", ("a,b",)),
        ("split_n('a,b', ',', 'x')", ("a,b",)),
        ("split_words('')", ()),
        ("hash('', 'md5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("hash('a', 'sha1')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("len(hash('a', 'sha512'))", 128),
        ("hash('a', 'crc32')", ""),
        # Arrays.
        ("count('')", 0),
        ("count(0)", 1),
        ("count([])", 0),
        ("sort([1, 'b', [2], [1, 1], [1], 'a', 0.5], true)", ((2,), (1, 1), (1,), "b", "a", 1, 0.5)),
        ("sort(['10', '9', 9, 10], false)", (9, 10, "10", "9")),
        ("sort('ba', 1)", "ba"),
        ("dedup([1, '1', 1.0, ['a'], ['a'], ['a', 'a']])", (1, "1", ("a",), ("a", "a"))),
        ("dedup('a')", "a"),
        ("winnow(['', 0, []])", (0, ())),
        ("winnow('')", ""),
        ("is_intersect(['a'], 'a')", 1),
        ("is_intersect('b', ['a'])", 0),
        ("is_intersect('a', 'a')", 0),
        ("is_empty([])", 1),
        ("is_number(1.5)", 1),
        ("is_number([1])", 0),
        # Addresses.
        ("is_email('\"a b\"@x.org')", 1),
        ("is_email('a..b@x.org')", 0),
        ("is_email('.a@x.org')", 0),
        ("is_email('a@org')", 0),
        ("is_email('a@b@x.org')", 0),
        ("is_email('@x.org')", 0),
        ("is_email('ä@x.org')", 1),
        ("is_email('a@x..org')", 0),
        ("is_email('')", 0),
        ("email_part('a@b@ x.org ', 'domain')", "x.org"),
        ("email_part('a@x.org', 'local')", "a"),
        ("email_part('x.org', 'domain')", ""),
        ("email_part('a@x.org', 'user')", ""),
        ("email_part(['a@x.org', 'b'], 'local')", ("a", "")),
        ("is_ip_addr('fe80::1%eth0')", 0),
        ("is_ip_addr('')", 0),
        ("is_ipv4_addr('192.0.2.1')", 1),
        ("is_ipv6_addr('::1')", 1),
        ("substring(ip_reverse_name('2001:db8::1'), 0, 5)", "1.0.0"),
        ("count(split(ip_reverse_name('2001:db8::1'), '.'))", 32),
        ("ip_reverse_name('a.example')", ""),
        # What is looked up.
        ("key_get('blocked', '192.0.2.1')", 7),
        ("key_get('blocked', '198.51.100.9')", 1),
        ("key_get('blocked', 'abc')", 1.5),
        ("key_get('blocked', 'x')", "other"),
        ("key_get('blocked', '[x]y')", "other"),
        ("key_get('default', 'nothing')", ""),
        ("key_exists('default', 'nothing')", 0),
        ("key_get(nowhere, 'hostname')", ""),
        ("key_exists(nowhere, 'hostname')", 0),
        # Patterns.
        (r"matches('\.php$', 'a.php')", 1),
        (r"matches('\.php$', 'aphp')", 0),
        (r'matches("^\"a\\\"$", "\"a\\\"")', 1),
        ("matches('(?i)^get$', 'GET')", 1),
        ("matches('ä', 'xäx')", 1),
        ("matches('(.)$', 'xä') && $1 == 'ä'", 1),
        ("matches('(\\C)$', 'ä') && $1 == '\ufffd'", 1),
        ("matches('(a)|(b)', 'b') && ['-' + $0 + '-', $1, $2, $3]", 1),
        ("[matches('(a)|(b)', 'b'), $0, $1, $2, $3]", (1, "b", "", "b", "")),
        ("[matches('a', 'a'), matches('b', 'a'), $0]", (1, 0, "")),
        ("$0", ""),
        ("if_then(0, matches('a', 'a'), 5) + $0", 5),
    ],
)
def test_what_a_function_gives(value: Evaluate, text: str, expected: Value) -> None:
    """The settings reference, section 10."""
    found = value(text, nowhere="nowhere")

    assert (found, type(found)) == (expected, type(expected))


def test_halves_of_surrogate_pairs_do_no_harm(value: Evaluate) -> None:
    """Ours: they may come in through the environment."""
    assert value("len(a)", a="\ud800") == 1
    assert value("matches('^.$', a)", a="\ud800") == 1
    assert value("hash(a, 'md5')", a="\ud800") == value("hash('?', 'md5')")
