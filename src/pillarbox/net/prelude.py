"""What is read of a connection before there is a transport: the header of a proxy, and how a client of TLS begins.

Octets that are not ours are only looked at, and stay for who comes after: a TLS hello in the same packet as a proxy's
header is not lost.
"""

import asyncio
import socket

from pillarbox.wire.proxy import LONGEST, BadProxyHeader, ProxyHeader, proxy_header
from pillarbox.wire.tlshello import MOST, ClientHello, NoHello, client_hello

__all__ = ["beginning", "hello", "proxied"]

_AGAIN, _AT_LAST = 0.02, 0.5
"""Seconds until it is looked again whether more of a hello came, at first and in the end: octets that stay cannot be
waited for, and many who send half of one must not keep us looking."""


async def proxied(connection: socket.socket) -> ProxyHeader:
    """The header that a connection begins with, taken off it. Raises BadProxyHeader, OSError."""
    taken = b""
    while True:
        seen = await _looked(connection, LONGEST + 1)
        if not seen:
            raise BadProxyHeader("the connection ended before the header did")
        found = proxy_header(taken + seen)
        if found is not None:
            _take(connection, found.length - len(taken))
            return found
        # All that is there belongs to the header. Left unread it would wake us again and again.
        taken += _take(connection, len(seen))


async def beginning(connection: socket.socket) -> bytes:
    """What came first, which stays there; nothing if the connection ended. Raises OSError."""
    return await _looked(connection, 16)


async def hello(connection: socket.socket) -> ClientHello | None:
    """What a client of TLS says first, which stays there; None if it is not what such a client says. Raises OSError."""
    before, pause = -1, _AGAIN
    while True:
        seen = await _looked(connection, MOST)
        try:
            found = client_hello(seen)
        except NoHello:
            return None
        if found is not None or not seen:
            return found
        if len(seen) == before:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _AT_LAST)
        before = len(seen)


async def _looked(connection: socket.socket, most: int) -> bytes:
    while True:
        try:
            return connection.recv(most, socket.MSG_PEEK)
        except BlockingIOError:
            await _readable(connection)


def _take(connection: socket.socket, count: int) -> bytes:
    taken = b""
    while len(taken) < count and (more := connection.recv(count - len(taken))):
        taken += more
    return taken


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def come() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(connection, come)
    try:
        await ready
    finally:
        loop.remove_reader(connection)
