"""A WebSocket of the application, without sockets: messages as a server would hand them on."""

import asyncio
import base64
import json
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote

from tests.driver.web import PATIENCE, Reply, Web

__all__ = ["Talk"]

_Message: TypeAlias = MutableMapping[str, Any]


class Talk:
    """One client. `reply` is the answer if it was not accepted, `closed` a code once the server ended it."""

    def __init__(
        self, web: Web, target: str, headers: Mapping[str, str], subprotocols: Sequence[str] = ("jmap",)
    ) -> None:
        self._web = web
        self._said: asyncio.Queue[_Message] = asyncio.Queue()
        self._come: asyncio.Queue[_Message | None] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self.subprotocol: str | None = None
        self.headers: Mapping[str, str] = {}
        self.reply: Reply | None = None
        self.closed: int | None = None
        path, _, query = target.partition("?")
        sent = {
            "Host": "127.0.0.1:8080",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
            **headers,
        }
        self._scope: _Message = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": ("192.0.2.1", 40000),
            "server": ("127.0.0.1", 8080),
            "subprotocols": list(subprotocols),
        }
        self._said.put_nowait({"type": "websocket.connect"})
        self._task = web.start(self._run)
        web.keep(self)
        self._shake_hands()

    def says(self, value: Any) -> None:
        """Sends a text as it is, octets as binary, anything else as JSON."""
        if isinstance(value, bytes):
            self._said.put_nowait({"type": "websocket.receive", "bytes": value})
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            self._said.put_nowait({"type": "websocket.receive", "text": text})

    def hears(self) -> Any:
        """The next message."""
        message = self._web.run(self._come.get())
        assert message is not None, "it was closed"
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    def is_quiet(self, seconds: float = 0.05) -> bool:
        """Whether nothing comes for so many real seconds."""

        async def wait() -> None:
            await asyncio.sleep(seconds)

        self._web.run(wait())
        return self._come.empty()

    @property
    def waiting(self) -> int:
        """How many messages the server has not taken yet."""
        return self._said.qsize()

    def ends(self) -> int:
        """The code with which the server closes it."""
        while True:
            message = self._web.run(self._come.get())
            if message is None or message["type"] == "websocket.close":
                self._come.put_nowait(None)
                assert self.closed is not None, "it ended without a code"
                return self.closed

    def stops_reading(self) -> None:
        """From now on the server cannot send."""
        self._reads.clear()

    def goes_on_reading(self) -> None:
        """It can again."""
        self._reads.set()

    def leave(self, code: int = 1001) -> None:
        """The client goes away; returns when the server has seen it."""
        self._said.put_nowait({"type": "websocket.disconnect", "code": code})
        self._reads.set()
        if not self._task.done():
            self._web.run(asyncio.wait([self._task]))

    def _shake_hands(self) -> None:
        message = self._web.run(self._come.get(), PATIENCE)
        assert message is not None, "no answer"
        if message["type"] == "websocket.accept":
            self.subprotocol = message["subprotocol"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            return
        headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        octets, more = b"", True
        while more:
            piece = self._web.run(self._come.get())
            assert piece is not None
            octets += piece.get("body", b"")
            more = piece.get("more_body", False)
        self.reply = Reply(message["status"], headers, octets)

    async def _run(self) -> None:
        try:
            await self._web.call(self._scope, self._said.get, self._send)
        finally:
            self._come.put_nowait(None)

    async def _send(self, message: _Message) -> None:
        await self._reads.wait()
        if self.closed is not None:
            raise ConnectionResetError("closed")
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            self._said.put_nowait({"type": "websocket.disconnect", "code": self.closed})
        self._come.put_nowait(message)
