"""uvicorn, adapted: the one file that knows it (adr/0002). Its version is pinned for this file's sake."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from socket import socket
from typing import Any, TypeAlias

import uvicorn
import uvloop

__all__ = ["Application", "WebServer", "use_fast_loop"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]


class WebServer:
    """HTTP/1.1 for an ASGI application, on sockets that are bound already."""

    def __init__(self, application: Application, *, max_connections: int | None = None, grace: int = 10) -> None:
        config = uvicorn.Config(
            application,
            http="httptools",
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


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def use_fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes event loops for `asyncio.Runner`."""
    return uvloop.new_event_loop
