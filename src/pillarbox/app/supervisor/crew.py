"""Processes that are started again when they die."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from pillarbox.app.channel import Above, Gone, Message
from pillarbox.app.orders import Orders
from pillarbox.telemetry import Event, emit

__all__ = ["CannotStart", "Hand", "pauses"]

_LONG = 60.0
"""A process that lived so many seconds died of something new, not of what it begins with."""
_LONGEST_PAUSE = 30.0
_LONGEST_TOLD = 4096


class CannotStart(Exception):
    """A process ended before it was ready; the message is what it said."""


def pauses() -> Iterator[float]:
    """Seconds to wait before each new start of what keeps dying: none, then 1, 2, 4 and so on, up to 30."""
    yield 0.0
    pause = 1.0
    while True:
        yield pause
        pause = min(2 * pause, _LONGEST_PAUSE)


class Hand:
    """One process of the server: a module of ours, run by this Python under orders.

    `orders` is called with the descriptor into which it says that it is ready and that of its end of a line to us, at
    each start; `noted` with each note that comes on that line.
    """

    def __init__(
        self,
        name: str,
        module: str,
        orders: Callable[[int, int], Orders],
        ended: Callable[[], None],
        noted: Callable[[Message], None] = lambda _: None,
    ) -> None:
        self.name = name
        self._module = module
        self._orders = orders
        self._ended = ended
        self._noted = noted
        self._line: Above | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = asyncio.Event()
        self._said: str | None = None

    @property
    def process_id(self) -> int | None:
        """Of the process that runs, if one does."""
        return self._process.pid if self._process is not None else None

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and not self._is_over.is_set()

    async def start(self) -> None:
        """Until it is ready. Raises CannotStart if it ends before, or the system does not let it begin."""
        try:
            ours, theirs = socket.socketpair()
            with theirs:
                # There before the orders are made: what is asked meanwhile is answered once it is ready.
                self._line = await Above.on(ours, self._noted)
                reading = self._begin(theirs.fileno())
        except OSError as problem:
            # Too many processes or descriptors, or this Python is being replaced: none of it ends those that serve.
            self._hang_up()
            self._said = f"{self.name} cannot be started: {problem.filename or 'the system'}: {problem.strerror}"
            raise CannotStart(self._said) from problem
        told = await _all_said(reading)
        self._said = None if told == "ready" else told
        if self._said is not None:
            await self._is_over.wait()
            raise CannotStart(self._said or f"{self.name} ended at once; what it wrote above says why")

    async def ask(self, question: Message, seconds: float) -> Message | None:
        """What the process answers, `failed` among it if it does not come to it; None if it does not run any more."""
        if self._line is None:
            return None
        try:
            return await self._line.ask(question, seconds)
        except Gone:
            return None
        except TimeoutError:
            return {"failed": f"no answer within {seconds:g} seconds"}

    def _begin(self, channel: int) -> int:
        """Starts the process; the descriptor from which can be read what it says. Raises OSError."""
        reading, writing = os.pipe()
        try:
            orders = self._orders(writing, channel)
            written = orders.written()
            try:
                with _without_interrupts():
                    self._process = subprocess.Popen(  # noqa: S603 - our own
                        [sys.executable, "-m", self._module, str(written)],
                        stdin=subprocess.DEVNULL,
                        pass_fds=[written, *orders.descriptors],
                    )
            finally:
                os.close(written)
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._is_over.clear()
        self._watch(self._process)
        return reading

    async def keep(self) -> None:
        """For as long as it is not cancelled: waits for its end, and starts it again."""
        waits = pauses()
        while True:
            began = time.monotonic()
            status = await self.wait()
            if time.monotonic() - began > _LONG:
                waits = pauses()
            pause = next(waits)
            emit(Event.WORKER_ENDED, worker=self.name, status=status, seconds=pause, known=self._said)
            await asyncio.sleep(pause)
            # Why it could not be started is told when it is tried again.
            with suppress(CannotStart):
                await self.start()
                emit(Event.WORKER_STARTED, worker=self.name)

    async def wait(self) -> int | None:
        """Its exit status, negative for a signal, when it has ended; None if it was never started."""
        if self._process is None:
            return None
        await self._is_over.wait()
        return self._process.returncode

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, if it runs."""
        if self._process is not None and self.is_running:
            self._process.send_signal(number)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        loop = asyncio.get_running_loop()
        # Readable when the process has ended (pidfd_open(2)).
        descriptor = os.pidfd_open(process.pid)

        def ended() -> None:
            loop.remove_reader(descriptor)
            os.close(descriptor)
            process.wait()
            self._hang_up()
            self._ended()
            self._is_over.set()

        loop.add_reader(descriptor, ended)


async def _all_said(descriptor: int) -> str:
    """What is written into a pipe until its end."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    with os.fdopen(descriptor, "rb", 0) as pipe:
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            said = b""
            while len(said) < _LONGEST_TOLD and (more := await reader.read(_LONGEST_TOLD)):
                said += more
        finally:
            transport.close()
    return said.decode("utf-8", "replace").strip()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """A block that starts processes to which a terminal says nothing: when to end, they are told by the supervisor."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        with suppress(ValueError):
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
