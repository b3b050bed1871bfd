"""A WebSocket gives the same messages however the network cuts them, and ends at what is none (RFC 6455)."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from pillarbox.net.unread import Unread
from pillarbox.net.websocket import Rules, WebSocket

MOST = 300
HEAD = {"headers": [(b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ==")], "type": "websocket"}

messages = st.lists(st.one_of(st.text(max_size=70), st.binary(max_size=70)), max_size=6)


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.closed = False
        self._reading = True

    def write(self, octets: bytes) -> None:
        assert not self.closed
        self.written += octets

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def is_reading(self) -> bool:
        return self._reading

    def pause_reading(self) -> None:
        assert self._reading
        self._reading = False

    def resume_reading(self) -> None:
        assert not self._reading
        self._reading = True

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False

    def set_protocol(self, protocol: object) -> None:
        """There is no other."""


class Server:
    """What a server waits for."""

    def __init__(self) -> None:
        self.connections: set[object] = set()
        self.tasks: set[asyncio.Task[None]] = set()


async def taken(pieces: Sequence[bytes]) -> tuple[list[Any], bytes, Server]:
    """What an application is given of octets that come in these pieces, and what was answered after the handshake."""
    wire, server = Wire(), Server()
    got: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "jmap", "headers": []})
        while (message := await receive())["type"] == "websocket.receive":
            got.append(message.get("text", message.get("bytes")))

    loop = asyncio.get_running_loop()
    socket = WebSocket(
        application,
        dict(HEAD),
        wire,  # type: ignore[arg-type]
        Rules(size=MOST),
        server,
        Unread(loop, 1.0),
        lambda: None,
    )
    socket.begin()
    await asyncio.sleep(0)
    for piece in pieces:
        while not wire.is_reading() and not wire.closed:
            await asyncio.sleep(0)
        if wire.closed:
            break
        socket.data_received(piece)
    for _ in range(3):
        await asyncio.sleep(0)
    socket.connection_lost(None)
    await asyncio.gather(*server.tasks)
    return got, bytes(wire.written).partition(b"\r\n\r\n")[2], server


def cut(octets: bytes, at: Sequence[int]) -> list[bytes]:
    places = sorted({0, len(octets), *(one % (len(octets) + 1) for one in at)})
    return [octets[a:b] for a, b in pairwise(places)]


@settings(max_examples=60, deadline=None)
@given(messages, st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
def test_messages_are_those_that_were_sent(said: list[str | bytes], at: list[int], is_split: bool) -> None:  # noqa: FBT001
    """Section 5.4: whole, or in fragments with a ping between them."""
    sent = b""
    for message in said:
        octets = message.encode() if isinstance(message, str) else message
        opcode = Opcode.TEXT if isinstance(message, str) else Opcode.BINARY
        if is_split:
            half = len(octets) // 2
            sent += Frame(opcode, octets[:half], fin=False).serialize(mask=True)
            sent += Frame(Opcode.PING, b"x").serialize(mask=True)
            sent += Frame(Opcode.CONT, octets[half:]).serialize(mask=True)
        else:
            sent += Frame(opcode, octets).serialize(mask=True)

    got, answered, server = asyncio.run(taken(cut(sent, at)))

    assert got == said
    assert answered.startswith(Frame(Opcode.PONG, b"x").serialize(mask=False) * (len(said) if is_split else 0))
    assert not server.connections


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 10_000), max_size=6))
def test_whatever_comes_ends_in_order(octets: bytes, at: list[int]) -> None:
    """Section 7.1.7: nothing is raised, and the application hears of an end."""
    got, _, server = asyncio.run(taken(cut(octets, at)))

    assert all(len(one) <= MOST for one in got)
    assert not server.connections
    assert not server.tasks
