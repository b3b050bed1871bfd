"""One WebSocket of an ASGI application, from the request that asks for it on (RFC 6455, adr/0037)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from pillarbox.net.handshake import accepted, denied
from pillarbox.net.unread import Unread

__all__ = ["Rules", "WebSocket"]

_Message: TypeAlias = MutableMapping[str, Any]
_Application: TypeAlias = Callable[[_Message, Any, Any], Awaitable[None]]

_LOG = logging.getLogger("websockets.server.connection")
# As of HTTP: anybody could fill the log with what they did wrong.
_LOG.setLevel(logging.CRITICAL)

_LINGER = 2.0
"""Seconds that a peer has to close the connection once we are done with it, so that it reads our last words."""
_AWAY, _INTERNAL = 1001, 1011


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every WebSocket; seconds and octets.

    A message has no more than `size`; who sends a larger one is told `too_large`, and the connection is closed (1009).
    Every `heartbeat` it is seen whether the peer is still there, and who was silent for `silence`, without so much as
    an answer to a ping, is gone.
    """

    size: int = 10_000_000
    too_large: bytes = b""
    heartbeat: float = 60.0
    silence: float = 600.0


class WebSocket(asyncio.Protocol):
    """Takes a connection over from HTTP, and gives the application its messages one at a time.

    A peer is read from only while the application has nothing left to take and the peer reads what it is sent, so
    neither can fill our memory. Frames are not compressed.
    """

    def __init__(
        self,
        application: _Application,
        scope: dict[str, Any],
        transport: asyncio.Transport,
        rules: Rules,
        server: Any,
        unread: Unread,
        left: Callable[[], None],
    ) -> None:
        """`server` has the sets of connections and tasks that a server waits for when it stops."""
        self._application = application
        self._scope = scope
        self._transport = transport
        self._rules = rules
        self._server = server
        self._unread = unread
        self._left = left
        self._loop = asyncio.get_running_loop()
        self._frames = Protocol(Side.SERVER, max_size=rules.size, logger=_LOG)
        self._parts: bytearray | None = None
        self._is_text = True
        self._come: list[str | bytes] = [""]
        """What the application has not taken yet. The first is the wish to connect."""
        self._is_connected = False
        self._is_accepted = False
        self._end: int | None = None
        """Why nothing more comes, as a close code."""
        self._taker: asyncio.Future[None] | None = None
        self._drained: asyncio.Event | None = None
        self._denial: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self._heard = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """From now on the connection is ours."""
        self._transport.set_protocol(self)
        self._transport.pause_reading()
        self._server.connections.add(self)
        task = self._loop.create_task(self._run())
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    # What the event loop calls.

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._frames.receive_data(data)
        for event in self._frames.events_received():
            if isinstance(event, Frame):
                self._take(event)
        if isinstance(self._frames.parser_exc, PayloadTooBig) and self._end is None and self._rules.too_large:
            # Before the close frame, which waits to be sent.
            last = Frame(Opcode.TEXT, self._rules.too_large).serialize(mask=False)
            self._transport.write(last)
        self._flush()

    def eof_received(self) -> None:
        """The transport closes."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's
        self._left()
        self._server.connections.discard(self)
        self._stop_timer()
        self._unread.end()
        self._finish(1006)
        self.resume_writing()

    def pause_writing(self) -> None:
        self._drained = self._drained or asyncio.Event()
        self._steer()
        self._unread.watch(self._transport)

    def resume_writing(self) -> None:
        self._unread.end()
        if self._drained is not None:
            self._drained.set()
            self._drained = None
        self._steer()
        self._unread.watch(self._transport)

    # What the server calls.

    def shutdown(self) -> None:
        """The application hears that it is over (1001); it may still answer what it has begun."""
        self._finish(_AWAY)

    # What the application calls.

    async def _run(self) -> None:
        try:
            await self._application(self._scope, self._receive, self._send)
        finally:
            # Without an answer it was cancelled, or has a bug: it does not raise.
            if self._is_accepted and self._frames.state is OPEN:
                self._close(_AWAY if self._end == _AWAY else _INTERNAL, "")
            elif not self._is_accepted:
                self._transport.close()

    async def _receive(self) -> _Message:
        while not self._come and self._end is None:
            self._taker = self._loop.create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        if not self._come:
            return {"type": "websocket.disconnect", "code": self._end}
        message = self._come.pop(0)
        if not self._is_connected:
            self._is_connected = True
            return {"type": "websocket.connect"}
        self._steer()
        return {"type": "websocket.receive", "text" if isinstance(message, str) else "bytes": message}

    async def _send(self, message: _Message) -> None:
        """Raises OSError if nobody is there any more, as ASGI has it."""
        while self._drained is not None:
            await self._drained.wait()
        if self._transport.is_closing():
            raise ConnectionResetError("the WebSocket is closed")
        match message["type"]:
            case "websocket.accept":
                self._accept(message["subprotocol"], message["headers"])
            case "websocket.http.response.start":
                self._denial = (message["status"], list(message["headers"]))
            case "websocket.http.response.body":
                self._deny(message.get("body", b""), is_last=not message.get("more_body", False))
            case "websocket.send":
                if self._frames.state is not OPEN:
                    raise ConnectionResetError("the WebSocket is closed")
                self._frames.send_text(message["text"].encode())
                self._flush()
            case "websocket.close":
                self._close(message["code"], message.get("reason", ""))

    # Inside.

    def _accept(self, subprotocol: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._transport.write(accepted(self._scope, subprotocol, headers))
        self._is_accepted = True
        self._steer()
        self._beat_later()

    def _deny(self, octets: bytes, *, is_last: bool) -> None:
        if self._denial is not None:
            (status, headers), self._denial = self._denial, None
            self._transport.write(denied(status, headers))
        self._transport.write(octets)
        if is_last:
            self._transport.close()
        self._unread.watch(self._transport)

    def _take(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY:
                self._is_text = frame.opcode is Opcode.TEXT
                self._parts = bytearray(frame.data)
            case Opcode.CONT if self._parts is not None:
                self._parts += frame.data
            case Opcode.CLOSE:
                self._finish(self._frames.close_rcvd.code if self._frames.close_rcvd else 1005)
                return
            case _:
                return
        if not frame.fin:
            return
        octets, self._parts = self._parts, None
        if self._end is not None:
            return
        try:
            self._come.append(octets.decode() if self._is_text else bytes(octets))
        except UnicodeDecodeError:
            self._frames.fail(1007, "this is no UTF-8")
            return
        self._steer()
        self._wake()

    def _flush(self) -> None:
        writes = self._frames.data_to_send()
        if self._transport.is_closing() or not writes:
            return
        self._transport.write(b"".join(writes))
        self._unread.watch(self._transport)
        if b"" in writes:
            # The last there is to say. What the peer still sends is read, or our last words would be lost with it.
            self._finish(self._frames.close_sent.code if self._frames.close_sent else 1006)
            if self._transport.can_write_eof():
                self._transport.write_eof()
            elif self._frames.close_rcvd is not None:
                # TLS has nothing between open and closed, and nothing more comes from the peer.
                self._stop_timer()
                self._transport.close()
                return
            self._close_later()

    def _close(self, code: int, reason: str) -> None:
        if self._frames.state is OPEN:
            self._frames.send_close(code, reason)
            self._finish(code)
            self._flush()
            self._close_later()

    def _close_later(self) -> None:
        self._stop_timer()
        self._steer()
        self._timer = self._loop.call_later(_LINGER, self._transport.close)

    def _finish(self, code: int) -> None:
        if self._end is None:
            self._end = code
        self._wake()

    def _wake(self) -> None:
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)

    def _steer(self) -> None:
        """Reads from the peer, or does not."""
        if self._transport.is_closing():
            return
        wants = self._is_accepted and self._drained is None and (not self._come or self._end is not None)
        if wants and not self._transport.is_reading():
            # While nobody listened the peer was not silent.
            self._heard = self._loop.time()
            self._transport.resume_reading()
        elif not wants and self._transport.is_reading():
            self._transport.pause_reading()

    def _beat_later(self) -> None:
        rules = self._rules
        self._timer = self._loop.call_later(min(rules.heartbeat, rules.silence / 2), self._beat)

    def _beat(self) -> None:
        if self._loop.time() - self._heard >= self._rules.silence and self._transport.is_reading():
            self._transport.abort()
            return
        if self._frames.state is OPEN:
            self._frames.send_ping(b"")
            self._flush()
        self._beat_later()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
