"""Several processes that give turns, as far as one test's process can be several."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import apsw
from tests.toy.clock import Clock

from pillarbox.http import Leases, Turns
from pillarbox.store.sqlite import SQLiteVolatile

LIMIT = "maxConcurrentRequests"


PATIENCE = 30.0
"""Seconds after which what does not happen has failed."""


class Worker:
    """A process with turns, as far as one test's process can be several."""

    def __init__(self, folder: Path, size: int) -> None:
        self.volatile = SQLiteVolatile(folder)
        self.clock = Clock()
        self.leases = Leases(self.volatile, clock=self.clock)
        self.turns = Turns({LIMIT: size}, leases=self.leases)
        self.running: asyncio.Task[None] | None = None

    async def holds(self, count: int, account: int = 1) -> AsyncExitStack:
        """So many requests that are being served."""
        held = AsyncExitStack()
        for _ in range(count):
            await held.enter_async_context(self.turns.turn(account, LIMIT))
        return held

    def waits(self, account: int = 1) -> "asyncio.Task[AsyncExitStack]":
        """A request that waits for its turn."""
        return asyncio.create_task(self.holds(1, account))

    async def starts(self) -> None:
        self.running = asyncio.create_task(self.leases.run())
        await asyncio.sleep(0)

    async def ends(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)
        self.volatile.close()


@asynccontextmanager
async def workers(folder: Path, size: int) -> AsyncIterator[tuple[Worker, Worker]]:
    """Two of them, which share."""
    one, other = Worker(folder, size), Worker(folder, size)
    await one.starts()
    await other.starts()
    try:
        yield one, other
    finally:
        await one.ends()
        await other.ends()


def run(conversation: Coroutine[None, None, None]) -> None:
    """A test that has an event loop."""
    asyncio.run(asyncio.wait_for(conversation, PATIENCE))


async def passed(turns: int = 3) -> None:
    """The loop has been round, and everybody who could go on has."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    """Waits for a condition."""
    while not holds():
        await asyncio.sleep(0.001)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A block in which nobody else gets at the shared counts."""
    with closing(apsw.Connection(str(folder / "volatile.db"))) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
