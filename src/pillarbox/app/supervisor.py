"""The process that is started by hand: it binds, gives up its privileges, and keeps the others running.

It opens no database and reads nothing that a client sent. All it knows is what it was started with, so whatever dies is
started again as if for the first time.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pillarbox import __version__
from pillarbox.app import descriptors, service
from pillarbox.app.binding import Opened, bound, paths, released
from pillarbox.app.crew import CannotStart, Hand
from pillarbox.app.lock import refuse_served, served
from pillarbox.app.orders import Orders
from pillarbox.app.privileges import settled
from pillarbox.net import Balance
from pillarbox.settings import Snapshot, catalogue
from pillarbox.store.hub import Hub
from pillarbox.telemetry import Event, emit

__all__ = ["GRACE", "serve"]

GRACE = 10.0
"""Seconds that requests and deliveries have to finish when the server is told to stop."""
_OVERTIME = 3.0
"""Seconds after the grace in which a process that has nothing left to finish ends."""
_MOST_BY_DEFAULT = 4


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the server was started with, as each of its processes is told."""

    pairs: Mapping[str, str]
    data: Path
    opened: Sequence[Opened]
    workers: int
    balance: int
    life: int

    def orders(self, number: int, status: int) -> Orders:
        """For one of the workers."""
        listeners = {one.listener.id: [each.fileno() for each in one.sockets] for one in self.opened}
        folder = str(self.data.absolute())
        return Orders(self.pairs, folder, number, self.workers, listeners, self.balance, self.life, status)

    def background_orders(self, status: int) -> Orders:
        """For who serves nobody."""
        folder = str(self.data.absolute())
        return Orders(self.pairs, folder, self.workers, self.workers, {}, self.balance, self.life, status)


def serve(pairs: Mapping[str, str], settings: Snapshot, data: Path, ready: Callable[[Sequence[Opened]], None]) -> None:
    """Serves until SIGINT or SIGTERM; `ready` is told once all workers accept connections.

    `pairs` are the texts of which the settings were made. Started as root, it goes on as another user
    (`privileges.settled`). Raises net.CannotBind, privileges.Refused, lock.Served, crew.CannotStart; OSError.
    """
    workers = settings[catalogue.WORKERS] or min(len(os.sched_getaffinity(0)), _MOST_BY_DEFAULT)
    # Before the addresses are, which it has likely bound: that would be told instead.
    refuse_served(data)
    opened = bound(settings.listeners)
    try:
        settled(data, paths(opened))
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with served(data), _shared(workers) as (balance, life):
            descriptors.make_room(settings.listeners, workers)
            asyncio.run(_Supervisor(_Plan(pairs, data, opened, workers, balance, life)).serve(ready))
    finally:
        released(opened)


@contextmanager
def _shared(workers: int) -> Iterator[tuple[int, int]]:
    """Descriptors of the workers' balance, and of a pipe that ends with this process."""
    balance = Balance.shared(workers)
    # The end for writing is closed when this process ends, however it does; no other has it.
    life, own = os.pipe()
    try:
        yield balance, life
    finally:
        for descriptor in (balance, life, own):
            os.close(descriptor)


class _Supervisor:
    """The processes of one server, from the first to the last."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._stopping = asyncio.Event()
        self._workers = [
            Hand(
                f"worker {number}",
                "pillarbox.app.worker",
                partial(plan.orders, number),
                partial(Balance.ended, plan.balance, number),
            )
            for number in range(plan.workers)
        ]
        self._background = Hand("background", "pillarbox.app.background", plan.background_orders, lambda: None)

    async def serve(self, ready: Callable[[Sequence[Opened]], None]) -> None:
        """Until it is told to end, and all have ended. Raises CannotStart."""
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stopping.set)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        async with Hub(self._plan.data).open():
            try:
                if await self._started():
                    ready(self._plan.opened)
                    service.notify("READY=1")
                    emit(
                        Event.SERVER_STARTED,
                        version=__version__,
                        listeners=len(self._plan.opened),
                        workers=self._plan.workers,
                    )
                    await self._kept()
            finally:
                service.notify("STOPPING=1")
                await self._ended()
                emit(Event.SERVER_STOPPED, seconds=round(time.monotonic() - began, 1))

    def _interrupted(self) -> None:
        if self._stopping.is_set():
            # Whoever asks twice does not want to wait.
            self._signal(signal.SIGKILL)
        self._stopping.set()

    async def _started(self) -> bool:
        """Whether all workers are ready; they are not if it is to stop before. Raises CannotStart."""
        starting = asyncio.gather(*(worker.start() for worker in self._workers))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return False
        stopping.cancel()
        starting.result()
        return True

    async def _kept(self) -> None:
        """Until it is to stop."""
        async with asyncio.TaskGroup() as tasks:
            keeping = [tasks.create_task(worker.keep()) for worker in self._workers]
            keeping.append(tasks.create_task(self._kept_in_background()))
            await self._stopping.wait()
            for one in keeping:
                one.cancel()

    async def _kept_in_background(self) -> None:
        # Only now: at the start it would take its time from those for whom clients wait. What keeps it from starting is
        # told like what ends it.
        with suppress(CannotStart):
            await self._background.start()
        await self._background.keep()

    async def _ended(self) -> None:
        # Workers have theirs; what nobody takes from these any more must be refused, not kept waiting.
        released(self._plan.opened)
        self._signal(signal.SIGTERM)
        everybody = asyncio.gather(*(one.wait() for one in (*self._workers, self._background)))
        try:
            async with asyncio.timeout(GRACE + _OVERTIME):
                await asyncio.shield(everybody)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await everybody

    def _signal(self, number: signal.Signals) -> None:
        for one in (*self._workers, self._background):
            one.signal(number)
