"""Connections are shared with others that accept from the same socket."""

import asyncio
import errno
import os
import socket
from collections.abc import Iterator

import pytest

from pillarbox.net import Acceptor, Balance, CannotBind, accept, bound_tcp


@pytest.fixture
def shared() -> Iterator[int]:
    """The memory of three workers."""
    descriptor = Balance.shared(3)
    yield descriptor
    os.close(descriptor)


def test_who_has_fewer_goes_first(shared: int) -> None:
    one, other = Balance(shared, 3, 0), Balance(shared, 3, 1)
    one.begin()
    other.begin()
    assert not one.is_anothers_turn()

    one.came()

    assert one.is_anothers_turn()
    assert not other.is_anothers_turn()
    one.left()
    assert not one.is_anothers_turn()


def test_nobody_waits_for_who_is_not_there(shared: int) -> None:
    one, other = Balance(shared, 3, 0), Balance(shared, 3, 1)
    one.begin()
    one.came()
    assert not one.is_anothers_turn()

    other.begin()
    assert one.is_anothers_turn()

    Balance.ended(shared, 1)
    assert not one.is_anothers_turn()


class _Greeting(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


async def _greeted(listening: socket.socket) -> bytes:
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    try:
        return await reader.read()
    finally:
        writer.close()


def test_a_connection_is_taken_though_it_is_the_turn_of_one_who_does_not_come(shared: int) -> None:
    busy, stuck = Balance(shared, 3, 0), Balance(shared, 3, 1)
    stuck.begin()
    for _ in range(5):
        busy.came()

    async def run() -> bytes:
        listening = bound_tcp("127.0.0.1", 0, 10)
        acceptor = Acceptor(listening, _Greeting, busy)
        try:
            return await _greeted(listening)
        finally:
            acceptor.close()
            await acceptor.wait_closed()

    assert asyncio.run(run()) == b"hello"


def test_no_descriptor_left_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a connection for which there is no room waits, as those do that are not accepted yet."""
    monkeypatch.setattr(accept, "_RECOVERY", 0.01)

    class Full(socket.socket):
        failures = 3

        def accept(self) -> tuple[socket.socket, object]:
            if Full.failures:
                Full.failures -= 1
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    async def run() -> bytes:
        listening = Full(fileno=bound_tcp("127.0.0.1", 0, 10).detach())
        acceptor = Acceptor(listening, _Greeting, Balance.alone())
        try:
            return await _greeted(listening)
        finally:
            acceptor.close()
            acceptor.close()

    assert asyncio.run(run()) == b"hello"
    assert Full.failures == 0


def test_an_address_that_is_taken_says_so() -> None:
    with bound_tcp("127.0.0.1", 0, 1) as first, pytest.raises(CannotBind) as raised:
        bound_tcp("127.0.0.1", first.getsockname()[1], 1)
    assert raised.value.is_taken
