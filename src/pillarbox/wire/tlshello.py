"""The first words of a TLS client (RFC 8446 section 4.1.2), read without answering: which server it asks for, and what
it would speak.

Nothing is decided here: whoever looks hands all octets on to TLS, which judges them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["MOST", "ClientHello", "NoHello", "client_hello"]

MOST = 16_384
"""Octets that a ClientHello may take here with its framing: more than any client sends, keys of any kind included."""

_HANDSHAKE = 22
_CLIENT_HELLO = 1
_SERVER_NAME, _ALPN = 0, 16
_HOST_NAME = 0


class NoHello(Exception):
    """These octets do not begin a TLS connection, or in a way that nobody begins one in earnest."""


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a client asks for: the server's name (RFC 6066 section 3), None if it names none, and protocols (RFC 7301).

    The name is in lower case and without a final dot.
    """

    server_name: str | None
    protocols: tuple[bytes, ...]


class _Short(Exception):
    """The octets end too early."""


def client_hello(octets: bytes) -> ClientHello | None:
    """What a connection's first octets say; None if they are good so far and do not say all yet. Raises NoHello."""
    message = _message(octets)
    if message is None:
        if len(octets) >= MOST:
            raise NoHello
        return None
    try:
        return _hello(_Reader(message))
    except _Short:
        raise NoHello from None


def _message(octets: bytes) -> bytes | None:
    """The ClientHello's body, out of one record or several (RFC 8446 section 5.1); None while octets are missing."""
    found = bytearray()
    at = 0
    while True:
        head = octets[at : at + 5]
        # Type, then a version of which the first octet has been 3 since SSL 3.
        if (head and head[0] != _HANDSHAKE) or (len(head) > 1 and head[1] != 3):
            raise NoHello
        if len(head) < 5:
            return None
        length = int.from_bytes(head[3:5], "big")
        if not 0 < length <= 1 << 14:
            raise NoHello
        found += octets[at + 5 : at + 5 + length]
        if found and found[0] != _CLIENT_HELLO:
            raise NoHello
        if len(found) >= 4:
            size = int.from_bytes(found[1:4], "big")
            if size > MOST:
                raise NoHello
            if len(found) >= 4 + size:
                return bytes(found[4 : 4 + size])
        if at + 5 + length > len(octets):
            return None
        at += 5 + length


class _Reader:
    """Octets that are read from their beginning on. Whoever asks for more than there are is told `_Short`."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._octets)

    def take(self, count: int) -> bytes:
        taken = self._octets[self._at : self._at + count]
        if len(taken) < count:
            raise _Short
        self._at += count
        return taken

    def number(self, octets: int) -> int:
        return int.from_bytes(self.take(octets), "big")

    def vector(self, octets: int) -> bytes:
        """What has its length before it, in so many octets."""
        return self.take(self.number(octets))


def _hello(reader: _Reader) -> ClientHello:
    reader.take(2 + 32)
    reader.vector(1)
    reader.vector(2)
    reader.vector(1)
    name: str | None = None
    protocols: tuple[bytes, ...] = ()
    # Before TLS 1.3 there may be none (RFC 5246 section 7.4.1.2).
    if not reader.is_done:
        for kind, value in _extensions(_Reader(reader.vector(2))):
            if kind == _SERVER_NAME:
                name = _server_name(_Reader(_Reader(value).vector(2)))
            elif kind == _ALPN:
                protocols = tuple(_protocols(_Reader(_Reader(value).vector(2))))
    return ClientHello(name, protocols)


def _extensions(reader: _Reader) -> Iterator[tuple[int, bytes]]:
    while not reader.is_done:
        yield reader.number(2), reader.vector(2)


def _server_name(reader: _Reader) -> str | None:
    while not reader.is_done:
        kind, value = reader.number(1), reader.vector(2)
        if kind == _HOST_NAME:
            try:
                return value.decode("ascii").lower().removesuffix(".") or None
            except UnicodeDecodeError:
                raise NoHello from None
    return None


def _protocols(reader: _Reader) -> Iterator[bytes]:
    while not reader.is_done:
        yield reader.vector(1)
