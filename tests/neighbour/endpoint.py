"""A server of HTTP over TLS on loopback, as push services are, that keeps what it is sent and answers as it is told."""

import asyncio
import json
import queue
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import trustme

__all__ = ["Answering", "Authority", "Endpoint", "Received"]

_PATIENCE = 20.0

Answering = Callable[[asyncio.StreamWriter], Any]
"""Writes an answer by hand; what it gives is awaited."""


class Authority:
    """An authority of certificates that nobody but a test knows."""

    def __init__(self) -> None:
        self._made = trustme.CA()

    def trusted(self) -> ssl.SSLContext:
        """What a client trusts it with."""
        context = ssl.create_default_context()
        self._made.configure_trust(context)
        return context

    def pem(self) -> bytes:
        """Its certificate, as SSL_CERT_FILE names one."""
        return self._made.cert_pem.bytes()

    def server(self, *names: str) -> ssl.SSLContext:
        """What a server of these names has."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._made.issue_cert(*names).configure_cert(context)
        return context


@dataclass(frozen=True)
class Received:
    """A request, as it came."""

    method: str
    target: str
    fields: Mapping[str, str]
    octets: bytes

    def json(self) -> Any:
        """What it holds, where that is not encrypted."""
        return json.loads(self.octets)


class Endpoint:
    """Listens in a thread of its own, for as long as the block lasts."""

    def __init__(self, context: ssl.SSLContext | None, host: str = "127.0.0.1") -> None:
        self._context = context
        self._host = host
        self._received: queue.Queue[Received] = queue.Queue()
        self._answers: queue.Queue[bytes | Answering] = queue.Queue()
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._serving: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.port = 0

    def __enter__(self) -> "Endpoint":
        self._thread.start()
        assert self._listening.wait(_PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(_PATIENCE)

    def url(self, target: str = "/push", host: str | None = None) -> str:
        """Where it is reached."""
        scheme = "https" if self._context else "http"
        return f"{scheme}://{host or self._host}:{self.port}{target}"

    def answers(self, status: int, fields: Mapping[str, str] | None = None, octets: bytes = b"") -> None:
        """One of the next requests is answered so, in the order that this was said; all others with 201."""
        self._answers.put(_written(status, fields or {}, octets))

    def answers_by(self, answering: bytes | Answering) -> None:
        """One of the next requests is answered by hand."""
        self._answers.put(answering)

    def takes(self) -> Received:
        """The next request; fails if none comes."""
        __tracebackhide__ = True
        try:
            return self._received.get(timeout=_PATIENCE)
        except queue.Empty:
            raise AssertionError("nothing was sent") from None

    def took_nothing(self, within: float = 0.0) -> bool:
        """Whether nothing came so far, nor comes within so many seconds, that was not taken."""
        until = time.monotonic() + within
        while self._received.empty() and time.monotonic() < until:
            time.sleep(0.01)
        return self._received.empty()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._connected, self._host, 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._done.wait()
        server.close()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        # What is cut off is closed a few turns of the loop later.
        for _ in range(5):
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while await self._exchanged(reader, writer):
                    pass
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            # Whoever called this would take a cancelled connection for a failed one.
            writer.transport.abort()

    async def _exchanged(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        octets = await reader.readexactly(int(fields.get("content-length", 0)))
        try:
            answer = self._answers.get_nowait()
        except queue.Empty:
            answer = _written(201, {}, b"")
        # What is said from here on is the answer to another.
        self._received.put(Received(method, target, fields, octets))
        if not isinstance(answer, bytes):
            await answer(writer)
            return False
        writer.write(answer)
        await writer.drain()
        return b"content-length" in answer.lower()


def _written(status: int, fields: Mapping[str, str], octets: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(octets)}", "", ""]).encode() + octets
