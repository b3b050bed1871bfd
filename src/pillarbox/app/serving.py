"""A worker's doors: opened on sockets that others share, and closed so that what has begun is finished."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from socket import socket

from pillarbox.access import PasswordCheck
from pillarbox.app.figures import base_url, limits, sockets, traffic
from pillarbox.app.house import House, volatile
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.push import push_key
from pillarbox.delivery import Delivery, Deposit, LMTPListener, Policy
from pillarbox.http import HTTP, Door, Gate, Leases, Setup, Tickets, Turns
from pillarbox.jmap import Service
from pillarbox.net import Balance, WebServer
from pillarbox.settings import DatabaseStore, catalogue
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.wire.webpush import base64url

__all__ = ["GRACE", "Doors", "serve"]

GRACE = 10
"""Seconds that requests and deliveries have to finish when the server is told to stop."""
_MESSAGES_IN_MEMORY = 64 * 1024 * 1024
"""Octets of messages that one LMTP listener takes in at once, if its largest messages are small; more are put off."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What a worker accepts connections from: sockets by the listener's id, and how many of each it may have.

    `seat` is the worker's number, which the one that is started in its place has again.
    """

    sockets: Mapping[str, Sequence[socket]]
    most: Mapping[str, int]
    balance: Balance
    seat: int


async def serve(built: House, doors: Doors, stopping: asyncio.Event, ready: Callable[[], None]) -> bool:
    """Serves until it is to stop; whether all that had begun has ended then.

    `ready` is called once connections are accepted.
    """
    door = Door()
    with closing(volatile(built, doors.seat)) as shared:
        # What is in the database is a wait for the network away, which is nothing for the event loop.
        is_far = isinstance(built.settings.store, DatabaseStore)
        leases = Leases(shared, door.through) if is_far else Leases(shared)
        tickets = Tickets(shared, door.through) if is_far else Tickets(shared)
        return await _serve(built, doors, stopping, ready, door, leases, tickets)


async def _serve(
    built: House,
    doors: Doors,
    stopping: asyncio.Event,
    ready: Callable[[], None],
    door: Door,
    leases: Leases,
    tickets: Tickets,
) -> bool:
    loop = asyncio.get_running_loop()
    finished = True
    webs = _web(built, door, stopping, doors, leases, tickets)
    mails = _mail(built, door, doors)
    doors.balance.begin()
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = [tasks.create_task(web.serve(sockets)) for web, sockets in webs]
            for mail, sockets in mails:
                for bound in sockets:
                    await mail.listen(bound)
            # uvicorn listens after its task has begun.
            await asyncio.sleep(0)
            ready()
            lending = tasks.create_task(leases.run())
            await stopping.wait()
            told = loop.time()
            for web, _ in webs:
                web.stop()
            await asyncio.gather(*serving, *(mail.stop(GRACE) for mail, _ in mails))
            lending.cancel()
            door.close()
            finished = await door.ended(max(0.0, GRACE - (loop.time() - told)))
    finally:
        door.close()
    return finished


def _web(
    built: House, door: Door, stopping: asyncio.Event, doors: Doors, leases: Leases, tickets: Tickets
) -> list[tuple[WebServer, Sequence[socket]]]:
    settings = built.settings
    service = Service(built.store, REGISTRY, limits(settings), traffic(settings), push_key=_push_key(built))
    setup = Setup(
        service,
        Gate(PasswordCheck(built.directory, built.passwords), door, settings[catalogue.ACCOUNT_QUOTA]),
        door,
        Turns(
            {
                "maxConcurrentRequests": service.traffic.concurrent_requests,
                "maxConcurrentUpload": service.traffic.concurrent_upload,
            },
            leases=leases,
        ),
        base_url(settings),
        settings[catalogue.EVENT_SOURCE_THROTTLE].seconds,
        stopping,
        tickets,
        socket_throttle=settings[catalogue.WEB_SOCKET_THROTTLE].seconds,
    )
    application = HTTP(setup)
    return [
        (
            WebServer(
                application,
                max_connections=doors.most[id_],
                grace=GRACE,
                balance=doors.balance,
                sockets=sockets(settings),
            ),
            doors.sockets[id_],
        )
        for id_ in _of(built, "http")
    ]


def _push_key(built: House) -> str | None:
    """The public key that pushes are signed with; None where there is none yet, and now none can be made."""
    try:
        return base64url(push_key(built.store, secrets.token_bytes).public)
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
        return None


def _mail(built: House, door: Door, doors: Doors) -> list[tuple[LMTPListener, Sequence[socket]]]:
    policy = Policy.of(built.settings)
    delivery = Delivery(
        built.directory,
        Deposit(built.store, REGISTRY, time.time),
        door.through,
        lambda: policy,
        time.time,
        partial(secrets.token_hex, 8),
    )
    memory = max(2 * policy.max_size, _MESSAGES_IN_MEMORY)
    return [
        (LMTPListener(delivery, doors.most[id_], memory, doors.balance), doors.sockets[id_])
        for id_ in _of(built, "lmtp")
    ]


def _of(built: House, protocol: str) -> Iterable[str]:
    return [one.id for one in built.settings.listeners if one.protocol == protocol]
