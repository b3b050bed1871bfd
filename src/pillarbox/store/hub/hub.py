"""The hub: a switchboard behind a socket in the data folder."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

from pillarbox.store.hub.line import Garbled, Line, Lines
from pillarbox.store.hub.place import NAME, bound
from pillarbox.store.hub.switchboard import Switchboard

__all__ = ["Hub"]

MAX_PROCESSES = 256
MAX_UNREAD = 1024 * 1024
"""Octets that a process may leave unread; one that takes longer begins anew, and then reads all it listens to again."""


class Hub:
    """Connects the processes that have this data folder's accounts open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._switchboard: Switchboard[_Connection] = Switchboard()
        self._connections: set[_Connection] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """A block in which processes can join. Raises OSError."""
        loop = asyncio.get_running_loop()
        server = await loop.create_unix_server(lambda: _Connection(self), sock=bound(self._folder))
        try:
            yield
        finally:
            server.close()
            for connection in list(self._connections):
                connection.cut()
            with suppress(OSError):
                (self._folder / NAME).unlink(missing_ok=True)

    def joined(self, connection: "_Connection") -> bool:
        """Whether it may stay."""
        if len(self._connections) >= MAX_PROCESSES or not connection.is_ours:
            return False
        self._connections.add(connection)
        self._switchboard.joined(connection)
        return True

    def said(self, connection: "_Connection", line: Line) -> None:
        """Hands on what follows from a line. Raises Garbled."""
        _tell(self._switchboard.said(connection, line))

    def left(self, connection: "_Connection") -> None:
        """Tells those who waited for it."""
        if connection in self._connections:
            self._connections.discard(connection)
            _tell(self._switchboard.left(connection))


def _tell(told: "Iterable[tuple[_Connection, Line]]") -> None:
    # As a list first: who is cut for what it left unread changes the switchboard.
    for connection, line in list(told):
        connection.tell(line)


class _Connection(asyncio.Protocol):
    """A process's line."""

    _transport: asyncio.Transport

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lines = Lines()

    @property
    def is_ours(self) -> bool:
        """Whether the process is this user's, or root's; the socket's mode lets nobody else in anyway."""
        there = self._transport.get_extra_info("socket")
        peer = there.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, user, _ = struct.unpack("3i", peer)
        return user in (0, os.geteuid())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport, which asyncio's protocols do not say.
        self._transport = cast("asyncio.Transport", transport)
        if not self._hub.joined(self):
            self.cut()

    def data_received(self, data: bytes) -> None:
        try:
            for line in self._lines.fed(data):
                self._hub.said(self, line)
        except Garbled:
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        self._hub.left(self)

    def tell(self, line: Line) -> None:
        """Sends a line, unless too much lies there unread."""
        if self._transport.is_closing():
            return
        self._transport.write(line.octets())
        if self._transport.get_write_buffer_size() > MAX_UNREAD:
            self.cut()

    def cut(self) -> None:
        """Ends the connection, with what was not sent."""
        self._transport.abort()
