"""LMTP by way of a proxy, and over TLS."""

import socket
from ipaddress import ip_network

import trustme
from tests.conversations.lmtp.conftest import MTA, Office
from tests.driver.entrance import pair, trusting

from pillarbox.access import Principal
from pillarbox.net import Certificates, Entrance, Protection


def test_the_trace_has_whom_the_proxy_names(office: Office, alice: Principal) -> None:
    """The PROXY protocol, section 2; RFC 5321 section 4.4: the address of the client is that of the connection."""
    office.opens(entrance=Entrance(trusted=[ip_network("127.0.0.0/8")]))
    mta = MTA(socket.create_connection(office.tcp))
    mta.says("PROXY TCP4 192.0.2.7 192.0.2.1 56324 24", "LHLO mx.far.example")
    mta.hears("220", "250")

    mta.offers(b"Subject: hello\r\n\r\nhi\r\n", "alice@ours.example")
    mta.hears("250")

    (message,) = office.messages(alice)
    assert b"Received: from mx.far.example ([192.0.2.7])\r\n" in message
    mta.hangs_up()


def test_mail_is_taken_over_tls(office: Office, alice: Principal) -> None:
    """The settings reference, listeners: `tls.implicit`. The end is said, as TLS has it (RFC 8446 section 6.1)."""
    authority = trustme.CA()
    certificates = Certificates()
    certificates.replace([pair(authority, "mail.ours.example")])
    office.opens(entrance=Entrance(protection=Protection(), certificates=certificates))
    connected = socket.create_connection(office.tcp)
    mta = MTA(trusting(authority).wrap_socket(connected, server_hostname="mail.ours.example"))
    mta.hears("220")
    mta.says("LHLO mx.far.example")
    mta.hears("250")

    mta.offers(b"Subject: hello\r\n\r\nhi\r\n", "alice@ours.example")
    mta.hears("250")
    mta.says("QUIT")
    mta.hears("221")
    mta.hears_the_end()

    assert len(office.messages(alice)) == 1
    mta.hangs_up()
