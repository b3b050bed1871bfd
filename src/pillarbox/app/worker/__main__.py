"""A worker: one of the processes that answer clients. Started by the supervisor as `python -m pillarbox.app.worker`."""

import asyncio
import os
from functools import partial
from socket import socket

from pillarbox.app.channel import Below
from pillarbox.app.descriptors import shares
from pillarbox.app.duty import end_at_once, hearing, on_duty, ready, stops
from pillarbox.app.house import House
from pillarbox.app.orders import Orders
from pillarbox.app.worker.serving import Openings, serve
from pillarbox.net import Balance
from pillarbox.net.loop import use_fast_loop

__all__ = ["main"]


def main() -> None:
    """Serves until the supervisor says otherwise, or is gone."""
    with on_duty() as (orders, settings):
        openings = Openings(
            {id_: [socket(fileno=one) for one in each] for id_, each in orders.listeners.items()},
            shares(settings.listeners, orders.workers),
            Balance(orders.balance, orders.workers, orders.number),
            orders.number,
        )
        os.close(orders.balance)
        with hearing(orders, settings) as built, asyncio.Runner(loop_factory=use_fast_loop()) as runner:
            finished = runner.run(_serve(orders, built, openings))
            if not finished:
                end_at_once()


async def _serve(orders: Orders, built: House, openings: Openings) -> bool:
    return await serve(built, openings, Below(orders.channel), stops(orders), partial(ready, orders))


if __name__ == "__main__":
    main()
