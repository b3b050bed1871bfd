"""An HTTP client that calls the application as a server would, without sockets, on an event loop of its own.

The loop runs only while something is awaited, and its clock goes on when a test says so (`Web.passes`): nothing sleeps.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

import pytest
from tests.driver.request import Message, Request

__all__ = ["Application", "Reply", "Request", "Stream", "Web"]

T = TypeVar("T")
Application: TypeAlias = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

PATIENCE = 10.0
"""Real seconds after which a test fails that waits for what does not come."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    octets: bytes

    def json(self) -> Any:
        """The octets as JSON."""
        return json.loads(self.octets)


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose clock can be set forward."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def time(self) -> float:
        return super().time() + getattr(self, "passed", 0.0)


class Client(Protocol):
    """Who holds a connection."""

    def leave(self) -> None:
        """Goes away."""


class Web:
    """A client of one application."""

    def __init__(self) -> None:
        self.application: Application | None = None
        self._runner = asyncio.Runner(loop_factory=_Loop)
        self._streams: list[Client] = []

    def sends(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        peer: str | None = "192.0.2.1",
    ) -> Reply:
        """The answer to one request."""
        (reply,) = self.together([Request(method, target, headers or {}, (body,) if body else (), peer=peer)])
        return reply

    def together(self, requests: Iterable[Request]) -> list[Reply]:
        """The answers to requests that are sent at the same time."""
        return self.run(_gathered([self._reply(request) for request in requests]))

    def breaks_off(self, request: Request) -> None:
        """Sends what there is of a request, then the connection ends."""
        self.run(self._broken(request))

    def sends_slowly(self, request: Request) -> "Slow":
        """Sends what there is of a request, and then waits."""
        slow = Slow(self, request)
        self._streams.append(slow)
        return slow

    def opens(self, request: Request) -> "Stream":
        """An answer that is read while it comes."""
        stream = self.asks(request)
        stream.begins()
        return stream

    def asks(self, request: Request) -> "Stream":
        """The same, without waiting until it begins."""
        stream = Stream(self, request)
        self._streams.append(stream)
        self.run(_a_moment())
        return stream

    def keep(self, client: "Client") -> None:
        """It is left in the end."""
        self._streams.append(client)

    def passes(self, seconds: float) -> None:
        """The loop's clock goes on."""
        loop = self._runner.get_loop()
        assert isinstance(loop, _Loop)
        loop.passed += seconds

    def moves_on(self) -> None:
        """The loop does what is waiting to be done."""
        self.run(_a_moment())

    def until(self, holds: Callable[[], bool]) -> None:
        """The loop runs until something holds."""

        async def held() -> None:
            while not holds():
                await asyncio.sleep(0.002)

        self.run(held())

    def run(self, awaited: Awaitable[T], seconds: float = PATIENCE) -> T:
        """What it gives; fails after so many real seconds."""

        async def patient() -> T:
            task = asyncio.ensure_future(awaited)
            try:
                done, _ = await asyncio.wait([task], timeout=seconds)
                if not done:
                    pytest.fail(f"nothing came for {seconds} seconds")
                return task.result()
            finally:
                task.cancel()

        return self._runner.run(patient())

    def start(self, started: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
        """A task that goes on whenever the loop runs."""
        return self._runner.get_loop().create_task(_coroutine(started))

    def close(self) -> None:
        """Leaves all streams."""
        for stream in self._streams:
            stream.leave()
        self._runner.close()

    async def call(self, scope: Message, receive: Any, send: Any) -> None:
        """The application's own code."""
        assert self.application is not None
        await self.application(scope, receive, send)

    async def _reply(self, request: Request) -> Reply:
        sent = _Sent(request, stays=request.whole)
        await self.call(request.scope(), sent.receive, sent.send)
        return sent.reply()

    async def _broken(self, request: Request) -> None:
        sent = _Sent(request, stays=False)
        await self.call(request.scope(), sent.receive, sent.send)


async def _a_moment() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


async def _coroutine(started: Callable[[], Awaitable[None]]) -> None:
    await started()


async def _gathered(awaited: Iterable[Awaitable[T]]) -> list[T]:
    return list(await asyncio.gather(*awaited))


class _Sent:
    """A request on its way in, and what comes back of it."""

    def __init__(self, request: Request, *, stays: bool) -> None:
        self._pieces = list(request.body) or ([b""] if request.whole else [])
        self._whole = request.whole
        self._left = asyncio.Event()
        if not stays:
            self._left.set()
        self._status: int | None = None
        self._headers: dict[str, str] = {}
        self._octets = bytearray()
        self._ended = False

    async def receive(self) -> Message:
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces) or not self._whole}
        if not self._ended:
            await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self._status is None, "two answers"
            self._status = message["status"]
            for name, value in message["headers"]:
                assert isinstance(name, bytes), name
                assert isinstance(value, bytes), value
                assert not set(b"\r\n\0") & set(name + value), (name, value)
                known = self._headers.get(name.decode().lower())
                # RFC 9110 section 11.6.1, RFC 6265 section 3.
                assert known is None or name in (b"www-authenticate", b"set-cookie"), f"{name!r} twice"
                text = value.decode("latin-1")
                self._headers[name.decode().lower()] = text if known is None else f"{known}, {text}"
        else:
            assert self._status is not None, "a body before the status"
            assert not self._ended, "more after the end"
            self._octets += message.get("body", b"")
            self._ended = not message.get("more_body", False)

    def leave(self) -> None:
        self._left.set()

    def reply(self) -> Reply:
        assert self._status is not None, "no answer"
        assert self._ended, "the answer does not end"
        return Reply(self._status, self._headers, bytes(self._octets))


class Slow:
    """A request that does not come to its end until its client leaves."""

    def __init__(self, web: Web, request: Request) -> None:
        self._web = web
        self._sent = _Sent(request, stays=True)
        self._scope = request.scope()
        self._task = web.start(self._run)

        web.run(_a_moment())

    def leave(self) -> None:
        """The client goes away; returns when the server has seen it."""
        self._sent.leave()
        if not self._task.done():
            self._web.run(asyncio.wait([self._task]))

    async def _run(self) -> None:
        await self._web.call(self._scope, self._sent.receive, self._sent.send)


class Stream:
    """An answer that comes bit by bit, such as an event source's."""

    def __init__(self, web: Web, request: Request) -> None:
        self._web = web
        self._request = request
        self._came: asyncio.Queue[Message | None] = asyncio.Queue()
        self._left = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()
        self._text = ""
        self._events: list[dict[str, str]] = []
        self._asked = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = False
        """Whether its end was sent."""
        self._task = web.start(self._run)

    def begins(self) -> None:
        """Waits for status and headers."""
        start = self._web.run(self._came.get())
        assert start is not None, "no answer"
        self.status = start["status"]
        self.headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}

    def octets(self) -> bytes:
        """All that comes until it ends."""
        found = bytearray()
        while True:
            message = self._web.run(self._came.get())
            if message is None:
                return bytes(found)
            found += message.get("body", b"")

    def event(self, seconds: float = PATIENCE) -> "dict[str, str] | None":
        """The next event by its fields; None for the end of the stream. Comments are left out."""
        while not self._events:
            message = self._web.run(self._came.get(), seconds)
            if message is None:
                self._came.put_nowait(None)
                return None
            self._take(message)
        return self._events.pop(0)

    def change(self) -> Any:
        """The next event's data, which must be a state change."""
        event = self.event()
        assert event is not None, "the stream has ended"
        assert event["event"] == "state", event
        return json.loads(event["data"])

    def is_quiet(self, seconds: float = 0.05) -> bool:
        """Whether no event comes for so many real seconds, or before the stream ends."""

        async def come() -> None:
            while not self._events:
                message = await self._came.get()
                if message is None:
                    self._came.put_nowait(None)
                    return
                self._take(message)

        async def wait() -> None:
            task = asyncio.ensure_future(come())
            await asyncio.wait([task], timeout=seconds)
            task.cancel()

        self._web.run(wait())
        return not self._events

    def stops_reading(self) -> None:
        """From now on the server cannot send."""
        self._reads.clear()

    def goes_on_reading(self) -> None:
        """It can again."""
        self._reads.set()

    def leave(self) -> None:
        """The client goes away; returns when the server has seen it."""
        self._left.set()
        self._reads.set()
        if not self._task.done():
            self._web.run(asyncio.wait([self._task]))

    @property
    def ended(self) -> bool:
        """Whether the server has ended it."""
        return self._task.done()

    def _take(self, message: Message) -> None:
        *blocks, self._text = (self._text + bytes(message.get("body", b"")).decode()).split("\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
            if fields:
                self._events.append(fields)

    async def _run(self) -> None:
        try:
            await self._web.call(self._request.scope(), self._receive, self._send)
        finally:
            self._came.put_nowait(None)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"".join(self._request.body), "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self._reads.wait()
        if message["type"] == "http.response.body":
            self.complete = not message.get("more_body", False)
        self._came.put_nowait(message)
