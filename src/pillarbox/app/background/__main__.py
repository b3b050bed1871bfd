"""The background worker: what nobody waits for. Started by the supervisor as `python -m pillarbox.app.background`."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from functools import partial
from typing import Any

from pillarbox.app.background.chores import CHORES, chores_done
from pillarbox.app.background.forgetting import FORGETTING, forgotten
from pillarbox.app.background.managing import managed
from pillarbox.app.background.pushing import PUSHING, pushed
from pillarbox.app.background.queueing import SENDING, sent
from pillarbox.app.background.reaching import REACHING, checked, watched
from pillarbox.app.background.renewing import RENEWING, renewed
from pillarbox.app.background.standing import Standing
from pillarbox.app.background.tending import TENDING, tended
from pillarbox.app.channel import Below, Message
from pillarbox.app.configuring import Configuring
from pillarbox.app.duty import end_at_once, hearing, on_duty, ready, stops
from pillarbox.app.house import House, linked, sole
from pillarbox.app.lock import alone
from pillarbox.app.orders import GRACE, Orders
from pillarbox.net import Door
from pillarbox.net.loop import use_fast_loop
from pillarbox.settings import report

__all__ = ["main"]

_AGAIN = 1.0
"""Seconds until it is looked again whether the one before has ended."""
_LOOK = 1.0
"""Seconds until it is looked again whether the work is still ours."""
_SURE = 5.0
"""Seconds in which that must be said. A database gives it to another one some seconds later."""


def main() -> None:
    """Works until the supervisor says otherwise, or is gone."""
    with on_duty() as (orders, settings), hearing(orders, settings) as built, linked(built):
        with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
            finished = runner.run(_work(orders, built))
        if not finished:
            end_at_once()


async def _work(orders: Orders, built: House) -> bool:
    """Whether all that had begun has ended."""
    stopping = stops(orders)
    ready(orders)
    # Whether the work is ours is asked beside it: it may take any time.
    door, beside = Door(), Door()
    standing = Standing(built)
    # Of what the database says wrong, one process tells for all.
    configuring = Configuring(built, door, standing.use, report)
    finished = True
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(_work_alone(standing, door, beside))
            answer = partial(_answer, standing, configuring, door)
            hearing = [
                tasks.create_task(Below(orders.channel).serve(answer)),
                tasks.create_task(configuring.run()),
                tasks.create_task(standing.kept(lambda built: forgotten(built, door), FORGETTING)),
            ]
            await stopping.wait()
            for one in (working, *hearing):
                one.cancel()
            # Its parts hear of that one after the other; until then each may still go through the door.
            await asyncio.wait([working], timeout=GRACE)
            door.close()
            beside.close()
            # A part whose thread does not end waits for it, and is let go by this.
            finished = all([await one.ended(0.0) for one in (door, beside)])
    finally:
        door.close()
        beside.close()
    return finished


async def _answer(standing: Standing, configuring: Configuring, door: Door, question: Message) -> Message:
    """Does what the supervisor asks for."""
    match question["do"]:
        case "use":
            configuring.reread(question["pairs"])
            return {}
        case "check":
            return {"found": [asdict(one) for one in await checked(standing.built, door)]}
        case "call":
            return await door.through(managed, standing, configuring.layers.written, question)
        case _:
            return {"failed": "nothing like it is done here"}


async def _work_alone(standing: Standing, door: Door, beside: Door) -> None:
    """One at a time: that of a server that was killed may still be at its last task; and one of all on a database."""
    with sole(standing.built) as ours:

        async def is_ours() -> bool:
            return await beside.through(ours)

        while True:
            with alone(standing.built.data / "background.lock") as is_alone:
                while is_alone and await is_ours():
                    await _work_while(is_ours, standing, door)
            await asyncio.sleep(_AGAIN)


async def _work_while(is_ours: Callable[[], Coroutine[Any, Any, bool]], standing: Standing, door: Door) -> None:
    """Until it is not ours any more, or nobody says so: the connection by which it was may be cut."""
    async with asyncio.TaskGroup() as tasks:
        parts = (
            standing.kept(lambda built: tended(built, door), TENDING),
            standing.kept(lambda built: chores_done(built, door), CHORES),
            standing.kept(lambda built: pushed(built, door), PUSHING),
            standing.kept(lambda built: sent(built, door), SENDING),
            standing.kept(lambda built: watched(built, door), REACHING),
            standing.kept(lambda built: renewed(built, door), RENEWING),
        )
        working = [tasks.create_task(part) for part in parts]
        while await _in_time(tasks.create_task(is_ours())):
            await asyncio.sleep(_LOOK)
        for one in working:
            one.cancel()


async def _in_time(asking: asyncio.Task[bool]) -> bool:
    """Whether it is ours, and that was said in time."""
    done, _ = await asyncio.wait([asking], timeout=_SURE)
    return bool(done) and asking.result()


if __name__ == "__main__":
    main()
