"""A connection to loopback from one of its many addresses, as if the name stood for it."""

import socket
import ssl
from http.client import HTTPConnection

import trustme

__all__ = ["NAME", "Visit"]

NAME = "mail.example.org"


class Visit(HTTPConnection):
    """From `source`, in the clear, or with TLS if there is an authority to trust."""

    def __init__(self, port: int, source: str, authority: trustme.CA | None = None) -> None:
        super().__init__(NAME, port, timeout=20)
        self._source = source
        self._trust: ssl.SSLContext | None = None
        if authority is not None:
            self._trust = ssl.create_default_context()
            authority.configure_trust(self._trust)

    def connect(self) -> None:
        """Not to where the name leads."""
        self.sock = self.socket()

    def socket(self) -> socket.socket:
        """What it connects by."""
        there = "::1" if ":" in self._source else "127.0.0.1"
        made = socket.create_connection((there, self.port), 20, source_address=(self._source, 0))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made if self._trust is None else self._trust.wrap_socket(made, server_hostname=NAME)
