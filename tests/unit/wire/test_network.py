"""Addresses as limits and bans know them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.network import Networks, folded, network, site, whole


@pytest.mark.parametrize(
    ("address", "is_whole"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_who_has_an_address_has_all_of_these(address: str, is_whole: str) -> None:
    """RFC 6177 section 2: a site has a /64 of IPv6 at the least; RFC 4291 section 2.5.5.2: IPv4-mapped addresses."""
    assert str(whole(address)) == is_whole


@pytest.mark.parametrize("name", ["local", "", "192.0.2", "x" * 10_000, "::ffff:192.0.2.1.1"])
def test_what_is_no_address_is_none(name: str) -> None:
    """Ours."""
    assert whole(name) is None
    assert Networks([(network("0.0.0.0/1"), 1)]).find(name) is None


def test_a_network_of_mapped_addresses_is_one_of_ipv4() -> None:
    """RFC 4291 section 2.5.5.2."""
    assert str(network("::ffff:192.0.2.0/120")) == "192.0.2.0/24"


def test_the_narrowest_network_counts() -> None:
    """Ours."""
    table = Networks([(network("10.0.0.0/8"), "wide"), (network("10.1.2.3"), "narrow")])

    assert table.find("10.1.2.3") == (0, "narrow")
    assert table.find("::ffff:10.9.9.9") == (24, "wide")
    assert table.find("11.0.0.1") is None


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_is_found_by_the_addresses_in_it_and_no_others(address: object, bits: int) -> None:
    """Ours: as `ipaddress` has it."""
    one = network(f"{address}/{min(bits, 32 if ':' not in str(address) else 128)}")
    table = Networks([(one, True)])
    for other in (address, one.network_address, one.broadcast_address, "192.0.2.1", "2001:db8::1"):
        found = folded(str(other))
        assert found is not None
        assert (table.find(str(other)) is not None) == (found in one)


def test_a_table_can_be_changed() -> None:
    """Ours."""
    table: Networks[int] = Networks([(network("192.0.2.0/24"), 1), (network("192.0.2.1"), 2)])
    table.put(network("192.0.2.1"), 3)
    assert [value for _, value in table.all("192.0.2.1")] == [3, 1]

    table.drop(network("192.0.2.1"))
    table.drop(network("198.51.100.1"))
    assert [value for _, value in table.all("192.0.2.1")] == [1]
    table.drop(network("192.0.2.0/24"))
    assert not table


@pytest.mark.parametrize(
    ("address", "of"), [("192.0.2.1", "192.0.2.1/32"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("local", "None")]
)
def test_a_site_may_have_a_48(address: str, of: str) -> None:
    """RFC 6177 section 2."""
    assert str(site(address)) == of
