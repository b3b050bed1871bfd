"""The first words of a TLS client, as OpenSSL says them, cut anywhere, and as nobody says them."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.tlshello import MOST, ClientHello, NoHello, client_hello


def said(name: str | None, *protocols: str, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    """What a client of OpenSSL sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = highest
    if protocols:
        context.set_alpn_protocols(protocols)
    outgoing = ssl.MemoryBIO()
    talking = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        talking.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_names_the_server_and_what_it_speaks(highest: ssl.TLSVersion) -> None:
    """RFC 6066 section 3; RFC 7301 section 3.1."""
    octets = said("Mail.Example.org", "h2", "http/1.1", highest=highest)

    assert client_hello(octets) == ClientHello("mail.example.org", (b"h2", b"http/1.1"))


def test_a_client_may_name_nothing() -> None:
    """RFC 6066 section 3: the extension is the client's choice."""
    assert client_hello(said(None)) == ClientHello(None, ())


def test_what_has_not_come_yet_is_waited_for() -> None:
    """Ours: TCP cuts anywhere."""
    octets = said("mail.example.org", "acme-tls/1")

    assert [client_hello(octets[:end]) for end in range(len(octets))] == [None] * len(octets)
    assert client_hello(octets + b"more") == ClientHello("mail.example.org", (b"acme-tls/1",))


def test_a_hello_may_come_in_several_records() -> None:
    """RFC 8446 section 5.1: handshake messages may be fragmented across records."""
    octets = said("mail.example.org", "acme-tls/1")
    body = octets[5:]
    records = b"".join(
        octets[:3] + len(body[at : at + 50]).to_bytes(2, "big") + body[at : at + 50] for at in range(0, len(body), 50)
    )

    assert client_hello(records) == ClientHello("mail.example.org", (b"acme-tls/1",))


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x02",
        b"\x16\x03\x01\x00\x00",
        b"\x16\x03\x01\x40\x01",
        b"\x16\x03\x01\x00\x05\x02",
        b"\x16\x03\x01\x00\x04\x01\xff\xff\xff",
        b"\x16\x03\x01\x00\x04\x01\x00\x00\x00",
    ],
    ids=["http", "version", "empty record", "long record", "other message", "long message", "empty message"],
)
def test_what_is_no_hello_is_told(octets: bytes) -> None:
    """Ours: nobody waits for what will never come."""
    with pytest.raises(NoHello):
        client_hello(octets)


def test_nobody_waits_for_ever() -> None:
    """Ours: a bound for every input."""
    endless = b"\x16\x03\x01\x00\x01\x01" + b"\x16\x03\x01\x00\x01\x00" * MOST

    with pytest.raises(NoHello):
        client_hello(endless[:MOST])


@given(st.data())
def test_anything_is_read_waited_for_or_told(data: st.DataObject) -> None:
    """Ours: no octets do harm."""
    octets = bytearray(said("mail.example.org", "acme-tls/1"))
    for _ in range(data.draw(st.integers(0, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    given_octets = bytes(octets) if data.draw(st.booleans()) else data.draw(st.binary(max_size=200))

    try:
        found = client_hello(given_octets)
    except NoHello:
        return
    assert found is None or isinstance(found, ClientHello)
