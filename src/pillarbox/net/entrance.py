"""What a listener asks of who connects, before its protocol begins: a proxy's header, leave to come in, TLS."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, TypeAlias

import orjson

from pillarbox.net.certificates import Certificates
from pillarbox.net.origin import Origin
from pillarbox.net.prelude import beginning, hello, proxied
from pillarbox.net.protection import Protection
from pillarbox.telemetry import Event, emit
from pillarbox.wire.proxy import BadProxyHeader

__all__ = ["OPEN", "Entrance", "Entry", "Refused", "SaidNothing", "SpokeGarbage", "origin_of"]

_Network: TypeAlias = IPv4Network | IPv6Network

_HANDSHAKE: Final = 0x16
"""How a record of TLS begins that has the first words (RFC 8446 section 5.1)."""
_CHALLENGE: Final = b"acme-tls/1"
_BRIEF: Final = 2.0
"""Seconds that a refusal takes at most."""


class Refused(Exception):
    """A connection that is closed before its protocol begins; from whom it is, if that is known."""

    def __init__(self, client: str | None = None) -> None:
        super().__init__()
        self.client = client


class SaidNothing(Refused):
    """Nothing came over it."""


class SpokeGarbage(Refused):
    """What came first is not TLS, nor HTTP in the clear."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A connection that may go on.

    `context` is TLS that is still to begin. One that `ends` is closed when it has begun: it was a challenge.
    """

    origin: Origin
    context: ssl.SSLContext | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Entrance:
    """The rules of a listener.

    Who connects from one of the `trusted` networks begins with a PROXY header, for which they have `patience` seconds;
    `lets` says whether who connects may, when it is known who does. TLS is spoken if there is a `protection`, with the
    `certificates` that there are then.
    """

    trusted: Sequence[_Network] = ()
    patience: float = 10.0
    lets: Callable[[Origin], bool] | None = None
    protection: Protection | None = None
    certificates: Certificates = field(default_factory=Certificates)
    is_undelayed: bool = True

    def is_slow(self, origin: Origin) -> bool:
        """Whether something is to be read before the protocol begins."""
        return self.protection is not None or self._is_trusted(origin)

    async def admitted(self, connection: socket.socket, origin: Origin) -> Entry:
        """How a connection goes on. Raises Refused, OSError."""
        if self._is_trusted(origin):
            origin = await self._named(connection, origin)
        if self.lets is not None and not self.lets(origin):
            raise Refused
        return Entry(origin) if self.protection is None else await self._secured(connection, origin, self.protection)

    def _is_trusted(self, origin: Origin) -> bool:
        if not self.trusted or origin.peer is None:
            return False
        peer = ip_address(origin.peer)
        return any(peer in network for network in self.trusted)

    async def _named(self, connection: socket.socket, origin: Origin) -> Origin:
        """Who is connected by way of a proxy."""
        try:
            async with asyncio.timeout(self.patience):
                header = await proxied(connection)
        except (BadProxyHeader, TimeoutError, OSError) as problem:
            known = str(problem) or "the header did not come in time"
            emit(Event.NETWORK_PROXY_ERROR, listener=origin.listener, peer=origin.peer, known=known)
            raise Refused from None
        named = replace(origin, is_proxied=True, is_tls=header.is_tls)
        return named if header.client is None else replace(named, client=header.client[0], client_port=header.client[1])

    async def _secured(self, connection: socket.socket, origin: Origin, protection: Protection) -> Entry:
        first: bytes | None = None
        try:
            async with asyncio.timeout(protection.timeout):
                first = await beginning(connection)
                if first[:1] != bytes([_HANDSHAKE]):
                    if not first or await _told(connection, first):
                        raise Refused
                    raise SpokeGarbage(origin.client)
                challenge = await self._challenge(connection)
        except TimeoutError:
            raise (SaidNothing(origin.client) if first is None else Refused()) from None
        origin = replace(origin, is_tls=True)
        if challenge is not None:
            return Entry(origin, challenge, ends=True)
        return Entry(origin, self.certificates.context(protection))

    async def _challenge(self, connection: socket.socket) -> ssl.SSLContext | None:
        """What proves a name to a certificate authority that asks for that (RFC 8737 section 3)."""
        challenges = self.certificates.challenges
        if challenges is None or not challenges.is_pending:
            return None
        said = await hello(connection)
        if said is None or said.server_name is None or _CHALLENGE not in said.protocols:
            return None
        return challenges.challenge(said.server_name)


OPEN = Entrance()
"""Asks for nothing."""


def origin_of(connection: socket.socket, listener: str) -> Origin:
    """Where a connection comes from that was just accepted. Raises OSError if it is gone."""
    if connection.family == socket.AF_UNIX:
        return Origin(listener, None, None, 0, str(connection.getsockname()), 0)
    peer, here = connection.getpeername(), connection.getsockname()
    return Origin(listener, peer[0], peer[0], peer[1], here[0], here[1])


async def _told(connection: socket.socket, first: bytes) -> bool:
    """Answers a request in the clear where TLS is spoken, so that a person sees what is wrong; whether it is one."""
    method, blank, _ = first.partition(b" ")
    if not (blank and method.isalpha() and method.isupper()):
        return False
    detail = "TLS is spoken here; write https:// in place of http://"
    document = orjson.dumps({"type": "about:blank", "status": 400, "detail": detail, "title": "Bad Request"})
    head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n"
    answer = head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(document) + document
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_BRIEF):
        # What is not read when a connection is closed takes the answer with it.
        connection.recv(65536)
        await loop.sock_sendall(connection, answer)
    return True
