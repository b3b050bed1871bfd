"""Accepting connections beside other processes that accept from the same sockets.

Left to themselves, idle workers leave nearly all connections to the one that wakes first: measured, nine of nine went
to one of two, and 58 of 64 when each accepts one at a time. A socket of its own for each (SO_REUSEPORT) spreads them by
chance, and those that wait at a worker that died wait until it is back. So all accept from one socket, and whoever has
more connections than another lets that one go first, for a moment.
"""

import asyncio
import errno
import mmap
import os
import socket
from collections.abc import Callable

__all__ = ["Acceptor", "Balance"]

_ABSENT = -1
_SLOT = 8
_MOMENT = 0.002
"""Seconds that another worker has to go first. One that is stuck holds up each new connection for no longer."""
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_RECOVERY = 1.0
"""Seconds until it is tried again to accept, when the system had no room for a connection; asyncio takes the same."""


class Balance:
    """How many connections each of some workers has, in memory that all of them see."""

    def __init__(self, descriptor: int, workers: int, mine: int) -> None:
        """`descriptor` is a file that `shared` made, `mine` the number of this worker, from 0."""
        self._memory = memoryview(mmap.mmap(descriptor, workers * _SLOT)).cast("q")
        self._mine = mine
        self._others = [number for number in range(workers) if number != mine]

    @classmethod
    def alone(cls) -> "Balance":
        """That of one worker."""
        descriptor = cls.shared(1)
        try:
            return cls(descriptor, 1, 0)
        finally:
            os.close(descriptor)

    @staticmethod
    def shared(workers: int) -> int:
        """A descriptor of memory for so many workers, none of which is there yet."""
        descriptor = os.memfd_create("balance", os.MFD_CLOEXEC)
        os.write(descriptor, _ABSENT.to_bytes(_SLOT, "little", signed=True) * workers)
        return descriptor

    @staticmethod
    def ended(descriptor: int, number: int) -> None:
        """A worker is not there any more."""
        os.pwrite(descriptor, _ABSENT.to_bytes(_SLOT, "little", signed=True), number * _SLOT)

    def came(self) -> None:
        """This worker has one connection more."""
        self._memory[self._mine] = max(self._memory[self._mine], 0) + 1

    def left(self) -> None:
        """This worker has one connection less."""
        self._memory[self._mine] -= 1

    def begin(self) -> None:
        """This worker is there, without connections."""
        self._memory[self._mine] = 0

    def is_anothers_turn(self) -> bool:
        """Whether one of the others has fewer connections."""
        mine = self._memory[self._mine]
        return any(_ABSENT < self._memory[other] < mine for other in self._others)


class Acceptor:
    """Takes connections from a listening socket, and gives each to a protocol.

    What it gives them to has to tell the balance when a connection has `left`. Used like the servers of asyncio.
    """

    def __init__(
        self, listening: socket.socket, protocol: Callable[[], asyncio.BaseProtocol], balance: Balance
    ) -> None:
        self._listening = listening
        self._protocol = protocol
        self._balance = balance
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._beginning: set[asyncio.Task[None]] = set()
        listening.setblocking(False)
        self._watch()

    def close(self) -> None:
        """Accepts no more, and closes the socket; connections stay."""
        if self._listening.fileno() == -1:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listening)
        self._listening.close()

    async def wait_closed(self) -> None:
        """Until connections that were accepted have begun."""
        if self._beginning:
            await asyncio.wait(self._beginning)

    def _watch(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listening, self._ready)

    def _ready(self) -> None:
        if self._balance.is_anothers_turn():
            self._pause(_MOMENT, self._late)
        else:
            self._accept()

    def _late(self) -> None:
        self._watch()
        self._accept()

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listening)
        self._timer = self._loop.call_later(seconds, then)

    def _accept(self) -> None:
        try:
            # One at a time: the next may be another worker's.
            connection, _ = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        except OSError as problem:
            if problem.errno not in _EXHAUSTED:
                raise
            self._pause(_RECOVERY, self._watch)
            return
        connection.setblocking(False)
        self._balance.came()
        beginning = self._loop.create_task(self._begin(connection))
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)

    async def _begin(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()
            self._balance.left()
