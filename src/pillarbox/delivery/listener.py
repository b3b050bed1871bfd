"""Where LMTP is listened for: sockets in, sessions out, and an end that loses nothing."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial

from pillarbox.delivery import reply
from pillarbox.delivery.data import Room
from pillarbox.delivery.session import CHUNK, Delivery, Session
from pillarbox.net import Acceptor, Balance, Crowd, Entrance, Seat
from pillarbox.telemetry import Event, emit

__all__ = ["LMTPListener"]

SMTP_PORT = 25


class LMTPListener:
    """One listener: all sockets it was given, and at most so many connections at once over all of them.

    `memory` is how many octets of messages it holds at once; a message for which there is no room is put off with 452.
    `balance` is kept with other processes that accept from the same sockets. `listener` is its name; `entrance` is what
    is asked of who connects, and may be replaced, for connections to come.
    """

    def __init__(
        self,
        delivery: Delivery,
        max_connections: int,
        memory: int,
        balance: Balance | None = None,
        *,
        listener: str = "",
        entrance: Entrance | None = None,
    ) -> None:
        self.entrance = entrance or Entrance()
        self._delivery = delivery
        self._memory = memory
        self._room = Room(memory)
        self._crowd = Crowd(balance or Balance.alone(), max_connections)
        self._listener = listener
        self._servers: list[Acceptor] = []
        self._sessions: dict[asyncio.Task[None], Session] = {}
        self._stopping = False

    async def listen(self, listening: socket.socket) -> None:
        """Accepts connections from a bound TCP or UNIX socket, which is ours from now on.

        The name of a UNIX socket in the file system stays its owner's to remove. Raises ValueError for port 25, where
        LMTP must not be spoken (RFC 2033 section 5).
        """
        if listening.family != socket.AF_UNIX and listening.getsockname()[1] == SMTP_PORT:
            raise ValueError("LMTP must not be spoken on port 25 (RFC 2033 section 5): choose another, such as 24")
        # Not asyncio's server, which removes the name of a UNIX socket when it ends (since Python 3.13), and other
        # processes may be listening there.
        self._servers.append(Acceptor(listening, self._protocol, self._crowd, lambda: self.entrance, self._listener))

    def use(self, memory: int) -> None:
        """From now on it holds so many octets of messages; what it holds already stays."""
        self._room.give(memory - self._memory)
        self._memory = memory

    async def stop(self, grace: float) -> None:
        """Accepts no more, says 421 to who is idle, and gives others some seconds to finish their transaction.

        What is being written to the store by then is written all the same; only its answer is not given, and the client
        offers it again.
        """
        self._stopping = True
        for server in self._servers:
            server.close()
        for session in self._sessions.values():
            session.stop()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=grace)
        left = list(self._sessions)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _protocol(self, seat: Seat) -> asyncio.StreamReaderProtocol:
        return _Protocol(partial(self._accept, seat), seat.leave)

    def _accept(self, seat: Seat, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopping or seat.is_excess:
            refusal = reply.SHUTDOWN if self._stopping else reply.BUSY
            emit(Event.LMTP_ENDED, peer=None, reply=str(refusal))
            writer.write(refusal.octets())
            writer.close()
            return
        session = Session(self._delivery, self._room, reader, writer, seat.origin.client)
        task = asyncio.get_running_loop().create_task(session.serve())
        self._sessions[task] = session
        task.add_done_callback(self._sessions.__delitem__)


class _Protocol(asyncio.StreamReaderProtocol):
    """Streams of a connection, whose end is told."""

    def __init__(
        self, accept: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None], left: Callable[[], None]
    ) -> None:
        super().__init__(asyncio.StreamReader(limit=CHUNK), accept)
        self._left = left

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        super().connection_lost(exc)
