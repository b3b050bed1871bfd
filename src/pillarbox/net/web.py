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

import httptools
import orjson
import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from pillarbox.net.accept import Acceptor
from pillarbox.net.bounds import USUAL, Bounds
from pillarbox.net.crowd import Balance, Crowd, Seat
from pillarbox.net.entrance import OPEN, Entrance
from pillarbox.net.framing import Fault, fault
from pillarbox.net.handshake import socket_scope
from pillarbox.net.hangup import has_hung_up
from pillarbox.net.joined import Joined
from pillarbox.net.origin import EXTENSION
from pillarbox.net.unread import Unread
from pillarbox.net.watching import Watching
from pillarbox.net.websocket import Rules, WebSocket
from pillarbox.telemetry import Event, emit

__all__ = ["Application", "WebServer", "use_fast_loop"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]

Fields: TypeAlias = Sequence[tuple[bytes, bytes]]
Finish: TypeAlias = Callable[[Fields, bool], Fields]

_TLS = b"\x16"
"""How a record of TLS begins that opens a connection (RFC 8446 section 5.1)."""

_GOODBYE = 1.0
"""Seconds in which an idle connection is closed by both sides when the server stops."""

# Anybody can have as many of uvicorn's warnings written as they like, so only its errors are.
_LOG = logging.getLogger("uvicorn.error.request")
_LOG.setLevel(logging.ERROR)
# The application answers whatever happens, unless its client has left, or it has told why it could not go on.
_LOG.addFilter(lambda record: "without completing response" not in str(record.msg))


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
                    _Bounded,
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


class _Bounded(HttpToolsProtocol):
    """Does not wait for ever for what is no body, nor takes any amount of it, nor keeps an answer nobody reads."""

    # With uvicorn's own in one dictionary they would be more than its keys are shared for: a kilobyte a connection.
    __slots__ = (
        "_absence",
        "_bounds",
        "_fault",
        "_finish",
        "_first",
        "_has_asked",
        "_in_body",
        "_in_head",
        "_is_upgraded",
        "_joined",
        "_moved",
        "_running",
        "_seat",
        "_sockets",
        "_taken",
        "_timer",
        "_unread",
        "_watching",
    )

    def __init__(
        self,
        *args: Any,
        seat: Seat,
        bounds: Callable[[], Bounds],
        finish: Finish,
        sockets: Callable[[], Rules | None],
        watching: Watching | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pipeline = _Pipeline()  # type: ignore[assignment] # of which a deque's methods are used that it has
        self._seat = seat
        self.logger = _LOG
        self._sockets = sockets()
        self._watching = watching
        self._first = b""
        self._has_asked = False
        self._bounds = bounds()
        self._finish = finish
        self.timeout_keep_alive = self._bounds.idle  # type: ignore[assignment] # of which an event loop takes a part
        self._in_head, self._in_body = True, False
        self._fault: Fault | None = None
        self._is_upgraded = False
        self._moved = False
        self._taken = 0
        self._timer: asyncio.TimerHandle | None = None
        self._unread = Unread(self.loop, self._bounds.unread)
        self._running: RequestResponseCycle | None = None
        self._absence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._joined = Joined(self.loop, transport)
        origin = self._seat.origin
        self.scheme = origin.scheme
        self.client = None if origin.client is None else (origin.client, origin.client_port)
        if self._seat.is_excess:
            self._refuse(503, "Service Unavailable", "too many connections; try again later", (b"retry-after", b"5"))
            return
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._seat.leave()
        self._relax()
        self._unread.end()
        if self._absence is not None:
            self._absence.cancel()
        # uvicorn tells the last request alone, which may be waiting in line behind this one.
        running = self._running
        if running is not None and running is not self.cycle and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved = False
        self._first = self._first or data[:1]
        self._feed(data)
        if self.transport.is_closing() or self._is_upgraded:
            return
        # The read in which a head begins may hold a long body of the request before it, so it is not counted.
        if not self._moved:
            self._taken += len(data)
            if self._taken > (most := self._bounds.head):
                self._refuse(431, "Request Header Fields Too Large", f"no more than {most} octets are taken here")
                return
        if self._timer is not None:
            return
        stalls = self._in_body and not self._moved
        if self._in_head or stalls or self._is_answered:
            self._expect()

    def _feed(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as asked:
                if self._should_upgrade():
                    self.handle_websocket_upgrade()
                    return
                # The parser leaves off where another protocol could begin. Here the next request does.
                data = data[asked.args[0] :]
            except httptools.HttpParserError:
                self.send_400_response("")
                return

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self._seat.origin}  # type: ignore[dict-item] # what is in it is ours
        self._in_head = True
        self._move()
        self._relax()

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head it is a trailer field, which may be dropped (RFC 9110 section 6.5.1): nobody here looks at any.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._has_asked = True
        self._move()
        self._relax()
        self.scope["method"] = self.parser.get_method().decode("ascii")
        is_refused_upgrade = self.parser.should_upgrade() and not self._should_upgrade()
        self._fault = fault(self.parser.get_http_version(), self.headers, is_upgrade=is_refused_upgrade)
        if self.url.startswith(b"*") and (self.url != b"*" or self.scope["method"] != "OPTIONS"):
            # Put behind a URL of ours, as in a redirect, the rest of it would lead to another host.
            self._fault = Fault(400, "Bad Request", "* alone is a target, of OPTIONS")
        if self._fault is not None:
            # The parser ends with that, and then the connection.
            raise ValueError(self._fault.detail)
        self.url = _with_path(self.url)
        super().on_headers_complete()
        # It writes nothing before the loop comes round, and then uses no more of a transport than this has.
        if self.cycle is not None:
            self.cycle.transport = cast("asyncio.Transport", self._joined)
            if self.scope["http_version"] == "1.0":
                _end_with_connection(self.cycle)
        if self.pipeline and self._absence is None:
            self._absence = self.loop.call_later(self._bounds.unread, self._look)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _look(self) -> None:
        # With a request in line nothing is read, not even that the client has closed the connection.
        self._absence = None
        if has_hung_up(self.transport):
            self.transport.abort()
        elif self.pipeline:
            self._absence = self.loop.call_later(self._bounds.unread, self._look)

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

    def shutdown(self) -> None:
        self._joined.flush()
        was_idle = not self.transport.is_closing() and not self.transport.get_write_buffer_size()
        super().shutdown()
        if was_idle and self.transport.is_closing():
            # Nothing is left to be read. Over TLS it would be waited for until the peer says that it closes, too.
            self.loop.call_later(_GOODBYE, self.transport.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread.watch(self.transport)

    def resume_writing(self) -> None:
        self._unread.end()
        super().resume_writing()
        self._unread.watch(self.transport)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn names it
        client = self._seat.origin.client
        # Browsers try TLS first where http was asked for.
        if self._watching is not None and client is not None and not self._has_asked and self._first != _TLS:
            self._watching.spoke_garbage(client)
        found = self._fault or Fault(400, "Bad Request", "this is no HTTP request")
        self._refuse(found.status, found.title, found.detail)

    def _should_upgrade_to_ws(self) -> bool:
        # What is still being answered must not be cut in two by another protocol.
        cycle: RequestResponseCycle | None = self.cycle
        is_free = cycle is None or cycle.response_complete
        is_get = self.scope["method"] == "GET" and self.scope["http_version"] == "1.1"
        return self._sockets is not None and is_free and is_get

    def handle_websocket_upgrade(self) -> None:
        self._joined.flush()
        try:
            scope = socket_scope(self.scope, self.url)
        except ValueError:
            self.send_400_response("")
            return
        self._is_upgraded = True
        self._relax()
        self.connections.discard(self)
        assert self._sockets is not None  # noqa: S101 - or it would not be upgraded
        WebSocket(
            self.app, scope, self.transport, self._sockets, self.server_state, self._unread, self._seat.leave
        ).begin()
        # It and its parser hold each other, for as long as the other protocol goes on.
        self.parser = None  # type: ignore[assignment]

    @property
    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete

    def _refuse(self, status: int, title: str, detail: str, *more: tuple[bytes, bytes]) -> None:
        """Ends the connection; with a problem document (RFC 9457), unless that would land within an answer."""
        self._tell(status, detail)
        running = self._running
        if running is None or running.response_complete or not running.response_started:
            document = orjson.dumps({"type": "about:blank", "status": status, "detail": detail, "title": title})
            own = (
                (b"content-type", b"application/problem+json"),
                (b"cache-control", b"no-store"),
                (b"content-length", b"%d" % len(document)),
                *more,
            )
            fields = (*self._finish(own, self._seat.origin.is_tls), (b"connection", b"close"))
            lines = (f"HTTP/1.1 {status} {title}".encode(), *(b"%s: %s" % field for field in fields), b"", document)
            self._joined.write(b"\r\n".join(lines))
        self._joined.close()
        self._unread.watch(self.transport)

    def _move(self) -> None:
        self._moved, self._taken = True, 0

    def _expect(self) -> None:
        self._relax()
        self._timer = self.loop.call_later(self._bounds.patience, self._give_up)

    def _give_up(self) -> None:
        client = self._seat.origin.client
        if self._watching is not None and client is not None and not self._first:
            self._watching.said_nothing(client)
        self._tell(None, "the rest did not come in time" if self._first else "nothing was said")
        self._joined.close()
        self._unread.watch(self.transport)

    def _tell(self, status: int | None, known: str) -> None:
        origin = self._seat.origin
        emit(Event.HTTP_REFUSED, listener=origin.listener, client=origin.client, status=status, known=known)

    def _relax(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _end_with_connection(cycle: RequestResponseCycle) -> None:
    """Whoever speaks HTTP/1.0 knows no chunks: without a length an answer ends with the connection (RFC 9112 6.1)."""
    send = cycle.send
    has_length = True

    async def sending(message: Any) -> None:
        nonlocal has_length
        if message["type"] == "http.response.start":
            has_length = any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
            cycle.chunked_encoding = None if has_length else False
        elif not has_length:
            cycle.expected_content_length = len(message.get("body", b""))
        await send(message)

    cycle.send = sending  # type: ignore[method-assign] # what the application is given


def _with_path(target: bytes) -> bytes:
    """A target of which uvicorn finds the path: one in absolute form may have none (RFC 9112 section 3.2.2)."""
    if target.startswith((b"/", b"*")):
        return target
    parsed = httptools.parse_url(target)
    if parsed.path:
        return target
    return b"/?" + parsed.query if parsed.query else b"/"


class _Pipeline(list[tuple[RequestResponseCycle, Any]]):
    """Requests that came before an answer was complete: mostly none, for which a deque takes half a kilobyte."""

    __slots__ = ()

    def appendleft(self, one: tuple[RequestResponseCycle, Any]) -> None:
        self.insert(0, one)


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


def use_fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes event loops for `asyncio.Runner`."""
    return uvloop.new_event_loop
