"""Connections whose peer does not read."""

import asyncio

__all__ = ["Unread"]


class Unread:
    """Cuts a connection off whose peer reads nothing for so many seconds of what waits to be sent."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, transport: asyncio.Transport) -> None:
        """Looks from now on, until all is sent."""
        size = transport.get_write_buffer_size()
        if self._timer is None and size:
            self._timer = self._loop.call_later(self._seconds, self._look, transport, size)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, transport: asyncio.Transport, before: int) -> None:
        self._timer = None
        if transport.get_write_buffer_size() >= before:
            transport.abort()
        else:
            self.watch(transport)
