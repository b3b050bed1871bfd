"""uvicorn, adapted: the one file that knows it (adr/0002). Its version is pinned for this file's sake."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from functools import partial
from socket import socket
from typing import Any, TypeAlias, cast

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["Application", "WebServer", "use_fast_loop"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]


MAX_HEAD = 64 * 1024
"""Octets that all before a body may have, give or take one read of a socket; nginx and Apache take 32 kB and 800 kB."""

_TOO_MUCH = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class WebServer:
    """HTTP/1.1 for an ASGI application, on sockets that are bound already.

    `patience` is how many seconds a client has for all before a body; `grace` those that requests have when it stops.
    """

    def __init__(
        self,
        application: Application,
        *,
        max_connections: int | None = None,
        grace: int = 10,
        patience: float = 10.0,
    ) -> None:
        config = uvicorn.Config(
            application,
            # Called with keywords, as the class would be.
            http=cast("type[asyncio.Protocol]", partial(_Bounded, patience=patience)),
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            # The client's address is ours to decide, from what is trusted.
            proxy_headers=False,
            limit_concurrency=max_connections,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=grace,
        )
        self._server = _Quiet(config)

    async def serve(self, sockets: Sequence[socket]) -> None:
        """Serves until `stop`, then lets requests finish for the time of grace."""
        await self._server.serve(list(sockets))

    def stop(self) -> None:
        """Ends `serve`."""
        self._server.should_exit = True

    @property
    def started(self) -> bool:
        """Whether connections are accepted."""
        return self._server.started


class _Bounded(HttpToolsProtocol):
    """Does not wait for ever for what comes before a body, nor takes any amount of it."""

    def __init__(self, *args: Any, patience: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._waits = True
        self._taken = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        waited = self._waits
        super().data_received(data)
        # The read in which a head begins may hold a long body of the request before it, so it is not counted.
        if waited and self._waits:
            self._taken += len(data)
            if self._taken > MAX_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_MUCH)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect()

    def on_headers_complete(self) -> None:
        self._waits = False
        self._relax()
        super().on_headers_complete()

    def _expect(self) -> None:
        self._waits, self._taken = True, 0
        self._relax()
        self._timer = self.loop.call_later(self._patience, self.transport.close)

    def _relax(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def use_fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes event loops for `asyncio.Runner`."""
    return uvloop.new_event_loop
