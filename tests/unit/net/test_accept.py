"""Connections are shared with others that accept from the same socket."""

import asyncio
import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.driver.entrance import MirrorListener

from pillarbox.net import Acceptor, Balance, CannotBind, Crowd, Seat, accept, bound_tcp
from pillarbox.net.origin import NOWHERE


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
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

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
        acceptor = Acceptor(listening, _Greeting, Crowd(busy))
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
        acceptor = Acceptor(listening, _Greeting, Crowd(Balance.alone()))
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


def test_a_seat_is_given_back_once() -> None:
    """Ours: whatever ends a connection tells it, and two may."""
    crowd = Crowd(Balance.alone(), 1)
    first, second = crowd.seat(NOWHERE), crowd.seat(NOWHERE)
    assert (first.is_excess, second.is_excess, crowd.count) == (False, True, 2)

    second.leave()
    second.leave()

    assert crowd.count == 1
    first.leave()
    assert not crowd.seat(NOWHERE).is_excess


def test_who_is_too_many_is_told_and_nobody_else_suffers() -> None:
    """The settings reference, listeners: `max-connections`. In the clear the excess is answered 503."""
    with closing(MirrorListener(max_connections=1)) as listener:
        with listener.connects() as first:
            assert listener.answers(first)["path"] == "/"

            assert listener.ends(listener.connects()).startswith(b"HTTP/1.1 503 ")
            assert listener.answers(first)["path"] == "/"
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with listener.connects() as later:
                later.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                if later.recv(65536).startswith(b"HTTP/1.1 200 "):
                    return
        pytest.fail("there is room again, and nobody is let in")
