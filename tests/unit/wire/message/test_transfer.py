"""Content transfer encodings."""

import pytest

from pillarbox.wire.message import decode, is_sound, parse
from pillarbox.wire.message.transfer import decoded_size, encoding_name, to_base64, to_quoted_printable


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", "identity"),
        ("7bit", "identity"),
        (" 8BIT ", "identity"),
        ("7-bit", "identity"),
        ("8bits", "identity"),
        ("binary", "identity"),
        ("BASE64", "base64"),
        ("base64 (as it should be)", "base64"),
        ("base64;", "base64"),
        ("Quoted-Printable", "quoted-printable"),
        ("quoted printable", "quoted-printable"),
        ("quoted_printable", "quoted-printable"),
        ("x-uuencode", "uuencode"),
        ("x-gzip64", "unknown"),
        ("text/html", "unknown"),
    ],
)
def test_an_encoding_is_known_by_the_names_that_are_sent(value: str, name: str) -> None:
    """RFC 2045 section 6.1, and what senders write instead."""
    assert encoding_name(value) == name


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (b"SGVsbG8=", b"Hello"),
        (b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGVsbG8==", b"Hello"),
        (b"SGVsbG8hX", b"Hello!"),
        (b"S*G-V_s b\0G8=", b"Hello"),
        (b"SGVsbG8=SGVsbG8=", b"HelloHello"),
        (b"SGk=\r\nX=\r\nSGk=", b"HiHi"),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_base64_is_decoded_as_far_as_it_goes(data: bytes, octets: bytes) -> None:
    """RFC 2045 section 6.8: what is not of the alphabet is ignored."""
    assert decode(data, "base64") == octets
    assert decoded_size(data, "base64") == len(octets)


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (b"caf=C3=A9", b"caf\xc3\xa9"),
        (b"caf=c3=a9", b"caf\xc3\xa9"),
        (b"soft=\r\n break=\nhere=", b"soft breakhere"),
        (b"soft= \t\r\n break", b"soft break"),
        (b"soft=\r break", b"soft break"),
        (b"end  \r\nend\t \nend ", b"end\r\nend\nend"),
        (b"a = b, =ZZ", b"a = b, =ZZ"),
        (b"a_b", b"a_b"),
    ],
)
def test_quoted_printable_is_decoded_as_far_as_it_goes(data: bytes, octets: bytes) -> None:
    """RFC 2045 section 6.7: white space at the end of a line is dropped, a wrong escape is kept."""
    assert decode(data, "quoted-printable") == octets
    assert decoded_size(data, "quoted-printable") == len(octets)


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (b"begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n", b"Hello"),
        (b"See:\n\nbegin 644 a.txt\n%2&5L;&\\X\nend\nBye\n", b"Hello"),
        (b"begin 644 a.txt\n%2&5L;&\\\n~~~~\n%2&5L;&\\\nend\n", b"HelloHello"),
        (b"begin 644 a.txt\n%2&5L;&\\\n", b"Hello"),
        (b"nothing to begin with", b"nothing to begin with"),
    ],
)
def test_uuencode_gives_the_file(data: bytes, octets: bytes) -> None:
    """Ours: older than MIME, still sent as x-uuencode."""
    assert decode(data, "uuencode") == octets


@pytest.mark.parametrize("encoding", ["identity", "unknown"])
def test_other_data_is_as_it_is(encoding: str) -> None:
    """RFC 8621 section 4.1.4, "blobId": an unknown encoding is treated as none."""
    assert decode(b"a=3D\0", encoding) == b"a=3D\0"


@pytest.mark.parametrize(
    ("data", "encoding", "sound"),
    [
        (b"SGVs\r\nbG8=\r\n", "base64", True),
        (b"SGVsbG8", "base64", False),
        (b"SGk=SGk=", "base64", False),
        (b"SGVs!bG8=", "base64", False),
        (b"caf=C3=A9=\r\n=3D= \n", "quoted-printable", True),
        (b"caf=XY", "quoted-printable", False),
        (b"begin 644 a\nend\n", "uuencode", True),
        (b"#!", "uuencode", False),
        (b"\xff", "identity", True),
        (b"a", "unknown", False),
    ],
)
def test_damage_is_noticed(data: bytes, encoding: str, *, sound: bool) -> None:
    """RFC 8621 section 4.1.4, "isEncodingProblem"."""
    assert is_sound(data, encoding) is sound


@pytest.mark.parametrize("data", [b"", b"a", b"\r\n", bytes(range(256)) * 3, b"a \r\nb\t\r\n", b"a\nb\rc", b"=" * 200])
def test_what_is_encoded_comes_out_again(data: bytes) -> None:
    """RFC 2045 sections 6.7 and 6.8: in lines of at most 76 characters of ASCII."""
    for encoded, encoding in ((to_base64(data), "base64"), (to_quoted_printable(data), "quoted-printable")):
        assert decode(encoded, encoding) == data
        assert encoded.isascii()
        assert max(map(len, encoded.split(b"\r\n"))) <= 76


def test_lines_that_a_transport_would_change_are_encoded() -> None:
    """RFC 2045 section 6.7, rule 3."""
    assert to_quoted_printable(b"a \r\n.\r\n") == b"a=20\r\n=2E\r\n"


def test_long_runs_of_white_space_take_linear_time() -> None:
    """Ours."""
    assert decode(b" " * 1_000_000 + b"x \r\n", "quoted-printable") == b" " * 1_000_000 + b"x\r\n"
    assert parse(b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 1_000_000).root.size == 0


def test_padding_is_looked_at_a_thousand_times() -> None:
    """Ours: a bound; beyond, it is junk."""
    data = b"SGk=" * 1002

    assert decode(data, "base64")[:2000] == b"Hi" * 1000
    assert decoded_size(data, "base64") == len(decode(data, "base64"))


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_padded_lines_are_found_throughout_a_long_text(end: bytes) -> None:
    """Ours: it is gone through in slices of whole lines."""
    lines = [b"line %d" % number for number in range(20_000)]

    assert decode((b" \t" + end).join([*lines, b""]), "quoted-printable") == end.join([*lines, b""])
    assert decode((b" =" + end).join([*lines, b""]), "quoted-printable") == b" ".join([*lines, b""])
