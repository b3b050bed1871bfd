"""HTTP/1.1 on sockets that are bound already."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from functools import partial
from socket import socket
from typing import Any, TypeAlias, cast

import uvicorn

from pillarbox.net.accept import Acceptor
from pillarbox.net.bounds import USUAL, Bounds
from pillarbox.net.crowd import Balance, Crowd, Seat
from pillarbox.net.entrance import OPEN, Entrance
from pillarbox.net.watching import Watching
from pillarbox.net.web.connection import Connection
from pillarbox.net.web.refusal import Finish
from pillarbox.net.websocket import Rules

__all__ = ["Application", "WebServer"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]


class WebServer:
    """HTTP/1.1 for an ASGI application, on sockets that are bound already.

    Of connections beyond `max_connections` each is refused before it has said anything, and nobody else is: uvicorn's
    own limit would refuse the requests of those that are there.

    `bounds` is what a connection may take, and may be replaced, for connections to come; `grace` is how many seconds
    requests have when the server stops. `finish` gives all headers of an answer that is made here, from its own and
    whether it goes out by TLS. `balance` is kept with other processes that accept from the same sockets. With
    `sockets`, requests to become a WebSocket are the application's to accept; without, they are requests like others.
    `listener` is what the sockets are called in the origin of each connection, `entrance` what is asked of who
    connects: it may be replaced, for connections to come. `watching` is told of those that speak neither it nor TLS.
    """

    def __init__(
        self,
        application: Application,
        *,
        max_connections: int | None = None,
        grace: int = 10,
        bounds: Bounds = USUAL,
        finish: Finish = lambda headers, _: headers,
        balance: Balance | None = None,
        sockets: Rules | None = None,
        listener: str = "",
        entrance: Entrance = OPEN,
        watching: Watching | None = None,
    ) -> None:
        self.entrance = entrance
        self.bounds = bounds
        self.sockets = sockets
        config = uvicorn.Config(
            application,
            # Called with keywords, as the class would be.
            http=cast(
                "type[asyncio.Protocol]",
                partial(
                    Connection,
                    bounds=lambda: self.bounds,
                    finish=finish,
                    sockets=lambda: self.sockets,
                    watching=watching,
                ),
            ),
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            # The client's address is ours to decide, from what is trusted.
            proxy_headers=False,
            timeout_graceful_shutdown=grace,
        )
        crowd = Crowd(balance or Balance.alone(), max_connections)
        self._server = _Quiet(config, crowd, lambda: self.entrance, listener, watching)

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
    """Leaves signals to whoever runs it, and accepts as we do."""

    def __init__(
        self,
        config: uvicorn.Config,
        crowd: Crowd,
        entrance: Callable[[], Entrance],
        listener: str,
        watching: Watching | None,
    ) -> None:
        super().__init__(config)
        self._watching = watching
        self._crowd = crowd
        self._entrance = entrance
        self._listener = listener

    async def startup(self, sockets: list[socket] | None = None) -> None:
        def protocol(seat: Seat) -> asyncio.BaseProtocol:
            return self.config.http_protocol_class(
                seat=seat,  # type: ignore[call-arg] # of uvicorn's, which mypy takes for any
                config=self.config,
                server_state=self.server_state,
                app_state={},
            )

        # What uvicorn asks of its servers, these have.
        self.servers = [
            Acceptor(  # type: ignore[misc]
                one, protocol, self._crowd, self._entrance, self._listener, self._watching
            )
            for one in sockets or ()
        ]
        self.started = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
