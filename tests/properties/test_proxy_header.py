"""A proxy's header is the same however it comes, and whatever comes is a header or is refused (the PROXY protocol)."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.proxy import LONGEST, BadProxyHeader, ProxyHeader, proxy_header

V2 = b"\r\n\r\n\x00\r\nQUIT\n"

ports = st.integers(0, 65535)
vectors = st.lists(st.tuples(st.sampled_from([0x04, 0x30, 0xE0, 0xF8]), st.binary(max_size=20)), max_size=4)


def _line(source: str, port: int) -> bytes:
    family = "TCP4" if ip_address(source).version == 4 else "TCP6"
    return f"PROXY {family} {source} {source} {port} 443\r\n".encode()


def _block(source: str, port: int, more: list[tuple[int, bytes]]) -> bytes:
    here = ip_address(source)
    body = here.packed * 2 + port.to_bytes(2, "big") + b"\x01\xbb"
    body += b"".join(bytes([kind]) + len(value).to_bytes(2, "big") + value for kind, value in more)
    return V2 + bytes([0x21, 0x11 if here.version == 4 else 0x21]) + len(body).to_bytes(2, "big") + body


def _parsed(octets: bytes) -> ProxyHeader | str | None:
    try:
        return proxy_header(octets)
    except BadProxyHeader as problem:
        return str(problem)


@given(st.ip_addresses(), ports, vectors, st.binary(max_size=10))
def test_a_header_is_waited_for_until_its_last_octet(
    address: object, port: int, more: list[tuple[int, bytes]], rest: bytes
) -> None:
    """The PROXY protocol, section 2: not parsed before all of it is there, and nothing after it is taken."""
    for header in (_line(str(address), port), _block(str(address), port, more)):
        assert all(proxy_header(header[:cut]) is None for cut in range(len(header)))

        found = proxy_header(header + rest)

        assert found is not None
        assert found.length == len(header)
        assert found.client is not None
        assert found.client[1] == port


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(V2.__add__), st.binary().map(b"PROXY ".__add__)))
def test_anything_is_a_header_or_refused_and_stays_so(octets: bytes) -> None:
    """Ours: nothing else is raised; what was decided is not decided anew by what comes after it."""
    decided = _parsed(octets)

    if isinstance(decided, ProxyHeader):
        assert 0 < decided.length <= min(len(octets), LONGEST)
    if decided is not None:
        assert _parsed(octets + b"\x00more") == decided
