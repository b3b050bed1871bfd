"""All processes of a server but the supervisor's own: started together, kept running, and ended."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from pillarbox.app.channel import Message
from pillarbox.app.orders import GRACE, Orders
from pillarbox.app.supervisor.crew import CannotStart, Hand
from pillarbox.app.supervisor.plan import Plan
from pillarbox.net import Balance

__all__ = ["Staff"]

_OVERTIME = 3.0
"""Seconds after the grace in which a process that has nothing left to finish ends."""
_ANSWER = 20.0
"""Seconds that a process may take to do as it is asked; one that starts takes some of them until it listens."""

_CALL = 300.0
"""Seconds that an endpoint may take."""
_LOOK = 0.05


class Staff:
    """The workers, and the one in the background.

    Each is started by what `plan` says then, so that whatever dies is started again with the settings in force; `noted`
    is told of what a worker has seen.
    """

    def __init__(self, plan: Callable[[], Plan], noted: Callable[[Message], None]) -> None:
        self._plan = plan
        first = plan()
        self._workers = [
            Hand(
                f"worker {number}",
                "pillarbox.app.worker",
                partial(self._orders, number),
                partial(Balance.ended, first.balance, number),
                noted,
            )
            for number in range(first.workers)
        ]
        background = partial(self._orders, first.workers)
        self.background = Hand("background", "pillarbox.app.background", background, lambda: None)

    def _orders(self, number: int, status: int, channel: int) -> Orders:
        return self._plan().orders(number, status, channel)

    async def start(self, stopping: asyncio.Event) -> bool:
        """Whether all workers are ready; they are not if it is to stop before. Raises CannotStart."""
        starting = asyncio.gather(*(worker.start() for worker in self._workers))
        waiting = asyncio.ensure_future(stopping.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return False
        waiting.cancel()
        starting.result()
        return True

    async def keep(self, stopping: asyncio.Event) -> None:
        """Starts again whoever ends, until it is to stop."""
        async with asyncio.TaskGroup() as tasks:
            keeping = [tasks.create_task(worker.keep()) for worker in self._workers]
            keeping.append(tasks.create_task(self._kept_in_background()))
            await stopping.wait()
            for one in keeping:
                one.cancel()

    async def _kept_in_background(self) -> None:
        # Only now: at the start it would take its time from those for whom clients wait. What keeps it from starting is
        # told like what ends it.
        with suppress(CannotStart):
            await self.background.start()
        await self.background.keep()

    async def hand(self, question: Message) -> list[str]:
        """Asks all processes that run; which of them could not do it, in words."""
        everybody = [*self._workers, self.background]
        answers = await asyncio.gather(*(one.ask(question, _ANSWER) for one in everybody))
        # Who has died meanwhile, or was not started yet, begins with what is in force now.
        told = zip(everybody, answers, strict=True)
        return [f"{one.name}: {answer['failed']}" for one, answer in told if answer and "failed" in answer]

    async def drain(self) -> None:
        """Has the workers say that nobody is to be sent to them any more, while they go on serving."""
        await asyncio.gather(*(one.ask({"do": "drain"}, _ANSWER) for one in self._workers))

    async def call(self, question: Message) -> Message:
        """What an endpoint answers, asked of the process for whose work nobody else waits."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _ANSWER
        # While a server starts, that one is started last; and when it dies, again.
        while not self.background.is_running and loop.time() < until:
            await asyncio.sleep(_LOOK)
        answer = await self.background.ask(question, _CALL)
        return answer or {
            "failed": "the server's background worker ended before it had answered; "
            "`pillarbox doctor` tells what cannot be reached, and the log why"
        }

    async def end(self) -> None:
        """All have ended, killed if need be."""
        self.send(signal.SIGTERM)
        everybody = asyncio.gather(*(one.wait() for one in (*self._workers, self.background)))
        try:
            async with asyncio.timeout(GRACE + _OVERTIME):
                await asyncio.shield(everybody)
        except TimeoutError:
            self.send(signal.SIGKILL)
            await everybody

    def send(self, number: signal.Signals) -> None:
        """To each."""
        for one in (*self._workers, self.background):
            one.signal(number)
