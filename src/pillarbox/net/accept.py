"""Accepting connections beside other processes that accept from the same sockets.

Left to themselves, idle workers leave nearly all connections to the one that wakes first: measured, nine of nine went
to one of two, and 58 of 64 when each accepts one at a time. A socket of its own for each (SO_REUSEPORT) spreads them by
chance, and those that wait at a worker that died wait until it is back. So all accept from one socket, and whoever has
more connections than another lets that one go first, for a moment.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from functools import partial

from pillarbox.net.crowd import Crowd, Seat
from pillarbox.net.entrance import OPEN, Entrance, Refused, SaidNothing, SpokeGarbage, origin_of
from pillarbox.net.watching import Watching
from pillarbox.telemetry import Event, emit

__all__ = ["Acceptor"]

_MOMENT = 0.002
"""Seconds that another worker has to go first. One that is stuck holds up each new connection for no longer."""
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_RECOVERY = 1.0
"""Seconds until it is tried again to accept, when the system had no room for a connection; asyncio takes the same."""
_FAREWELL = 120.0
"""Seconds in which a client of TLS has read the rest of what it was sent, and answers that it closes, too (RFC 8446
section 6.1). In the clear the system sees to the rest; here it is lost when they are over."""


class Acceptor:
    """Takes connections from a listening socket, and gives each to a protocol, by way of the listener's entrance.

    The protocol is given the connection's seat, which it has to `leave` when the connection ends. Used like the servers
    of asyncio. `entrance` is asked for anew for each connection, and may be replaced. `watching` is told of those that
    do not speak TLS where it is spoken.
    """

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[Seat], asyncio.BaseProtocol],
        crowd: Crowd,
        entrance: Callable[[], Entrance] = lambda: OPEN,
        listener: str = "",
        watching: Watching | None = None,
    ) -> None:
        self._watching = watching
        self._listening = listening
        self._protocol = protocol
        self._crowd = crowd
        self._entrance = entrance
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._beginning: set[asyncio.Task[None]] = set()
        self._entering: set[asyncio.Task[None]] = set()
        listening.setblocking(False)
        self._watch()

    def close(self) -> None:
        """Accepts no more, and closes the socket; connections stay, but those that have not come in yet."""
        if self._listening.fileno() == -1:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listening)
        self._listening.close()
        for entering in self._entering:
            entering.cancel()

    async def wait_closed(self) -> None:
        """Until connections that were accepted have begun."""
        if everybody := self._beginning | self._entering:
            await asyncio.wait(everybody)

    def _watch(self) -> None:
        self._timer = None
        self._loop.add_reader(self._listening, self._ready)

    def _ready(self) -> None:
        if self._crowd.balance.is_anothers_turn():
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
        try:
            origin = origin_of(connection, self._listener)
        except OSError:
            # Gone already.
            connection.close()
            return
        seat, entrance = self._crowd.seat(origin), self._entrance()
        is_slow = entrance.is_slow(origin)
        if seat.is_excess and is_slow:
            # What it would take to tell them is what there is not enough of.
            seat.leave()
            connection.close()
            return
        tasks = self._entering if is_slow else self._beginning
        task = self._loop.create_task(self._begin(connection, seat, entrance))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _begin(self, connection: socket.socket, seat: Seat, entrance: Entrance) -> None:
        try:
            began = self._loop.time()
            entry = await entrance.admitted(connection, seat.origin)
            seat.origin = entry.origin
            if entry.context is None or entrance.protection is None:
                transport, _ = await self._loop.connect_accepted_socket(partial(self._protocol, seat), connection)
            else:
                left = max(entrance.protection.timeout - (self._loop.time() - began), _MOMENT)
                transport, _ = await self._loop.connect_accepted_socket(
                    partial(_Ending, seat) if entry.ends else partial(self._protocol, seat),
                    connection,
                    ssl=entry.context,
                    ssl_handshake_timeout=left,
                    ssl_shutdown_timeout=_FAREWELL,
                )
            if not entrance.is_undelayed and connection.family != socket.AF_UNIX:
                # The loop sets it for each.
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        except (Refused, OSError) as problem:
            if isinstance(problem, ssl.SSLError):
                emit(
                    Event.TLS_HANDSHAKE_FAILED,
                    listener=seat.origin.listener,
                    client=seat.origin.client,
                    known=problem.reason or "",
                )
            self._note(problem)
            connection.close()
            seat.leave()
        except BaseException:
            # Cancelled, since we stop; or a bug, which must not cost a seat as well.
            connection.close()
            seat.leave()
            raise

    def _note(self, problem: Exception) -> None:
        match problem:
            case SpokeGarbage(client=str(client)) if self._watching is not None:
                self._watching.spoke_garbage(client)
            case SaidNothing(client=str(client)) if self._watching is not None:
                self._watching.said_nothing(client)


class _Ending(asyncio.Protocol):
    """Of a connection that was made for the sake of the handshake."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._seat.leave()
