"""uvicorn's connection, where it does otherwise than the RFCs, or keeps more than is needed."""

import asyncio
import logging
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from pillarbox.net.hangup import has_hung_up
from pillarbox.net.joined import Joined

__all__ = ["Corrected", "with_path"]

# Anybody can have as many of uvicorn's warnings written as they like, so only its errors are.
_LOG = logging.getLogger("uvicorn.error.request")
_LOG.setLevel(logging.ERROR)
# The application answers whatever happens, unless its client has left, or it has told why it could not go on.
_LOG.addFilter(lambda record: "without completing response" not in str(record.msg))


class Corrected(HttpToolsProtocol):
    """Reads on where another protocol could begin and does not, and answers whoever is first in line."""

    __slots__ = ("_absence", "_joined", "_running")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pipeline = _Pipeline()  # type: ignore[assignment] # of which a deque's methods are used that it has
        self.logger = _LOG
        self._running: RequestResponseCycle | None = None
        self._absence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._joined = Joined(self.loop, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._absence is not None:
            self._absence.cancel()
        # uvicorn tells the last request alone, which may be waiting in line behind this one.
        running = self._running
        if running is not None and running is not self.cycle and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        super().connection_lost(exc)

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

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _correct(self, cycle: RequestResponseCycle | None) -> None:
        """Has a request answered by way of what joins its writes, and as its version knows answers."""
        # It writes nothing before the loop comes round, and then uses no more of a transport than this has.
        if cycle is not None:
            cycle.transport = cast("asyncio.Transport", self._joined)
            if self.scope["http_version"] == "1.0":
                _end_with_connection(cycle)

    def _watch_line(self, seconds: float) -> None:
        """Cuts off a client who has closed the connection, looking so often as long as a request is in line."""
        if self.pipeline and self._absence is None:
            self._absence = self.loop.call_later(seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        # With a request in line nothing is read, not even that the client has closed the connection.
        self._absence = None
        if has_hung_up(self.transport):
            self.transport.abort()
        else:
            self._watch_line(seconds)

    @property
    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete


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


class _Pipeline(list[tuple[RequestResponseCycle, Any]]):
    """Requests that came before an answer was complete: mostly none, for which a deque takes half a kilobyte."""

    __slots__ = ()

    def appendleft(self, one: tuple[RequestResponseCycle, Any]) -> None:
        self.insert(0, one)


def with_path(target: bytes) -> bytes:
    """A target of which uvicorn finds the path: one in absolute form may have none (RFC 9112 section 3.2.2)."""
    if target.startswith((b"/", b"*")):
        return target
    parsed = httptools.parse_url(target)
    if parsed.path:
        return target
    return b"/?" + parsed.query if parsed.query else b"/"
