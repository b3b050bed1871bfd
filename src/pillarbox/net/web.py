"""uvicorn, adapted: the one file that knows it (adr/0002). Its version is pinned for this file's sake.

What is asked to become a WebSocket leaves it here (`websocket`, adr/0037).
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from functools import partial
from socket import socket
from typing import Any, TypeAlias, cast

import orjson
import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from pillarbox.net.accept import Acceptor, Balance
from pillarbox.net.handshake import socket_scope
from pillarbox.net.unread import Unread
from pillarbox.net.websocket import Rules, WebSocket

__all__ = ["Application", "WebServer", "use_fast_loop"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]


MAX_HEAD = 64 * 1024
"""Octets that all before a body may have, give or take one read of a socket; nginx and Apache take 32 kB and 800 kB."""

# Anybody can have as many of uvicorn's warnings written as they like, so only its errors are.
_LOG = logging.getLogger("uvicorn.error.request")
_LOG.setLevel(logging.ERROR)


class WebServer:
    """HTTP/1.1 for an ASGI application, on sockets that are bound already.

    Of connections beyond `max_connections` each is refused before it has said anything, and nobody else is: uvicorn's
    own limit would refuse the requests of those that are there.

    `patience` is how many seconds a client has for all before a body, and for what stands between its parts and after
    it; `unread` those it may leave an answer lie without reading any of it; `grace` those that requests have when the
    server stops. `balance` is kept with other processes that accept from the same sockets. With `sockets`, requests to
    become a WebSocket are the application's to accept; without, they are requests like others.
    """

    def __init__(
        self,
        application: Application,
        *,
        max_connections: int | None = None,
        grace: int = 10,
        patience: float = 10.0,
        unread: float = 30.0,
        balance: Balance | None = None,
        sockets: Rules | None = None,
    ) -> None:
        balance = balance or Balance.alone()
        config = uvicorn.Config(
            application,
            # Called with keywords, as the class would be.
            http=cast(
                "type[asyncio.Protocol]",
                partial(
                    _Bounded,
                    most=max_connections,
                    patience=patience,
                    unread=unread,
                    left=balance.left,
                    sockets=sockets,
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
            timeout_keep_alive=75,
            timeout_graceful_shutdown=grace,
        )
        self._server = _Quiet(config, balance)

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
    """Does not wait for ever for what is no body, nor takes any amount of it, nor keeps an answer nobody reads."""

    def __init__(
        self,
        *args: Any,
        most: int | None,
        patience: float,
        unread: float,
        left: Callable[[], None],
        sockets: Rules | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._most = most
        self.logger = _LOG
        self._left = left
        self._sockets = sockets
        self._patience = patience
        self._in_head, self._in_body = True, False
        self._is_upgraded = False
        self._moved = False
        self._taken = 0
        self._timer: asyncio.TimerHandle | None = None
        self._unread = Unread(self.loop, unread)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # This one is among them.
        if self._most is not None and len(self.connections) > self._most:
            self._refuse(503, "Service Unavailable", "too many connections; try again later", "retry-after: 5")
            return
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        self._relax()
        self._unread.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved = False
        super().data_received(data)
        if self.transport.is_closing() or self._is_upgraded:
            return
        # The read in which a head begins may hold a long body of the request before it, so it is not counted.
        if not self._moved:
            self._taken += len(data)
            if self._taken > MAX_HEAD:
                self._refuse(431, "Request Header Fields Too Large", f"no more than {MAX_HEAD} octets are taken here")
                return
        if self._timer is not None:
            return
        stalls = self._in_body and not self._moved
        if self._in_head or stalls or self._is_answered:
            self._expect()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._move()
        self._relax()

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head it is a trailer field, which may be dropped (RFC 9110 section 6.5.1): nobody here looks at any.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._move()
        self._relax()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._move()
        if not self._is_answered:
            self._relax()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._move()
        self._relax()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unread.watch(self.transport)
        if self._in_body and self._is_answered and not self.transport.is_closing():
            self._expect()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread.watch(self.transport)

    def resume_writing(self) -> None:
        self._unread.end()
        super().resume_writing()
        self._unread.watch(self.transport)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn names it
        self._refuse(400, "Bad Request", "this is no HTTP request")

    def _unsupported_upgrade_warning(self) -> None:
        """Says nothing: whoever asks for an upgrade gets the answer they get without."""

    def _should_upgrade_to_ws(self) -> bool:
        # What is still being answered must not be cut in two by another protocol.
        cycle: RequestResponseCycle | None = self.cycle
        is_free = cycle is None or cycle.response_complete
        is_get = self.scope["method"] == "GET" and self.scope["http_version"] == "1.1"
        return self._sockets is not None and is_free and is_get

    def handle_websocket_upgrade(self) -> None:
        try:
            scope = socket_scope(self.scope, self.url)
        except ValueError:
            self.send_400_response("")
            return
        self._is_upgraded = True
        self._relax()
        self.connections.discard(self)
        assert self._sockets is not None  # noqa: S101 - or it would not be upgraded
        WebSocket(self.app, scope, self.transport, self._sockets, self.server_state, self._unread, self._left).begin()
        # It and its parser hold each other, for as long as the other protocol goes on.
        self.parser = None  # type: ignore[assignment]

    @property
    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete

    def _refuse(self, status: int, title: str, detail: str, *more: str) -> None:
        """Ends the connection; with a problem document (RFC 9457), unless that would land within an answer."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            document = orjson.dumps({"type": "about:blank", "status": status, "detail": detail, "title": title})
            fields = (
                f"HTTP/1.1 {status} {title}",
                "content-type: application/problem+json",
                "cache-control: no-store",
                "x-content-type-options: nosniff",
                f"content-length: {len(document)}",
                "connection: close",
                *more,
            )
            self.transport.write("\r\n".join((*fields, "", "")).encode() + document)
        self.transport.close()
        self._unread.watch(self.transport)

    def _move(self) -> None:
        self._moved, self._taken = True, 0

    def _expect(self) -> None:
        self._relax()
        self._timer = self.loop.call_later(self._patience, self._give_up)

    def _give_up(self) -> None:
        self.transport.close()
        self._unread.watch(self.transport)

    def _relax(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs it, and accepts as we do."""

    def __init__(self, config: uvicorn.Config, balance: Balance) -> None:
        super().__init__(config)
        self._balance = balance

    async def startup(self, sockets: list[socket] | None = None) -> None:
        def protocol() -> asyncio.BaseProtocol:
            return self.config.http_protocol_class(
                config=self.config,  # type: ignore[call-arg] # of uvicorn's, which mypy takes for any
                server_state=self.server_state,
                app_state={},
            )

        # What uvicorn asks of its servers, these have.
        self.servers = [Acceptor(one, protocol, self._balance) for one in sockets or ()]  # type: ignore[misc]
        self.started = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def use_fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes event loops for `asyncio.Runner`."""
    return uvloop.new_event_loop
