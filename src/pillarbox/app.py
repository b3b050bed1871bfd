"""The composition root: builds everything from settings, and is the only file that knows every part."""

import asyncio
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

from pillarbox.access import PasswordCheck, Passwords
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import InternalDirectory
from pillarbox.delivery import Delivery, Deposit, LMTPListener, Policy
from pillarbox.http import HTTP, Door, Gate, Setup, Turns
from pillarbox.jmap import Service, Traffic, Watch
from pillarbox.net import WebServer, bound_tcp, bound_unix, use_fast_loop
from pillarbox.objects import Limits
from pillarbox.settings import Address, Listener, ListenerProtocol, Snapshot, TcpAddress, catalogue, host_name
from pillarbox.store import LocalFeed, StoreError
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import tend

__all__ = ["House", "folders", "house", "serve"]

_TEND_SECONDS = 3600.0
_GRACE = 10
"""Seconds that requests and deliveries have to finish when the server is told to stop."""
_MESSAGES_IN_MEMORY = 64 * 1024 * 1024
"""Octets of messages that one LMTP listener takes in at once, if its largest messages are small; more are put off."""


@dataclass(frozen=True)
class House:
    """What is there without any listener: the command line needs no more."""

    settings: Snapshot
    data: Path
    store: SQLiteStore
    feed: LocalFeed
    directory: InternalDirectory
    passwords: Passwords


@contextmanager
def house(settings: Snapshot, data: Path) -> Iterator[House]:
    """Everything that is kept in a data folder, made if it is new. Raises store.StoreError."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    feed = LocalFeed()
    store = SQLiteStore(data, REGISTRY.tables, feed=feed)
    try:
        store.create(0)
        yield House(settings, data, store, feed, InternalDirectory(store), Passwords())
    finally:
        store.close()


def folders(settings: Snapshot) -> list[Folder]:
    """The Mailboxes that new accounts get."""
    return [Folder(one.role, one.name, one.subscribe) for one in settings.folders if one.create]


def limits(settings: Snapshot) -> Limits:
    """What one call may ask for."""
    return Limits(
        objects_in_get=settings[catalogue.MAX_OBJECTS_IN_GET],
        objects_in_set=settings[catalogue.MAX_OBJECTS_IN_SET],
        query_results=settings[catalogue.MAX_QUERY_RESULTS],
        changes=settings[catalogue.MAX_CHANGES],
        mailbox_depth=settings[catalogue.MAX_MAILBOX_DEPTH],
        mailbox_name=settings[catalogue.MAX_SIZE_MAILBOX_NAME],
        attachments=settings[catalogue.MAX_SIZE_ATTACHMENTS_PER_EMAIL],
        message=settings[catalogue.MAX_SIZE_EMAIL],
        upload=settings[catalogue.MAX_SIZE_UPLOAD],
        upload_life=int(settings[catalogue.UPLOAD_TTL].seconds),
        uploads=settings[catalogue.UPLOAD_QUOTA_FILES] or 0,
        uploads_size=settings[catalogue.UPLOAD_QUOTA_SIZE] or 0,
    )


def traffic(settings: Snapshot) -> Traffic:
    """What one client may send at once."""
    return Traffic(
        size_request=settings[catalogue.MAX_SIZE_REQUEST],
        concurrent_requests=settings[catalogue.MAX_CONCURRENT_REQUESTS],
        calls_in_request=settings[catalogue.MAX_CALLS_IN_REQUEST],
        concurrent_upload=settings[catalogue.MAX_CONCURRENT_UPLOAD],
    )


def base_url(settings: Snapshot) -> Callable[[str, str, int | None], str]:
    """The URL clients are told, by the scheme and local address of their connection.

    `server.http.url` if it is set. Else the host name and the port of the listener; but whoever came in over loopback
    is on this machine, where that address leads here for certain and the host name may not.
    """
    fixed = settings[catalogue.HTTP_URL]
    name = host_name(settings)

    def url(scheme: str, host: str, port: int | None) -> str:
        if fixed is not None:
            return fixed
        if host.startswith("127.") or host == "::1":
            name_here = f"[{host}]" if ":" in host else host
        else:
            name_here = name
        return f"{scheme}://{name_here}" + (f":{port}" if port is not None else "")

    return url


def serve(built: House, ready: Callable[[list[tuple[str, str, str]]], None]) -> None:
    """Serves until SIGINT or SIGTERM; `ready` is told of each listener: its id, protocol and address.

    Raises net.CannotBind.
    """
    # A thread that parses would otherwise keep the loop waiting for 5 ms at a time (architecture, 2).
    sys.setswitchinterval(0.0005)
    listening = [(one, _bound(one, address)) for one in built.settings.listeners for address in one.binds]
    with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
        runner.run(_serve(built, listening, ready))


def _bound(listener: Listener, address: Address) -> socket:
    if isinstance(address, TcpAddress):
        return bound_tcp(str(address.host), address.port, listener.backlog)
    return bound_unix(Path(address.path), listener.backlog)


async def _serve(
    built: House,
    listening: list[tuple[Listener, socket]],
    ready: Callable[[list[tuple[str, str, str]]], None],
) -> None:
    settings = built.settings
    began = time.monotonic()
    door = Door()
    stopping = asyncio.Event()
    service = Service(built.store, REGISTRY, limits(settings), traffic(settings))
    gate = Gate(PasswordCheck(built.directory, built.passwords), door, settings[catalogue.ACCOUNT_QUOTA])
    turns = Turns(
        {
            "maxConcurrentRequests": service.traffic.concurrent_requests,
            "maxConcurrentUpload": service.traffic.concurrent_upload,
        }
    )
    throttle = settings[catalogue.EVENT_SOURCE_THROTTLE].seconds
    setup = Setup(service, gate, door, turns, base_url(settings), throttle, stopping)
    web = WebServer(HTTP(setup), max_connections=settings[catalogue.MAX_CONNECTIONS], grace=_GRACE)
    policy = Policy.of(settings)
    deposit = Deposit(built.store, REGISTRY, time.time)
    delivery = Delivery(built.directory, deposit, door.through, lambda: policy, time.time, lambda: secrets.token_hex(8))
    memory = max(2 * policy.max_size, _MESSAGES_IN_MEMORY)
    mail = [LMTPListener(delivery, one.max_connections, memory) for one, _ in _of(listening, "lmtp")]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(web.serve([bound for _, bound in _of(listening, "http")]))
            for lmtp, (_, bound) in zip(mail, _of(listening, "lmtp"), strict=True):
                await lmtp.listen(bound)
            looking = tasks.create_task(Watch(built.store, REGISTRY, built.feed).run(door.through))
            tending = tasks.create_task(_tend(built, door))
            ready([(one.id, one.protocol, _told(bound)) for one, bound in listening])
            emit(Event.SERVER_STARTED, listeners=len(listening))
            await stopping.wait()
            web.stop()
            looking.cancel()
            tending.cancel()
            await asyncio.gather(serving, *(lmtp.stop(_GRACE) for lmtp in mail))
    finally:
        door.close()
        emit(Event.SERVER_STOPPED, seconds=round(time.monotonic() - began, 1))


def _of(listening: list[tuple[Listener, socket]], protocol: ListenerProtocol) -> list[tuple[Listener, socket]]:
    return [(one, bound) for one, bound in listening if one.protocol == protocol]


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
        for account in await door.through(built.store.accounts):
            try:
                await door.through(tend, built.store, account, int(datetime.now(UTC).timestamp()), seconds)
            except StoreError as problem:
                emit(Event.STORE_FAILED, known=problem.known)
        await asyncio.sleep(_TEND_SECONDS)
