"""Which addresses others may send this server to, and which URLs name one (ours)."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.net import ANYWHERE, BadURL, Destination, Guard, destination

NOBODYS = Guard()

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "2001:0:1::1",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_the_worlds_is_refused(address: str) -> None:
    """Ours: IANA's special-purpose addresses, however they are wrapped."""
    assert not NOBODYS.lets(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_what_is_the_worlds_is_let_through(address: str) -> None:
    """Ours: with NAT64 (RFC 6052), the IPv4 world is within IPv6."""
    assert NOBODYS.lets(address)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "8.8.8.8.", "8.8.8.8/32", "01.2.3.4"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """Ours: nothing is guessed."""
    assert not NOBODYS.lets(text)


def test_a_network_can_be_allowed() -> None:
    """Ours: server.outbound.allow-networks; an address within IPv6 counts as the IPv4 one that it is."""
    guard = Guard((ip_network("127.0.0.0/8"),))

    assert guard.lets("127.0.0.1")
    assert guard.lets("::ffff:127.0.0.1")
    assert not guard.lets("10.0.0.1")
    assert not guard.lets("::1")


def test_what_the_operator_named_may_be_anywhere() -> None:
    """Ours."""
    assert all(ANYWHERE.lets(address) for address in ("127.0.0.1", "::1", "10.0.0.1", "fe80::1", "8.8.8.8"))


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: IPv4Address) -> None:
    """Ours: what is refused in IPv4 is refused within IPv6, and the other way round."""
    mapped = IPv6Address((0xFFFF << 32) | int(address))
    translated = IPv6Address((0x64FF9B << 96) | int(address))

    assert NOBODYS.lets(str(mapped)) == NOBODYS.lets(str(translated)) == NOBODYS.lets(str(address))


@given(st.ip_addresses())
def test_python_knows_no_private_address_that_is_let_through(address: IPv4Address | IPv6Address) -> None:
    """Ours: held against the registries as the standard library has them."""
    if NOBODYS.lets(str(address)) and getattr(address, "ipv4_mapped", None) is None:
        refused = address.is_private or address.is_multicast or address.is_reserved or address.is_loopback
        assert not refused or str(address).startswith("64:ff9b::")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost.",
        "printer.localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "10.1",
        "::1",
        "999.999.999.999",
        "1.2.3.4.5",
        "127.0.0.1.",
    ],
)
def test_a_host_that_can_be_judged_as_it_is_written(host: str) -> None:
    """Ours: whoever names this machine is told so at once."""
    assert NOBODYS.refuses_host(host)


@pytest.mark.parametrize("host", ["push.example", "8.8.8.8", "8.526344", "2606:4700::1", "localhost.example"])
def test_a_host_that_must_be_resolved_is_not_refused_before(host: str) -> None:
    """Ours."""
    assert not NOBODYS.refuses_host(host)


def test_this_machine_may_be_allowed_by_its_name() -> None:
    """Ours: server.outbound.allow-networks."""
    assert not Guard((ip_network("127.0.0.0/8"),)).refuses_host("localhost")


def test_a_url_is_taken_apart() -> None:
    """RFC 3986 section 3."""
    assert destination("https://Push.example:8443/a/b?c=d") == Destination("https", "push.example", 8443, "/a/b?c=d")
    assert destination("https://push.example?x") == Destination("https", "push.example", 443, "/?x")
    assert destination("https://[2001:db8::1]/x").host == "2001:db8::1"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://push.example/x", "https://push.example"),
        ("https://push.example:443/x", "https://push.example"),
        ("https://push.example:8443/x", "https://push.example:8443"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_leaves_out_the_port_that_is_understood(url: str, origin: str) -> None:
    """RFC 6454 section 6.2."""
    assert destination(url).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "push.example",
        "//push.example/",
        "http://push.example/",
        "ftp://push.example/",
        "https:///x",
        "https://",
        "https://alice:secret@push.example/",
        "https://@push.example/",
        "https://push.example:0/",
        "https://push.example:99999/",
        "https://push.example:x/",
        "https://push.example/#part",
        "https://push.example/a b",
        "https://push.example/\n",
        "https://push\\.example/",
        "https://pusch.exämple/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://push.example/" + "x" * 2048,
    ],
)
def test_what_is_no_url_of_ours_is_told(url: str) -> None:
    """Ours: absolute, https, in ASCII, without a user or a fragment."""
    with pytest.raises(BadURL, match="must"):
        destination(url)


@given(st.text())
def test_any_text_is_a_url_or_none(text: str) -> None:
    """Ours: nothing but BadURL is raised, whatever somebody sends."""
    try:
        assert destination(f"https://{text}").host
    except BadURL:
        assert True
