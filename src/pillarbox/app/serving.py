"""The doors: listeners bound, opened, and closed so that what has begun is finished."""

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import socket

from pillarbox import __version__
from pillarbox.access import PasswordCheck
from pillarbox.app.figures import base_url, limits, traffic
from pillarbox.app.house import House
from pillarbox.datatypes import REGISTRY
from pillarbox.delivery import Delivery, Deposit, LMTPListener, Policy
from pillarbox.http import HTTP, Door, Gate, Setup, Turns
from pillarbox.jmap import Service, Watch
from pillarbox.net import CannotBind, WebServer, bound_tcp, bound_unix, use_fast_loop
from pillarbox.settings import Address, Listener, TcpAddress, catalogue
from pillarbox.store import NoAccount, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import tend

__all__ = ["Opened", "serve"]

_TEND_SECONDS = 3600.0
_GRACE = 10
"""Seconds that requests and deliveries have to finish when the server is told to stop."""
_MESSAGES_IN_MEMORY = 64 * 1024 * 1024
"""Octets of messages that one LMTP listener takes in at once, if its largest messages are small; more are put off."""
_SMTP_PORT = 25


@dataclass(frozen=True, slots=True)
class Opened:
    """A listener with the sockets that are bound for it."""

    listener: Listener
    sockets: Sequence[socket]

    @property
    def addresses(self) -> list[str]:
        """Where it can be reached, for people."""
        return [_told(bound) for bound in self.sockets]


def serve(built: House, ready: Callable[[Sequence[Opened]], None]) -> None:
    """Serves until SIGINT or SIGTERM; `ready` is told once connections are accepted.

    Ends the process if a call still runs when the time of grace is over. Raises net.CannotBind.
    """
    # A thread that parses would otherwise keep the loop waiting for 5 ms at a time (adr/0003).
    sys.setswitchinterval(0.0005)
    opened = [Opened(one, [_bound(one, address) for address in one.binds]) for one in built.settings.listeners]
    try:
        with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
            finished = runner.run(_serve(built, opened, ready))
    finally:
        for address in (address for one in built.settings.listeners for address in one.binds):
            if not isinstance(address, TcpAddress):
                Path(address.path).unlink(missing_ok=True)
    if not finished:
        # A thread cannot be stopped, and Python would wait for it. The store rolls back what it leaves half done.
        logging.shutdown()
        os._exit(0)


def _bound(listener: Listener, address: Address) -> socket:
    if not isinstance(address, TcpAddress):
        return bound_unix(Path(address.path), listener.backlog)
    if listener.protocol == "lmtp" and address.port == _SMTP_PORT:
        raise CannotBind(
            f"listener {listener.id}: LMTP must not be spoken on port 25 (RFC 2033 section 5); choose another, as 24"
        )
    return bound_tcp(str(address.host), address.port, listener.backlog)


async def _serve(built: House, opened: Sequence[Opened], ready: Callable[[Sequence[Opened]], None]) -> bool:
    """Whether all that had begun has ended."""
    began = time.monotonic()
    door = Door()
    stopping = asyncio.Event()
    webs = _web(built, door, stopping, _of(opened, "http"))
    mails = _mail(built, door, _of(opened, "lmtp"))
    loop = asyncio.get_running_loop()
    finished = True
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = [tasks.create_task(web.serve(one.sockets)) for web, one in webs]
            for mail, one in mails:
                for bound in one.sockets:
                    await mail.listen(bound)
            looking = tasks.create_task(Watch(built.store, REGISTRY, built.feed).run(door.through))
            tending = tasks.create_task(_tend(built, door))
            ready(opened)
            emit(Event.SERVER_STARTED, version=__version__, listeners=len(opened))
            await stopping.wait()
            told = loop.time()
            for web, _ in webs:
                web.stop()
            looking.cancel()
            tending.cancel()
            await asyncio.gather(*serving, *(mail.stop(_GRACE) for mail, _ in mails))
            door.close()
            finished = await door.ended(max(0.0, _GRACE - (loop.time() - told)))
    finally:
        door.close()
        emit(Event.SERVER_STOPPED, seconds=round(time.monotonic() - began, 1))
    return finished


def _web(built: House, door: Door, stopping: asyncio.Event, opened: Iterable[Opened]) -> list[tuple[WebServer, Opened]]:
    settings = built.settings
    service = Service(built.store, REGISTRY, limits(settings), traffic(settings))
    setup = Setup(
        service,
        Gate(PasswordCheck(built.directory, built.passwords), door, settings[catalogue.ACCOUNT_QUOTA]),
        door,
        Turns(
            {
                "maxConcurrentRequests": service.traffic.concurrent_requests,
                "maxConcurrentUpload": service.traffic.concurrent_upload,
            }
        ),
        base_url(settings),
        settings[catalogue.EVENT_SOURCE_THROTTLE].seconds,
        stopping,
    )
    application = HTTP(setup)
    return [(WebServer(application, max_connections=one.listener.max_connections, grace=_GRACE), one) for one in opened]


def _mail(built: House, door: Door, opened: Iterable[Opened]) -> list[tuple[LMTPListener, Opened]]:
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
    return [(LMTPListener(delivery, one.listener.max_connections, memory), one) for one in opened]


def _of(opened: Iterable[Opened], protocol: str) -> list[Opened]:
    return [one for one in opened if one.listener.protocol == protocol]


def _told(bound: socket) -> str:
    name = bound.getsockname()
    if isinstance(name, str):
        return name
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _tend(built: House, door: Door) -> None:
    history = built.settings[catalogue.MAX_CHANGES_HISTORY]
    seconds = int(history.seconds) if history is not None else None
    while True:
        now = int(datetime.now(UTC).timestamp())
        accounts: list[int] = []
        with _survived():
            await door.through(built.directory.clear, now)
        with _survived():
            accounts = await door.through(built.store.accounts)
        for account in accounts:
            with _survived():
                await door.through(tend, built.store, account, now, seconds)
        await asyncio.sleep(_TEND_SECONDS)


@contextmanager
def _survived() -> Iterator[None]:
    """A part of the upkeep: what goes wrong with it is told, and ends neither the rest nor the server."""
    try:
        yield
    except NoAccount:
        # Removed meanwhile.
        return
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
    except Exception as bug:  # noqa: BLE001 - mail is served without upkeep
        emit(Event.STORE_FAILED, known="a bug ended the upkeep", exception=bug)
