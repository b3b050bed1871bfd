"""A connection of HTTP/1.1, as uvicorn has it, that takes no more of anybody than it should."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from pillarbox.net.bounds import Bounds
from pillarbox.net.crowd import Seat
from pillarbox.net.framing import Fault, fault
from pillarbox.net.handshake import socket_scope
from pillarbox.net.origin import EXTENSION
from pillarbox.net.unread import Unread
from pillarbox.net.watching import Watching
from pillarbox.net.web.corrected import Corrected, with_path
from pillarbox.net.web.patience import Patience
from pillarbox.net.web.refusal import Finish, Impression, document
from pillarbox.net.websocket import Rules, WebSocket

__all__ = ["Connection"]

_GOODBYE = 1.0
"""Seconds in which an idle connection is closed by both sides when the server stops."""

_EXCESS = Fault(503, "Service Unavailable", "too many connections; try again later")


class Connection(Corrected):
    """Does not wait for ever for what is no body, nor takes any amount of it, nor keeps an answer nobody reads."""

    # With uvicorn's own in one dictionary they would be more than its keys are shared for: a kilobyte a connection.
    __slots__ = (
        "_bounds",
        "_fault",
        "_finish",
        "_impression",
        "_in_body",
        "_in_head",
        "_is_upgraded",
        "_moved",
        "_patience",
        "_seat",
        "_sockets",
        "_taken",
        "_unread",
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
        self._seat = seat
        self._sockets = sockets()
        self._impression = Impression(seat.origin, watching)
        self._bounds = bounds()
        self._finish = finish
        self.timeout_keep_alive = self._bounds.idle  # type: ignore[assignment] # of which an event loop takes a part
        self._in_head, self._in_body = True, False
        self._fault: Fault | None = None
        self._is_upgraded = False
        self._moved = False
        self._taken = 0
        self._patience = Patience(self.loop, self._bounds.patience)
        self._unread = Unread(self.loop, self._bounds.unread)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        origin = self._seat.origin
        self.scheme = origin.scheme
        self.client = None if origin.client is None else (origin.client, origin.client_port)
        if self._seat.is_excess:
            self._refuse(_EXCESS, (b"retry-after", b"5"))
            return
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._seat.leave()
        self._patience.relax()
        self._unread.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved = False
        if not self._impression.first:
            self._impression.first = data[:1]
        self._feed(data)
        if self.transport.is_closing() or self._is_upgraded:
            return
        # The read in which a head begins may hold a long body of the request before it, so it is not counted.
        if not self._moved:
            self._taken += len(data)
            if self._taken > (most := self._bounds.head):
                detail = f"no more than {most} octets are taken here"
                self._refuse(Fault(431, "Request Header Fields Too Large", detail))
                return
        if self._patience.expects:
            return
        stalls = self._in_body and not self._moved
        if self._in_head or stalls or self._is_answered:
            self._expect()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self._seat.origin}  # type: ignore[dict-item] # what is in it is ours
        self._in_head = True
        self._move()
        self._patience.relax()

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head it is a trailer field, which may be dropped (RFC 9110 section 6.5.1): nobody here looks at any.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._impression.has_asked = True
        self._move()
        self._patience.relax()
        self.scope["method"] = self.parser.get_method().decode("ascii")
        is_refused_upgrade = self.parser.should_upgrade() and not self._should_upgrade()
        self._fault = fault(self.parser.get_http_version(), self.headers, is_upgrade=is_refused_upgrade)
        if self.url.startswith(b"*") and (self.url != b"*" or self.scope["method"] != "OPTIONS"):
            # Put behind a URL of ours, as in a redirect, the rest of it would lead to another host.
            self._fault = Fault(400, "Bad Request", "* alone is a target, of OPTIONS")
        if self._fault is not None:
            # The parser ends with that, and then the connection.
            raise ValueError(self._fault.detail)
        self.url = with_path(self.url)
        super().on_headers_complete()
        self._correct(self.cycle)
        self._watch_line(self._bounds.unread)

    def on_body(self, body: bytes) -> None:
        self._move()
        if not self._is_answered:
            self._patience.relax()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._move()
        self._patience.relax()
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
        self._impression.garbage()
        self._refuse(self._fault or Fault(400, "Bad Request", "this is no HTTP request"))

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
        self._patience.relax()
        self.connections.discard(self)
        assert self._sockets is not None  # noqa: S101 - or it would not be upgraded
        WebSocket(
            self.app, scope, self.transport, self._sockets, self.server_state, self._unread, self._seat.leave
        ).begin()
        # It and its parser hold each other, for as long as the other protocol goes on.
        self.parser = None  # type: ignore[assignment]

    def _refuse(self, fault: Fault, *more: tuple[bytes, bytes]) -> None:
        """Ends the connection; with a problem document, unless that would land within an answer."""
        self._impression.tell(fault.status, fault.detail)
        running = self._running
        if running is None or running.response_complete or not running.response_started:
            self._joined.write(document(fault, more, self._finish, is_tls=self._seat.origin.is_tls))
        self._joined.close()
        self._unread.watch(self.transport)

    def _move(self) -> None:
        self._moved, self._taken = True, 0

    def _expect(self) -> None:
        self._patience.expect(self._give_up)

    def _give_up(self) -> None:
        self._impression.silence()
        self._joined.close()
        self._unread.watch(self.transport)
