"""The head of an answer, sent together with what follows it."""

import asyncio

__all__ = ["Joined"]

_BEGINNING = b"HTTP/1.1 "
_MOST = 64 * 1024
"""Octets that are copied to be sent with a head; more are worth a write of their own."""


class Joined:
    """Stands before a connection's transport while HTTP is written to it.

    A head waits for the first octets of its body, and for no longer than until the loop comes round: two writes are two
    calls of the system, and wake the peer twice, which a small answer costs more than all else that is done for it.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._head = b""

    def write(self, octets: bytes) -> None:
        """Sends octets, after what came before; at once, unless they begin an answer."""
        if self._head:
            head, self._head = self._head, b""
            if len(octets) > _MOST:
                self._transport.write(head)
            else:
                octets = head + octets
        elif octets.startswith(_BEGINNING):
            self._head = octets
            self._loop.call_soon(self.flush)
            return
        self._transport.write(octets)

    def flush(self) -> None:
        """Sends a head that waits."""
        if self._head:
            head, self._head = self._head, b""
            if not self._transport.is_closing():
                self._transport.write(head)

    def close(self) -> None:
        """Closes the connection when all is sent."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport.is_closing()
