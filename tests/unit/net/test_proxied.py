"""Connections by way of a proxy that names its client (the PROXY protocol, versions 1 and 2)."""

import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_network

import pytest
import trustme
from tests.driver.entrance import MirrorListener, pair, trusting

from pillarbox.net import Certificates, Origin, Protection, context_of, entrance
from pillarbox.telemetry import Event

Listens = Callable[..., MirrorListener]

LOCAL = [ip_network("127.0.0.0/8")]
LINE = b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n"
V2 = b"\r\n\r\n\x00\r\nQUIT\n"
ADDRESSES = bytes([192, 0, 2, 7, 192, 0, 2, 1]) + (56324).to_bytes(2, "big") + (443).to_bytes(2, "big")
BLOCK = V2 + b"\x21\x11\x00\x0c" + ADDRESSES
TLS_BLOCK = V2 + b"\x21\x11\x00\x14" + ADDRESSES + b"\x20\x00\x05\x01\x00\x00\x00\x01"


@pytest.fixture
def certificates(authority: trustme.CA) -> Certificates:
    made = Certificates()
    made.replace([pair(authority, "mail.example.org")])
    return made


@pytest.mark.parametrize("header", [LINE, BLOCK], ids=["version 1", "version 2"])
@pytest.mark.parametrize("gap", [0.0, 0.05], ids=["in one packet", "with a gap"])
def test_the_client_is_who_the_proxy_says(listens: Listens, header: bytes, gap: float) -> None:
    """The PROXY protocol, section 2."""
    listener = listens(trusted=LOCAL)
    with listener.connects(header) as connection:
        time.sleep(gap)
        said = listener.answers(connection)

    assert (said["client"], said["peer"], said["is_proxied"]) == (["192.0.2.7", 56324], "127.0.0.1", True)
    assert (said["scheme"], said["is_tls"]) == ("http", False)


@pytest.mark.parametrize("header", [LINE, TLS_BLOCK], ids=["version 1", "version 2"])
def test_tls_begins_right_after_the_header(
    listens: Listens, authority: trustme.CA, certificates: Certificates, header: bytes
) -> None:
    """The PROXY protocol, section 2; the hello in the same packet is not lost (ours)."""
    listener = listens(trusted=LOCAL, protection=Protection(), certificates=certificates)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting(authority).wrap_bio(incoming, outgoing, server_hostname="mail.example.org")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()

    with listener.connects(header + outgoing.read()) as connection:
        while True:
            incoming.write(connection.recv(65536))
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                continue
        client.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.sendall(outgoing.read())
        answer = b""
        while b"}" not in answer:
            incoming.write(connection.recv(65536))
            try:
                while piece := client.read(65536):
                    answer += piece
            except ssl.SSLWantReadError:
                continue

    assert b'"client": ["192.0.2.7", 56324]' in answer
    assert b'"scheme": "https"' in answer


def test_a_proxy_that_took_tls_off_says_so(listens: Listens) -> None:
    """The PROXY protocol, section 2.2.6: what came to the proxy over TLS is https."""
    listener = listens(trusted=LOCAL)
    with listener.connects(TLS_BLOCK) as connection:
        said = listener.answers(connection)

    assert (said["scheme"], said["is_tls"]) == ("https", True)


@pytest.mark.parametrize("header", [LINE, BLOCK], ids=["version 1", "version 2"])
def test_a_header_may_come_octet_by_octet(listens: Listens, header: bytes) -> None:
    """Ours: nothing is lost, and nobody else waits."""
    listener = listens(trusted=LOCAL)
    with listener.connects() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(header)):
            connection.sendall(header[at : at + 1])
            time.sleep(0.002)
        assert listener.answers(connection)["client"] == ["192.0.2.7", 56324]


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", V2 + b"\x20\x00\x00\x00"], ids=["unknown", "local"])
def test_a_header_without_a_client_means_the_proxy_itself(listens: Listens, header: bytes) -> None:
    """The PROXY protocol, sections 2.1 and 2.2: the connection's own addresses hold, as for checks of its health."""
    listener = listens(trusted=LOCAL)
    with listener.connects(header) as connection:
        said = listener.answers(connection)
        assert said["client"] == list(connection.getsockname())
        assert said["is_proxied"]


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PROXY TCP4 192.0.2.7\r\n",
        V2 + b"\x31\x11\x00\x00",
        V2 + b"\x21\x11\x00\x13" + ADDRESSES + b"\x03\x00\x04\x00\x00\x00\x00",
    ],
    ids=["no header", "a wrong line", "a wrong version", "a wrong checksum"],
)
def test_a_trusted_proxy_must_send_a_header(listens: Listens, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """The settings reference, PROXY: the connection is closed, and the log has `network.proxy-error`."""
    told: list[tuple[Event, str]] = []
    monkeypatch.setattr(entrance, "emit", lambda event, **fields: told.append((event, fields["peer"])))
    listener = listens(trusted=LOCAL)

    assert listener.ends(listener.connects(said)) == b""
    assert told == [(Event.NETWORK_PROXY_ERROR, "127.0.0.1")]


@pytest.mark.parametrize("said", [b"", b"P", V2, BLOCK[:-1]], ids=["nothing", "an octet", "a signature", "not all"])
def test_a_header_that_does_not_come_is_not_waited_for(listens: Listens, said: bytes) -> None:
    """Ours: in time, and nobody else waits."""
    listener = listens(trusted=LOCAL, patience=0.3)
    began = time.monotonic()
    stuck = listener.connects(said)
    with listener.connects(LINE) as connection:
        assert listener.answers(connection)["is_proxied"]

    assert listener.ends(stuck) == b""
    assert 0.2 < time.monotonic() - began < 2


def test_a_header_from_others_is_no_http(listens: Listens) -> None:
    """The settings reference, PROXY: peers outside the list are clients like others."""
    listener = listens(trusted=[ip_network("192.0.2.0/24")])

    assert listener.ends(listener.connects(LINE + b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    with listener.connects() as connection:
        said = listener.answers(connection)
        assert (said["is_proxied"], said["client"]) == (False, list(connection.getsockname()))


def test_who_may_come_in_is_asked_of_the_client_that_is_named(listens: Listens) -> None:
    """The settings reference, PROXY: blocked addresses are those that result."""
    asked: list[Origin] = []

    def lets(origin: Origin) -> bool:
        asked.append(origin)
        return origin.client != "192.0.2.7"

    listener = listens(trusted=LOCAL, lets=lets)

    assert listener.ends(listener.connects(LINE)) == b""
    with listener.connects(LINE.replace(b".7 ", b".8 ")) as connection:
        assert listener.answers(connection)["client"] == ["192.0.2.8", 56324]
    assert [one.client for one in asked] == ["192.0.2.7", "192.0.2.8"]


class Challenged:
    """One name is challenged."""

    is_pending = True

    def __init__(self, authority: trustme.CA) -> None:
        made = pair(authority, "challenge.example.org")
        self._context = context_of(made.chain, made.key, ("acme-tls/1",))

    def challenge(self, server_name: str) -> ssl.SSLContext | None:
        return self._context if server_name == "mail.example.org" else None


@pytest.mark.parametrize("header", [b"", LINE], ids=["direct", "proxied"])
def test_a_challenge_is_answered_and_nothing_else_changes(
    listens: Listens, authority: trustme.CA, certificates: Certificates, header: bytes
) -> None:
    """RFC 8737 section 3: shown only to who offers `acme-tls/1`, and the connection ends with the handshake."""
    certificates.challenges = Challenged(authority)
    trusted = LOCAL if header else []
    listener = listens(trusted=trusted, protection=Protection(), certificates=certificates)
    asking = trusting(authority)
    asking.check_hostname = False
    asking.set_alpn_protocols(["acme-tls/1"])

    with listener.speaks(asking, "mail.example.org", header) as connection:
        assert connection.selected_alpn_protocol() == "acme-tls/1"
        certificate = connection.getpeercert()
        assert certificate is not None
        assert certificate["subjectAltName"] == (("DNS", "challenge.example.org"),)
        assert listener.ends(connection) == b""

    with listener.speaks(trusting(authority), "mail.example.org", header) as connection:
        assert listener.answers(connection)["is_tls"]
