"""Values with parameters."""

import pytest

from pillarbox.wire.message.parameter import parameterized


@pytest.mark.parametrize(
    ("field", "value", "parameters"),
    [
        (" Text/Plain", "text/plain", {}),
        (" text/plain; charset=us-ascii (Plain text)", "text/plain", {"charset": "us-ascii"}),
        (' text/plain; Charset="us-ascii"', "text/plain", {"charset": "us-ascii"}),
        (" (a comment) text / plain ;x=y", "text/plain", {"x": "y"}),
        ("text/plain;;; charset=utf-8;", "text/plain", {"charset": "utf-8"}),
        ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ('text/plain; name="a" charset="b"', "text/plain", {"name": "a", "charset": "b"}),
        ("text/plain; charset", "text/plain", {}),
        ("text/plain; charset=utf-8; x; y=", "text/plain", {"charset": "utf-8", "y": ""}),
        ("text/plain; a=1; A=2", "text/plain", {"a": "1"}),
        ("multipart/mixed; boundary=a/b:c?d=e", "multipart/mixed", {"boundary": "a/b:c?d=e"}),
        ("multipart/mixed; boundary=\"a \\\"b\\\\\"", "multipart/mixed", {"boundary": 'a "b\\'}),
        ("attachment;\r\n\tfilename=Plans for (1).pdf ; size=3", "attachment",
         {"filename": "Plans for (1).pdf", "size": "3"}),
        ("attachment; filename=Plans (1)", "attachment", {"filename": "Plans (1)"}),
        ('attachment; filename="C:\\plans\\a.pdf"', "attachment", {"filename": "C:\\plans\\a.pdf"}),
        ('attachment; filename="a.pdf; size=3', "attachment", {"filename": "a.pdf", "size": "3"}),
        ("filename=a.pdf", "", {"filename": "a.pdf"}),
        ("; filename=a.pdf", "", {"filename": "a.pdf"}),
        ("", "", {}),
        ('attachment; filename="=?utf-8?Q?Pl=C3=A4ne.pdf?="', "attachment", {"filename": "Pläne.pdf"}),
        ('attachment; filename="=?utf-8?B?UGzDpA==?==?utf-8?B?bmUucGRm?="', "attachment",
         {"filename": "Pläne.pdf"}),
        ("attachment; filename*=utf-8''Pl%C3%A4ne.pdf", "attachment", {"filename": "Pläne.pdf"}),
        ("attachment; filename*=iso-8859-1'de'Pl%E4ne.pdf", "attachment", {"filename": "Pläne.pdf"}),
        ("attachment; filename*=Pl%C3%A4ne.pdf", "attachment", {"filename": "Pläne.pdf"}),
        ("attachment; filename*=x-no''Pl%C3%A4ne.pdf", "attachment", {"filename": "Pläne.pdf"}),
        ("attachment; filename=Plane.pdf; filename*=utf-8''Pl%C3%A4ne.pdf", "attachment",
         {"filename": "Pläne.pdf"}),
        ("attachment; filename*1=b.pdf; filename*0=a", "attachment", {"filename": "ab.pdf"}),
        ("attachment; filename*0*=utf-8''a%C3; filename*1*=%A4; filename*2=\"%b c\"", "attachment",
         {"filename": "aä%b c"}),
        ("attachment; filename*0=\"=?utf-8?Q?Pl=C3=A4\"; filename*1=\"ne.pdf?=\"", "attachment",
         {"filename": "Pläne.pdf"}),
        ("attachment; filename*=UTF-8''\"Pl%C3%A4ne.pdf\"", "attachment", {"filename": "Pläne.pdf"}),
        ('"attachment"; filename=a.pdf', "attachment", {"filename": "a.pdf"}),
        ('attachment; filename="a\0b\tc\x7f.pdf"', "attachment", {"filename": "abc.pdf"}),
        ("attachment; filename*=utf-8''a%0D%0Ab%00.pdf", "attachment", {"filename": "ab.pdf"}),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_is_meant(field: str, value: str, parameters: dict[str, str]) -> None:
    """RFC 2045 section 5.1, RFC 2183 section 2, RFC 2231 sections 3 and 4, and what is sent instead."""
    assert parameterized(field.encode()) == (value, parameters)


def test_bare_octets_are_utf_8_or_windows_1252() -> None:
    """RFC 6532; the other is ours."""
    assert parameterized("attachment; filename=ä.pdf".encode()).parameters == {"filename": "ä.pdf"}
    assert parameterized("attachment; filename=ä.pdf".encode("cp1252")).parameters == {"filename": "ä.pdf"}


def test_many_parameters_take_linear_time() -> None:
    """Ours."""
    assert len(parameterized(b"a" + b"".join(b"; a%d=b" % n for n in range(20_000))).parameters) == 20_000
    assert parameterized(b"a; b=c" + b";" * 1_000_000).parameters == {"b": "c"}
    assert parameterized(b'a; b="' + b'\\"' * 500_000).parameters == {"b": '\\"' * 500_000}
