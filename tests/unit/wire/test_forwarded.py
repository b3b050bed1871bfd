"""Forwarded (RFC 7239), and X-Forwarded-For."""

import time
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.forwarded import MOST, Hop, address, forwarded, forwarded_for, protocols


def said(*lines: str) -> list[str | None]:
    return [None if hop.address is None else str(hop.address) for hop in forwarded([line.encode() for line in lines])]


def listed(*lines: str) -> list[str | None]:
    hops = forwarded_for([line.encode() for line in lines])
    return [None if hop.address is None else str(hop.address) for hop in hops]


@pytest.mark.parametrize(
    ("line", "hops"),
    [
        ('for="_gazonk"', [None]),
        ('For="[2001:db8:cafe::17]:4711"', ["2001:db8:cafe::17"]),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60"]),
        ("for=192.0.2.43, for=198.51.100.17", ["198.51.100.17", "192.0.2.43"]),
        ('for="192.0.2.43:47011"', ["192.0.2.43"]),
        ("for=_hidden, for=_SEVKISEK", [None, None]),
        ('for=192.0.2.43, for="[2001:db8:cafe::17]", for=unknown', [None, "2001:db8:cafe::17", "192.0.2.43"]),
        ('for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown', [None, "2001:db8:cafe::17", "192.0.2.43"]),
        ('for="unknown:_port"', [None]),
    ],
)
def test_the_examples_of_the_rfc(line: str, hops: list[str | None]) -> None:
    """RFC 7239 sections 4, 6, 6.3 and 7.1; the nearest proxy's comes first here."""
    assert said(line) == hops


def test_several_lines_are_one_list() -> None:
    """RFC 7239 section 7.1: lines are combined in their order."""
    assert said("for=192.0.2.43", 'for="[2001:db8:cafe::17]", for=unknown') == [None, "2001:db8:cafe::17", "192.0.2.43"]


def test_an_element_tells_its_scheme() -> None:
    """RFC 7239 section 5.4; of other schemes than ours nothing is told."""
    hops = list(forwarded([b"for=192.0.2.1;proto=HTTPS, for=192.0.2.2;Proto=http, proto=gopher;for=192.0.2.3"]))

    assert [hop.scheme for hop in hops] == [None, "http", "https"]


def test_an_element_without_for_is_a_hop_of_which_nothing_is_known() -> None:
    """RFC 7239 section 4: every parameter is optional."""
    assert list(forwarded([b"proto=https;by=_me"])) == [Hop(None, "https")]


@pytest.mark.parametrize(
    "text",
    ["for=192.0.2.1:80", "for=[2001:db8::1]", "for=[2001:db8::1]:80", "FOR=192.0.2.1 ; by=_x;", 'for="192\\.0.2.1"'],
)
def test_what_proxies_write_is_understood(text: str) -> None:
    """Ours: quotes that are forgotten, spaces, a semicolon at the end, escapes that nobody needs."""
    assert said(text) in (["192.0.2.1"], ["2001:db8::1"])


@pytest.mark.parametrize(
    "text",
    [
        "for=192.0.2.1;for=192.0.2.2",
        "for=192.0.2.1;FOR=192.0.2.1",
        "for=192.0.2.256",
        "for=example.com",
        "for=2001:db8::1",
        'for="[192.0.2.1]"',
        'for="[2001:db8::1"',
        'for="[fe80::1%eth0]"',
        "for=192.0.2.1 192.0.2.2",
        "for",
        "=192.0.2.1",
        "for=",
        'for=""',
        'for="192.0.2.1',
        "for=192.0.2.1:123456",
        "for=_",
        "for=192.0.2.1\x00",
        "x=" + "a" * 1000 + ";for=192.0.2.1",
    ],
)
def test_what_is_none_ends_the_reading(text: str) -> None:
    """RFC 7239 sections 4 and 6; nothing is guessed (ours)."""
    assert said(f"for=192.0.2.9, {text}, for=198.51.100.1") == ["198.51.100.1"]


@pytest.mark.parametrize(
    "start", ['for="', 'for=a;x="', "for=1.2.3.4, ", '"', "\\", 'for="x\\', ",,,", ";;", "for=1.2.3.4;", "a" * 5000]
)
@pytest.mark.parametrize("added", ["for=192.0.2.60", 'for="[2001:db8::1]:80";host="a,b"', 'for="192.0.2.1:1";by="_x"'])
def test_what_a_client_sends_does_not_change_what_the_proxy_added(start: str, added: str) -> None:
    """Ours: a quote that is never closed would else swallow what stands after it."""
    assert said(f"{start}, {added}")[0] == said(added)[0]


def test_what_a_client_sends_as_its_host_is_no_element() -> None:
    """Ours: a proxy puts the host into quotes, with whatever the client wrote."""
    for host in ("a,for=192.0.2.66", "a, for=192.0.2.66;by=_x", 'a,for=\\"192.0.2.66', 'a\\",for=192.0.2.66'):
        assert said(f'for=192.0.2.1;host="{host}"')[:1] == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("line", "hops"),
    [
        ("192.0.2.1", ["192.0.2.1"]),
        ("192.0.2.1, 198.51.100.2", ["198.51.100.2", "192.0.2.1"]),
        ("192.0.2.1:8080,\t2001:db8::1", ["2001:db8::1", "192.0.2.1"]),
        ("[2001:db8::1], [2001:db8::2]:443", ["2001:db8::2", "2001:db8::1"]),
        ("::ffff:192.0.2.1", ["192.0.2.1"]),
        ("192.0.2.1,,198.51.100.2, ,", ["198.51.100.2", "192.0.2.1"]),
        ("192.0.2.1, unknown", [None, "192.0.2.1"]),
        ("192.0.2.1, nonsense, 198.51.100.2", ["198.51.100.2"]),
        ("192.0.2.1, 198.51.100.999", []),
        ("fe80::1%eth0", []),
        ("", []),
    ],
)
def test_x_forwarded_for_is_a_list_of_addresses(line: str, hops: list[str | None]) -> None:
    """Ours: it has no RFC; ports and brackets are taken, what is no address ends the reading."""
    assert listed(line) == hops


def test_x_forwarded_for_of_several_lines_is_one_list() -> None:
    """RFC 9110 section 5.3."""
    assert listed("192.0.2.1", "198.51.100.2") == ["198.51.100.2", "192.0.2.1"]


def test_no_more_hops_are_looked_at_than_a_chain_has() -> None:
    """Ours."""
    assert len(said(", ".join(["for=192.0.2.1"] * 5000))) == MOST
    assert len(listed(", ".join(["192.0.2.1"] * 5000))) == MOST


def test_x_forwarded_proto_is_a_list_of_schemes() -> None:
    """Ours: it has no RFC."""
    assert protocols([b"https"]) == ["https"]
    assert protocols([b"HTTPS, http", b"wss"]) == [None, "http", "https"]
    assert protocols([b" , "]) == []


@pytest.mark.parametrize("text", ["127.1", "0x7f.0.0.1", "192.0.2.01", "192.0.2.1/32", "1", "", "fe80::1%1", "::1 "])
def test_an_address_has_one_spelling_of_each_kind(text: str) -> None:
    """Ours: what one program takes for loopback and another does not is none."""
    assert address(text) is None


@given(st.lists(st.binary(max_size=400), max_size=4))
def test_whatever_is_sent_something_is_read(lines: list[bytes]) -> None:
    """Ours: nothing is raised, and no more than the most is told."""
    assert len(list(forwarded(lines))) <= MOST
    assert len(list(forwarded_for(lines))) <= MOST
    assert len(protocols(lines)) <= MOST


_PIECES = st.sampled_from(['for="', "for=", "192.0.2.1", '"', ",", ";", " ", "\\", "=", "[", "]", "host=", "a", "::1"])


@given(st.lists(_PIECES, max_size=40), st.ip_addresses(), st.booleans())
def test_nothing_before_it_changes_the_last_element(pieces: list[str], client: object, quoted: bool) -> None:  # noqa: FBT001
    """Ours: what a trusted proxy appends is read as it was written."""
    one = ip_address(str(client))
    node = str(one) if one.version == 4 else f"[{one}]"
    added = f'for="{node}";proto=https' if quoted or one.version == 6 else f"for={node};proto=https"
    hop = next(forwarded([("".join(pieces) + "," + added).encode()]))

    assert hop == Hop(address(str(one)), "https")
    assert next(forwarded_for([("".join(pieces) + "," + node).encode()])) == Hop(address(str(one)))


@pytest.mark.parametrize("piece", ["a=b; ;", 'a="', "; ", ", ", 'a="\\"', "a=b,", '","', "x;x=", " "])
def test_a_hostile_list_takes_but_a_moment(piece: str) -> None:
    """Ours: 64 kB are read in milliseconds."""
    line = (piece * 65536)[:65536].encode()
    began = time.perf_counter()
    list(forwarded([line, line + b"!"]))
    list(forwarded_for([line]))
    protocols([line])

    assert time.perf_counter() - began < 0.5
