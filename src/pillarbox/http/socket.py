"""The messages of a WebSocket, on bare ASGI."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any, TypeAlias

__all__ = ["Gone", "Socket"]

_Message: TypeAlias = MutableMapping[str, Any]


class Gone(Exception):
    """The client went away before its request was complete, or its answer."""


class Socket:
    """A WebSocket, once `accept` was called; before that, what an Exchange answers with `deny` refuses it."""

    def __init__(
        self,
        offered: Sequence[str],
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """`offered` are the subprotocols that the client speaks."""
        self.offered = offered
        self._receive = receive
        self._send = send

    async def deny(self, message: _Message) -> None:
        """What would be the answer to a request."""
        await self._put({**message, "type": f"websocket.{message['type']}"})

    async def accept(self, subprotocol: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """From now on both speak it; these headers go with the answer that says so. Raises Gone."""
        message = await self._receive()
        if message["type"] != "websocket.connect":
            raise Gone
        await self._put({"type": "websocket.accept", "subprotocol": subprotocol, "headers": list(headers)})

    async def hear(self) -> str | bytes | None:
        """The next message, which is octets if its sender calls it binary; None if there are no more."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return None
        text: str | None = message.get("text")
        return text if text is not None else bytes(message["bytes"])

    async def tell(self, octets: bytes) -> None:
        """Sends a text; waits while the client does not read. Raises Gone."""
        await self._put({"type": "websocket.send", "text": octets.decode()})

    async def close(self, code: int, reason: str) -> None:
        """Says why no more is said (RFC 6455 section 7.4.1). Raises Gone."""
        await self._put({"type": "websocket.close", "code": code, "reason": reason})

    async def _put(self, message: _Message) -> None:
        try:
            await self._send(message)
        except OSError as problem:
            raise Gone from problem
