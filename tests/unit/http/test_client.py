"""Who a request is from (architecture section 4)."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.http.guard.client import Client, Forwarding, Trust
from pillarbox.net import EXTENSION, Origin

PUBLIC, PROXY = "198.51.100.7", "10.0.0.1"

LISTED = Trust(Forwarding.ANY, [ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")])
PRIVATE = Trust(Forwarding.ANY)
OFF = Trust()


def seen(trust: Trust, peer: str | None, *headers: tuple[str, str], scheme: str = "http", **more: Any) -> Client:
    """The client of a request with these headers, over a connection from this peer."""
    known = Origin("http", peer, more.pop("client", peer), 40000, "0.0.0.0", 8080, is_tls=scheme == "https", **more)  # noqa: S104
    return trust.client(
        {
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
            "scheme": scheme,
            "client": (peer, 40000) if peer else None,
            "extensions": {EXTENSION: known},
        }
    )


def x_for(value: str) -> tuple[str, str]:
    return "X-Forwarded-For", value


def test_without_headers_it_is_the_peer() -> None:
    """Architecture section 4."""
    assert seen(OFF, PUBLIC) == Client(PUBLIC, seen(OFF, PUBLIC).ip)


def test_a_mapped_address_is_the_address_that_it_maps() -> None:
    """RFC 4291 section 2.5.5.2: else it would be another client than the same over IPv4."""
    assert seen(OFF, "::ffff:198.51.100.7") == seen(OFF, PUBLIC)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", None])
def test_loopback_and_the_unix_socket_are_local(peer: str | None) -> None:
    """Architecture section 4, "Local"."""
    assert seen(OFF, peer).is_local
    assert seen(PRIVATE, peer).is_local


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", None])
@pytest.mark.parametrize(
    "header",
    [
        ("Forwarded", "for=192.0.2.1"),
        ("Forwarded", "nonsense"),
        x_for("192.0.2.1"),
        ("X-Forwarded-Host", "a"),
        ("X-Forwarded-Anything", ""),
        ("X-Real-IP", "192.0.2.1"),
        ("Via", "1.1 a"),
        x_for("127.0.0.1"),
    ],
)
@pytest.mark.parametrize("trust", [OFF, PRIVATE, LISTED], ids=["off", "private", "listed"])
def test_who_may_stand_behind_a_proxy_is_not_local(trust: Trust, peer: str | None, header: tuple[str, str]) -> None:
    """Architecture section 4, "Local": behind a proxy on the same machine loopback is the whole Internet."""
    assert not seen(trust, peer, header).is_local


def test_whom_a_proxy_header_names_is_not_local() -> None:
    """Architecture section 4, "Local"."""
    client = seen(OFF, "127.0.0.1", client="127.0.0.1", is_proxied=True)

    assert (client.address, client.is_local, client.is_forwarded) == ("127.0.0.1", False, True)


def test_a_proxy_header_and_headers_are_not_mixed() -> None:
    """http-server.md section 3: the PROXY header is trustworthy, and a client's own header must not override it."""
    client = seen(PRIVATE, PROXY, x_for("192.0.2.1"), client=PUBLIC, is_proxied=True)

    assert client.address == PUBLIC


@pytest.mark.parametrize("header", [("Forwarded", "for=192.0.2.1;proto=https"), x_for("192.0.2.1")])
@pytest.mark.parametrize(
    ("trust", "peer"), [(OFF, PUBLIC), (OFF, PROXY), (OFF, "127.0.0.1"), (PRIVATE, PUBLIC), (LISTED, PROXY)]
)
def test_headers_from_who_is_not_trusted_change_nothing(trust: Trust, peer: str, header: tuple[str, str]) -> None:
    """The assignment, "Use Forwarded IP": anybody can write these headers."""
    client = seen(trust, peer, header, ("X-Forwarded-Proto", "https"))

    assert (client.address, client.scheme, client.is_forwarded) == (peer, "http", False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via", "X-Forwarded-X"]),
            st.one_of(
                st.sampled_from(["127.0.0.1", "for=127.0.0.1;proto=https", "https", "::1", 'for="[::1]"']), st.text()
            ),
        )
    ),
    st.sampled_from([OFF, PRIVATE, LISTED, Trust(Forwarding.FORWARDED), Trust(Forwarding.X_FORWARDED_FOR)]),
)
def test_nobody_from_outside_becomes_another(headers: list[tuple[str, str]], trust: Trust) -> None:
    """Issue: forged headers from an untrusted peer change nothing."""
    client = seen(trust, PUBLIC, *headers)

    assert (client.address, client.scheme) == (PUBLIC, "http")
    assert not any((client.is_local, client.is_forwarded, client.is_proxy, client.is_unclear))


@pytest.mark.parametrize(
    ("trust", "peer", "value", "address"),
    [
        (LISTED, "203.0.113.1", "192.0.2.1", "192.0.2.1"),
        (LISTED, "203.0.113.1", "192.0.2.1, 203.0.113.9", "192.0.2.1"),
        (LISTED, "2001:db8::1", "192.0.2.1, 10.0.0.1, 203.0.113.9", "10.0.0.1"),
        (LISTED, "203.0.113.1", "203.0.113.8, 203.0.113.9", "203.0.113.8"),
        (LISTED, "203.0.113.1", "127.0.0.1", "127.0.0.1"),
        (PRIVATE, PROXY, "192.0.2.1", "192.0.2.1"),
        (PRIVATE, "127.0.0.1", "1.1.1.1, 192.0.2.1, 10.0.0.3, 192.168.1.1", "192.0.2.1"),
        (PRIVATE, "fd00::1", "10.0.0.3, 192.168.1.1", "10.0.0.3"),
        (PRIVATE, "::ffff:10.0.0.1", "fe80::1, 169.254.0.1", "fe80::1"),
        (PRIVATE, PROXY, "nonsense, 192.0.2.1:80", "192.0.2.1"),
        (PRIVATE, PROXY, "192.0.2.1, nonsense, 10.0.0.9", "10.0.0.9"),
        (PRIVATE, PROXY, "192.0.2.1, unknown", PROXY),
        (PRIVATE, None, "192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_client_is_the_nearest_that_is_not_trusted(
    trust: Trust, peer: str | None, value: str, address: str
) -> None:
    """Architecture section 4: the list is walked from the right, over trusted hops."""
    parts = [one.strip() for one in value.split(",")]
    forwarded = ", ".join(f'for="[{one}]"' if one.count(":") > 1 else f'for="{one}"' for one in parts)

    assert seen(trust, peer, x_for(value)).address == address
    assert seen(trust, peer, ("Forwarded", forwarded)).address == address


def test_a_client_that_claims_to_be_loopback_is_not_local() -> None:
    """http-server.md section 3, mended: `127.0.0.1` in a header opens nothing."""
    assert not seen(PRIVATE, PROXY, x_for("127.0.0.1")).is_local


def test_both_headers_may_say_the_same() -> None:
    """Architecture section 4."""
    client = seen(PRIVATE, PROXY, ("Forwarded", "for=192.0.2.1;proto=https"), x_for("192.0.2.1"))

    assert (client.address, client.scheme, client.is_unclear) == ("192.0.2.1", "https", False)


def test_headers_that_name_different_clients_are_told_apart_by_nobody() -> None:
    """Ours: a proxy that writes the one passes on the other as its client wrote it."""
    client = seen(PRIVATE, PROXY, ("Forwarded", "for=127.0.0.1"), x_for("192.0.2.1"))

    assert (client.address, client.is_unclear, client.is_forwarded) == (PROXY, True, False)


@pytest.mark.parametrize(
    ("forwarding", "address"), [(Forwarding.FORWARDED, "192.0.2.1"), (Forwarding.X_FORWARDED_FOR, "192.0.2.2")]
)
def test_it_can_be_said_which_header_counts(forwarding: Forwarding, address: str) -> None:
    """Ours: `server.http.forwarded-header`."""
    headers = ("Forwarded", "for=192.0.2.1"), x_for("192.0.2.2")

    assert seen(Trust(forwarding), PROXY, *headers).address == address


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ([x_for("192.0.2.1"), ("X-Forwarded-Proto", "https")], "https"),
        ([x_for("192.0.2.1"), ("X-Forwarded-Proto", "https, http")], "http"),
        ([x_for("192.0.2.1, 10.0.0.9"), ("X-Forwarded-Proto", "https, http")], "https"),
        ([("X-Forwarded-Proto", "https")], "https"),
        ([x_for("192.0.2.1"), ("X-Forwarded-Proto", "gopher")], "http"),
        ([("Forwarded", "for=192.0.2.1;proto=https")], "https"),
        ([("Forwarded", "for=192.0.2.1;proto=https, for=10.0.0.9;proto=http")], "https"),
        ([("Forwarded", "for=192.0.2.1;proto=https, for=192.0.2.2;proto=http")], "http"),
        ([("Forwarded", "for=192.0.2.1"), ("X-Forwarded-Proto", "https")], "http"),
    ],
)
def test_the_scheme_is_that_by_which_the_client_came(headers: list[tuple[str, str]], scheme: str) -> None:
    """Architecture section 4: what a trusted proxy says of it counts."""
    assert seen(PRIVATE, PROXY, *headers).scheme == scheme


def test_a_proxy_may_say_that_it_was_in_the_clear() -> None:
    """Architecture section 4: TLS between the proxy and us protects nobody's password before it."""
    assert seen(PRIVATE, PROXY, x_for("192.0.2.1"), ("X-Forwarded-Proto", "http"), scheme="https").scheme == "http"


@pytest.mark.parametrize(
    ("trust", "peer", "headers", "is_proxy"),
    [
        (LISTED, "203.0.113.1", [], True),
        (LISTED, PROXY, [], False),
        (PRIVATE, PROXY, [], False),
        (OFF, PROXY, [x_for("192.0.2.1")], True),
        (LISTED, PROXY, [x_for("192.0.2.1")], True),
        (OFF, PUBLIC, [x_for("192.0.2.1")], False),
        (LISTED, PUBLIC, [x_for("192.0.2.1")], False),
        (LISTED, "203.0.113.1", [x_for("unknown")], True),
        (LISTED, "203.0.113.1", [x_for("192.0.2.1")], False),
        (PRIVATE, PROXY, [x_for("10.0.0.9")], False),
    ],
)
def test_it_is_known_whose_address_is_a_proxys(
    trust: Trust,
    peer: str,
    headers: list[tuple[str, str]],
    is_proxy: bool,  # noqa: FBT001
) -> None:
    """Issue: trusted proxies are never banned, nor a private peer whose headers do not count."""
    assert seen(trust, peer, *headers).is_proxy == is_proxy
