"""A mail server of the tests' own, on loopback, that answers as it is told and keeps what it is given."""

import asyncio
import base64
import queue
import ssl
import threading
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType

__all__ = ["DROP", "MX", "STALL", "Given"]

DROP, STALL = "drop", "stall"
"""In place of a reply: the connection is cut, or nothing is said any more."""

_PATIENCE = 20.0
_SAID = {
    "connect": "220 mx.far.example ESMTP",
    "HELO": "250 mx.far.example",
    "MAIL": "250 2.1.0 Sender OK",
    "RCPT": "250 2.1.5 Recipient OK",
    "DATA": "354 Go ahead",
    ".": "250 2.0.0 Taken",
    "STARTTLS": "220 2.0.0 Ready",
    "AUTH": "235 2.7.0 Welcome",
    "RSET": "250 2.0.0 OK",
    "NOOP": "250 2.0.0 OK",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass
class Given:
    """A transaction up to its end: the commands as they came, and the octets without what the way needs."""

    mail: str = ""
    rcpt: list[str] = field(default_factory=list)
    octets: bytes = b""
    is_encrypted: bool = False
    login: str = ""


class MX:
    """Listens in a thread of its own, for as long as the block lasts."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = port
        self.extensions = ["8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 10000000", "DSN", "SMTPUTF8"]
        self.connections = 0
        self.commands: list[str] = []
        self.implicit = False
        self.delay = 0.0
        """Seconds from the end of the data until it is answered."""
        self._context = context
        self._told: dict[str, deque[str]] = defaultdict(deque)
        self._given: queue.Queue[Given] = queue.Queue()
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._serving: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "MX":
        self._thread.start()
        assert self._listening.wait(_PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(_PATIENCE)

    def says(self, to: str, *replies: str) -> None:
        """The next times it is told this verb ("connect", and "." for the end of the data too) it says that instead."""
        self._told[to].extend(replies)

    def forgets(self) -> None:
        """From now on it says what it says at first."""
        self._told.clear()

    def takes(self) -> Given:
        """The next message that it took; fails if none comes."""
        __tracebackhide__ = True
        try:
            return self._given.get(timeout=_PATIENCE)
        except queue.Empty:
            raise AssertionError(f"nothing was sent; it heard {self.commands}") from None

    def took_nothing(self) -> bool:
        """Whether it took no message so far that was not asked for."""
        return self._given.empty()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        context = self._context if self.implicit else None
        server = await asyncio.start_server(self._connected, self.host, self.port, ssl=context, limit=1 << 27)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._done.wait()
        server.close()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for _ in range(5):
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._converse(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given = Given(is_encrypted=self.implicit)
        if not await self._say(writer, "connect"):
            return
        while line := await reader.readline():
            command = line.decode().rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            told = self._reply(verb)
            if told is None:
                told = await self._extensions(writer) if verb == "EHLO" else _SAID.get(verb, "500 5.5.2 Unknown")
            if not await self._write(writer, told):
                return
            if not told.startswith(("2", "3")):
                continue
            if verb == "QUIT" or not await self._follow(verb, command, given, reader, writer):
                return

    async def _follow(
        self, verb: str, command: str, given: Given, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """What a command means that was not refused; whether the conversation goes on."""
        match verb:
            case "MAIL":
                given.mail, given.rcpt, given.octets = command, [], b""
            case "RCPT":
                given.rcpt.append(command)
            case "AUTH":
                given.login = base64.b64decode(command.split(" ")[2]).decode()
            case "DATA":
                given.octets = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                told = self._reply(".") or _SAID["."]
                if told.startswith("2") or told in (DROP, STALL):
                    self._given.put(replace(given))
                await asyncio.sleep(self.delay)
                return await self._write(writer, told)
            case "STARTTLS":
                assert self._context is not None
                await writer.start_tls(self._context)
                given.is_encrypted = True
            case _:
                pass
        return True

    async def _extensions(self, writer: asyncio.StreamWriter) -> str:
        is_encrypted = writer.get_extra_info("sslcontext") is not None
        offered = [*self.extensions]
        if self._context is not None and not is_encrypted:
            offered.append("STARTTLS")
        return "\r\n".join(f"250-{one}" for one in ("mx.far.example", *offered)) + "\r\n250 HELP"

    def _reply(self, verb: str) -> str | None:
        return self._told[verb].popleft() if self._told[verb] else None

    async def _say(self, writer: asyncio.StreamWriter, verb: str) -> bool:
        return await self._write(writer, self._reply(verb) or _SAID[verb])

    async def _write(self, writer: asyncio.StreamWriter, told: str) -> bool:
        if told == DROP:
            return False
        if told == STALL:
            await asyncio.sleep(3600)
        writer.write(told.encode() + b"\r\n")
        await writer.drain()
        return True
