"""The header with which a proxy names its client (the PROXY protocol, versions 1 and 2)."""

from ipaddress import ip_address

import pytest

from pillarbox.wire.proxy import LONGEST, BadProxyHeader, ProxyHeader, proxy_header

V2 = b"\r\n\r\n\x00\r\nQUIT\n"


def version_2(
    source: str = "192.0.2.7",
    port: int = 56324,
    *vectors: bytes,
    command: int = 0x21,
    family: int | None = None,
    block: bytes | None = None,
) -> bytes:
    """A header of version 2."""
    here = ip_address(source)
    own = 0x11 if here.version == 4 else 0x21
    there = bytes(len(here.packed))
    addresses = here.packed + there + port.to_bytes(2, "big") + (443).to_bytes(2, "big")
    body = (addresses if block is None else block) + b"".join(vectors)
    return V2 + bytes([command, own if family is None else family]) + len(body).to_bytes(2, "big") + body


def vector(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + len(value).to_bytes(2, "big") + value


def test_a_line_names_the_client() -> None:
    """The PROXY protocol, section 2.1: its own example."""
    line = b"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"

    assert proxy_header(line + b"GET / HTTP/1.1\r\n") == ProxyHeader(len(line), ("192.168.0.1", 56324))


def test_a_line_may_name_a_client_of_ipv6() -> None:
    """The PROXY protocol, section 2.1."""
    line = b"PROXY TCP6 2001:DB8::1 2001:db8::2 1 65535\r\n"

    assert proxy_header(line) == ProxyHeader(len(line), ("2001:db8::1", 1))


@pytest.mark.parametrize("line", [b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN ffff::1 whatever\xff 0\r\n"])
def test_an_unknown_client_leaves_the_connection_s_own(line: bytes) -> None:
    """The PROXY protocol, section 2.1: the rest of the line is ignored."""
    assert proxy_header(line) == ProxyHeader(len(line))


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00",
        b"PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
        b"PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\nX\r\n",
        b"PROXY UNKNOWNX\r\n",
        b"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY " + b"A" * 101,
    ],
)
def test_a_line_that_is_not_exactly_right_is_none(line: bytes) -> None:
    """The PROXY protocol, section 2.1: any sequence that does not exactly match must be discarded."""
    with pytest.raises(BadProxyHeader):
        proxy_header(line)


def test_a_line_ends_in_107_octets() -> None:
    """The PROXY protocol, section 2.1."""
    longest = b"PROXY UNKNOWN " + b"f" * 91 + b"\r\n"
    assert len(longest) == 107
    assert proxy_header(longest) == ProxyHeader(107)

    with pytest.raises(BadProxyHeader):
        proxy_header(b"PROXY UNKNOWN " + b"f" * 92 + b"\r\n")


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_a_block_names_the_client(address: str) -> None:
    """The PROXY protocol, section 2.2."""
    header = version_2(address)

    assert proxy_header(header + b"\x16\x03\x01") == ProxyHeader(len(header), (address, 56324))


def test_a_client_of_ipv4_has_one_name() -> None:
    """Ours: who is banned is so however their proxy spells them."""
    header = version_2("::ffff:192.0.2.7")
    assert proxy_header(header) == ProxyHeader(len(header), ("192.0.2.7", 56324))

    line = b"PROXY TCP6 ::ffff:192.0.2.7 2001:db8::2 5 6\r\n"
    assert proxy_header(line) == ProxyHeader(len(line), ("192.0.2.7", 5))


@pytest.mark.parametrize(
    "header",
    [
        version_2(command=0x20),
        version_2(command=0x20, family=0xFF, block=b"whatever"),
        version_2(command=0x20, family=0, block=b""),
        version_2(family=0, block=b""),
        version_2(family=0, block=b"\x01\xff"),
        version_2(family=0x10),
        version_2(family=0x12),
        version_2(family=0x31, block=bytes(216)),
    ],
    ids=["local", "local of any family", "empty", "unknown", "with a block", "no transport", "datagrams", "UNIX"],
)
def test_a_block_without_an_address_leaves_the_connection_s_own(header: bytes) -> None:
    """The PROXY protocol, section 2.2: LOCAL must, the others may be taken so. Its length counts in any case."""
    assert proxy_header(header + b"next") == ProxyHeader(len(header))


@pytest.mark.parametrize(
    "header",
    [
        version_2(command=0x11),
        version_2(command=0x22),
        version_2(family=0x41),
        version_2(family=0x13),
        version_2(block=bytes(11)),
        version_2(family=0x21, block=bytes(35)),
        V2 + b"\x21\x11" + LONGEST.to_bytes(2, "big"),
    ],
    ids=["version", "command", "family", "transport", "cut off", "cut off of IPv6", "too long"],
)
def test_a_block_that_is_not_right_is_none(header: bytes) -> None:
    """The PROXY protocol, section 2.2; the bound is ours."""
    with pytest.raises(BadProxyHeader):
        proxy_header(header)


def test_what_a_proxy_says_of_tls_is_heard() -> None:
    """The PROXY protocol, section 2.2.6."""
    tls = b"\x01\x00\x00\x00\x00" + vector(0x21, b"TLSv1.3") + vector(0x23, b"TLS_AES_128_GCM_SHA256")
    header = version_2(
        "192.0.2.7",
        1,
        vector(0x01, b"http/1.1"),
        vector(0x02, b"mail.example.org"),
        vector(0x04, b"\0\0"),
        vector(0x05, b"abc"),
        vector(0x20, tls),
        vector(0xE0, b"ours"),
    )

    assert proxy_header(header) == ProxyHeader(
        len(header), ("192.0.2.7", 1), True, "TLSv1.3", "mail.example.org", b"http/1.1", b"abc"
    )


def test_a_client_that_speaks_no_tls_is_no_client_of_tls() -> None:
    """The PROXY protocol, section 2.2.6: the flag says so, not that the vector is there."""
    header = version_2("192.0.2.7", 1, vector(0x20, b"\x00\x00\x00\x00\x01"))

    assert proxy_header(header) == ProxyHeader(len(header), ("192.0.2.7", 1))


def test_a_right_checksum_is_taken() -> None:
    """The PROXY protocol, section 2.2.3; RFC 4960 appendix B. The sum was worked out bit by bit."""
    blank = version_2("192.0.2.7", 1, vector(0x03, bytes(4)))
    header = blank[:-4] + _slow_crc32c(blank).to_bytes(4, "big")

    assert proxy_header(header) == ProxyHeader(len(header), ("192.0.2.7", 1))
    assert _slow_crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize(
    "vectors",
    [
        vector(0x03, bytes(4)),
        vector(0x03, bytes(3)),
        b"\x04\x00",
        b"\x04\x00\x02\x00",
        vector(0x02, b"\xff"),
        vector(0x02, b"a" * 256),
        vector(0x02, b"a\r\nb"),
        vector(0x05, b"a" * 129),
        vector(0x20, b"\x01\x00\x00\x00"),
        vector(0x20, b"\x01\x00\x00\x00\x00\x21\x00\x09TLSv1.3"),
    ],
)
def test_vectors_that_are_not_right_are_none(vectors: bytes) -> None:
    """The PROXY protocol, section 2.2; a wrong checksum makes the connection invalid (2.2.3)."""
    with pytest.raises(BadProxyHeader):
        proxy_header(version_2("192.0.2.7", 1, vectors))


def _slow_crc32c(octets: bytes) -> int:
    total = 0xFFFFFFFF
    for octet in octets:
        total ^= octet
        for _ in range(8):
            total = (total >> 1) ^ (0x82F63B78 * (total & 1))
    return total ^ 0xFFFFFFFF
