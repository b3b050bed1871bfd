"""TLS from the first octet: which certificate is shown, what is spoken, and who does not get that far."""

import socket
import ssl
import sys
import time
from collections.abc import Callable
from ipaddress import ip_network

import pytest
import trustme
from cryptography import x509
from tests.driver.entrance import MirrorListener, pair, trusting

from pillarbox.net import BadCertificate, Certificates, Pair, Protection
from pillarbox.net.selfsigned import self_signed
from pillarbox.net.web import WebServer
from pillarbox.telemetry import Secret

Listens = Callable[..., MirrorListener]

TLS = Protection()


def holding(*pairs: Pair) -> Certificates:
    certificates = Certificates()
    certificates.replace(pairs)
    return certificates


def shown(listener: MirrorListener, authority: trustme.CA, name: str | None) -> set[str]:
    """The names of the certificate that a client is shown who asks for a name."""
    client = trusting(authority)
    client.check_hostname = False
    with listener.speaks(client, name) as connection:
        octets = connection.getpeercert(binary_form=True)
    assert octets is not None
    found = x509.load_der_x509_certificate(octets).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return set(found.value.get_values_for_type(x509.DNSName))


def test_https_is_spoken(listens: Listens, authority: trustme.CA) -> None:
    """The settings reference, listeners: `tls.implicit`. HTTP/1.1 is all that is offered."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert connection.version() == "TLSv1.3"
        assert connection.selected_alpn_protocol() == "http/1.1"
        first, second = listener.answers(connection), listener.answers(connection)
        own = connection.getsockname()

    assert first == second
    assert {name: first[name] for name in first if name not in {"path", "octets", "fields"}} == {
        "scheme": "https",
        "client": list(own),
        "listener": "web",
        "peer": "127.0.0.1",
        "is_proxied": False,
        "is_tls": True,
        "bind": "127.0.0.1",
    }


def test_a_client_is_shown_the_certificate_for_the_name_it_asks_for(listens: Listens, authority: trustme.CA) -> None:
    """The settings reference, certificates: the name, the name with its first label as `*`, the default, any."""
    certificates = holding(
        pair(authority, "one.example.org"),
        pair(authority, "*.example.org"),
        pair(authority, "default.example", is_default=True),
        pair(authority, "four.example", subjects=("five.example",)),
    )
    listener = listens(protection=TLS, certificates=certificates)

    assert shown(listener, authority, "one.example.org") == {"one.example.org"}
    assert shown(listener, authority, "ONE.example.org") == {"one.example.org"}
    assert shown(listener, authority, "two.example.org") == {"*.example.org"}
    assert shown(listener, authority, "a.two.example.org") == {"default.example"}
    assert shown(listener, authority, "example.org") == {"default.example"}
    assert shown(listener, authority, "five.example") == {"four.example"}
    assert shown(listener, authority, None) == {"default.example"}


@pytest.mark.parametrize("octets", [b"\xff\xfe", "\xe9.example".encode(), b"a\0b"])
def test_a_name_that_is_none_fills_no_log(
    listens: Listens, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    """RFC 6066 section 3: names are ASCII. Ours: Python would print where it stumbled, past the log and at any rate."""
    printed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))

    assert b"\x16\x03\x03" not in listener.ends(listener.connects(asking_for(octets)))
    assert printed == []


def asking_for(name: bytes) -> bytes:
    """A ClientHello as a client sends it, with another name in it of as many octets."""
    client = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        client.wrap_bio(incoming, outgoing, server_hostname="x" * len(name)).do_handshake()
    hello = outgoing.read()
    assert hello.count(b"x" * len(name)) == 1
    return hello.replace(b"x" * len(name), name)


def test_without_a_default_any_certificate_is_shown(listens: Listens, authority: trustme.CA) -> None:
    """The settings reference, certificates."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "one.example.org")))

    assert shown(listener, authority, "other.example") == {"one.example.org"}


def test_certificates_are_replaced_under_living_connections(listens: Listens, authority: trustme.CA) -> None:
    """Ours: who is connected notices nothing."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org", "old.example.org")))

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        listener.answers(connection)
        listener.certificates.replace([pair(authority, "mail.example.org", "new.example.org")])

        assert shown(listener, authority, "mail.example.org") == {"mail.example.org", "new.example.org"}
        assert listener.answers(connection)["scheme"] == "https"


def test_what_signs_itself_is_shown_only_without_another(listens: Listens, authority: trustme.CA) -> None:
    """Ours: TLS for a start."""
    own = self_signed(["mail.example.org", "127.0.0.1"])
    certificates = Certificates()
    certificates.replace([Pair(own, Secret(own.decode()))], "self-signed")
    listener = listens(protection=TLS, certificates=certificates)
    client = ssl.create_default_context(cadata=own.decode().partition("-----BEGIN PRIVATE")[0])

    with listener.speaks(client, "mail.example.org") as connection:
        assert listener.answers(connection)["is_tls"]
    with listener.speaks(client, "127.0.0.1") as connection:
        assert listener.answers(connection)["is_tls"]

    certificates.replace([pair(authority, "acme.example.org")], "acme")
    assert shown(listener, authority, "mail.example.org") == {"acme.example.org"}


@pytest.mark.parametrize(
    ("protection", "version"),
    [
        (Protection(highest=ssl.TLSVersion.TLSv1_2), "TLSv1.2"),
        (Protection(lowest=ssl.TLSVersion.TLSv1_3), "TLSv1.3"),
    ],
)
def test_a_version_that_is_not_spoken_is_refused(
    listens: Listens, authority: trustme.CA, protection: Protection, version: str
) -> None:
    """The settings reference, listeners: `tls.disable-protocols`."""
    listener = listens(protection=protection, certificates=holding(pair(authority, "mail.example.org")))

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert connection.version() == version
        assert listener.answers(connection)["is_tls"]

    other = trusting(authority)
    if version == "TLSv1.2":
        other.minimum_version = ssl.TLSVersion.TLSv1_3
    else:
        other.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        listener.speaks(other, "mail.example.org")


def test_a_suite_that_is_not_spoken_is_refused(listens: Listens, authority: trustme.CA) -> None:
    """The settings reference, listeners: `tls.disable-ciphers`."""
    only = Protection(highest=ssl.TLSVersion.TLSv1_2, ciphers=("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",))
    listener = listens(protection=only, certificates=holding(pair(authority, "mail.example.org")))

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert connection.cipher() == ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", 128)

    other = trusting(authority)
    other.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
    other.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        listener.speaks(other, "mail.example.org")


@pytest.mark.parametrize(("is_our_order", "suite"), [(True, "AES256-GCM-SHA384"), (False, "AES128-GCM-SHA256")])
def test_whose_order_of_suites_counts(
    listens: Listens, authority: trustme.CA, suite: str, *, is_our_order: bool
) -> None:
    """The settings reference, listeners: `tls.ignore-client-order`."""
    protection = Protection(highest=ssl.TLSVersion.TLSv1_2, is_our_order=is_our_order)
    listener = listens(protection=protection, certificates=holding(pair(authority, "mail.example.org")))
    client = trusting(authority)
    client.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")

    with listener.speaks(client, "mail.example.org") as connection:
        cipher = connection.cipher()

    assert cipher is not None
    assert cipher[0] == f"ECDHE-ECDSA-{suite}"


def test_nothing_older_is_spoken(listens: Listens, authority: trustme.CA) -> None:
    """RFC 9325 section 3.1.1: no TLS 1.1, whatever the client would take."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))
    hello = bytes.fromhex("16030100310100002d0302") + bytes(32) + bytes.fromhex("000004c013c00901000000")

    answer = listener.ends(listener.connects(hello))

    # It begins no handshake. (The alert that says why is not sent by the library below.)
    assert answer[:1] in {b"", b"\x15"}


@pytest.mark.parametrize(
    "said", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"], ids=["nothing", "an octet", "half a hello"]
)
def test_a_handshake_that_stands_still_is_cut_off_and_keeps_nobody_waiting(
    listens: Listens, authority: trustme.CA, said: bytes
) -> None:
    """The settings reference, listeners: `tls.timeout`."""
    certificates = holding(pair(authority, "mail.example.org"))
    listener = listens(protection=Protection(timeout=0.5), certificates=certificates)
    stuck = [listener.connects(said) for _ in range(10)]
    began = time.monotonic()

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert listener.answers(connection)["is_tls"]
    assert time.monotonic() - began < 0.4

    for one in stuck:
        listener.ends(one)
    assert 0.3 < time.monotonic() - began < 3


def test_handshakes_count_as_connections(listens: Listens, authority: trustme.CA) -> None:
    """The settings reference, listeners: `max-connections`; further ones are closed, and end with those before."""
    certificates = holding(pair(authority, "mail.example.org"))
    listener = listens(protection=Protection(timeout=0.5), certificates=certificates, max_connections=3)
    stuck = [listener.connects() for _ in range(3)]

    with pytest.raises(OSError):  # noqa: PT011 - closed, or reset
        listener.speaks(trusting(authority), "mail.example.org")

    for one in stuck:
        listener.ends(one)
    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert listener.answers(connection)["is_tls"]


def test_a_request_in_the_clear_is_told(listens: Listens, authority: trustme.CA) -> None:
    """Ours: a person sees what is wrong."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))

    answer = listener.ends(listener.connects(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"https://" in answer


class Watcher:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def spoke_garbage(self, address: str) -> None:
        self.told.append(("garbage", address))

    def said_nothing(self, address: str) -> None:
        self.told.append(("nothing", address))


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (b"\x00" * 100, "garbage"),
        (b"\r\n\r\n", "garbage"),
        (b"", "nothing"),
        (b"GET / HTTP/1.1\r\n\r\n", None),
        (b"\x16\x03\x01", None),
    ],
)
def test_who_does_not_mean_this_server_is_noted(
    listens: Listens, authority: trustme.CA, first: bytes, told: str | None
) -> None:
    """docs/administrators/bans.md, "Scans": as where HTTP is spoken in the clear. A person who forgot the s is not."""
    watcher = Watcher()
    certificates = holding(pair(authority, "mail.example.org"))
    listener = listens(protection=Protection(timeout=0.5), certificates=certificates, watching=watcher)

    listener.ends(listener.connects(first))

    assert watcher.told == ([(told, "127.0.0.1")] if told else [])


def test_behind_a_proxy_it_is_its_client_who_is_noted(listens: Listens, authority: trustme.CA) -> None:
    """docs/administrators/listeners.md: the address in the header is the client's from then on."""
    watcher = Watcher()
    certificates = holding(pair(authority, "mail.example.org"))
    networks = [ip_network("127.0.0.0/8")]
    listener = listens(protection=TLS, certificates=certificates, watching=watcher, trusted=networks)

    listener.ends(listener.connects(b"PROXY TCP4 192.0.2.9 192.0.2.1 1 2\r\nSSH-2.0-x\r\n"))

    assert watcher.told == [("garbage", "192.0.2.9")]


@pytest.mark.parametrize("garbage", [b"\x00" * 100, b"EHLO x", b"\x16" * 600, b"\x16\x03\x01\x00\x05hello"])
def test_garbage_ends_the_connection_alone(listens: Listens, authority: trustme.CA, garbage: bytes) -> None:
    """Ours."""
    certificates = holding(pair(authority, "mail.example.org"))
    listener = listens(protection=Protection(timeout=1.0), certificates=certificates)

    listener.ends(listener.connects(garbage))

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        assert listener.answers(connection)["is_tls"]


def test_a_client_that_says_no_more_is_let_go(listens: Listens, authority: trustme.CA) -> None:
    """RFC 8446 section 6.1: closing one side ends the connection in time, and harms nobody."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))
    connection = listener.speaks(trusting(authority), "mail.example.org")
    listener.answers(connection)

    connection.shutdown(socket.SHUT_WR)

    assert listener.ends(connection) == b""


def test_the_end_is_said(listens: Listens, authority: trustme.CA) -> None:
    """RFC 9112 section 9.8; RFC 8446 section 6.1: by an alert, so that what is cut off can be told from what ended."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))
    connection = trusting(authority).wrap_socket(
        listener.connects(), server_hostname="mail.example.org", suppress_ragged_eofs=False
    )

    with connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        # An end without the alert is an error.
        while more := connection.recv(65536):
            answer += more

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_server_that_stops_waits_for_no_handshake(authority: trustme.CA) -> None:
    """Ours: who is not in yet is cut off."""
    listener = MirrorListener(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))
    stuck = [listener.connects(said) for said in (b"", b"\x16\x03\x01")]
    time.sleep(0.1)
    began = time.monotonic()

    listener.close()

    assert time.monotonic() - began < 2
    for one in stuck:
        one.close()


@pytest.mark.parametrize("said", ["key", "chain", "both"])
def test_a_pair_that_is_none_is_refused_and_changes_nothing(authority: trustme.CA, said: str) -> None:
    """Ours: a broken file keeps what was good. Nothing of the key is told."""
    good, other = pair(authority, "mail.example.org"), pair(authority, "other.example.org")
    certificates = holding(good)
    broken = {
        "key": Pair(good.chain, other.key),
        "chain": Pair(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good.key),
        "both": Pair(b"", Secret("")),
    }[said]

    with pytest.raises(BadCertificate) as raised:
        certificates.replace([other, broken])

    assert good.key.reveal()[40:60] not in str(raised.value)
    found = certificates.of("mail.example.org")
    assert found is not None
    assert found.names == ("mail.example.org",)


def test_what_is_asked_of_clients_is_replaced_for_those_to_come(listens: Listens, authority: trustme.CA) -> None:
    """Ours: settings that are read again cut nobody off."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")))
    web: WebServer = listener.web
    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        listener.answers(connection)
        web.entrance = type(web.entrance)(lets=lambda origin: origin.peer != "127.0.0.1")

        listener.ends(listener.connects(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert listener.answers(connection)["is_tls"]


def test_an_idle_client_is_not_waited_for_when_the_server_stops(listens: Listens, authority: trustme.CA) -> None:
    """Ours: RFC 8446 section 6.1 has the client answer that it closes, which one that is out of reach does not."""
    listener = listens(protection=TLS, certificates=holding(pair(authority, "mail.example.org")), grace=60)

    with listener.speaks(trusting(authority), "mail.example.org") as connection:
        listener.answers(connection)
        # It has ten seconds.
        listener.close()
