"""A server for LMTP with real accounts in a real store, and an MTA that talks to it line by line."""

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import orjson
import pytest
from tests.driver.directory import Directory
from tests.neighbour import stores
from tests.neighbour.stores import Data

from pillarbox.access import Principal
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import EMAIL, Folder
from pillarbox.delivery import Delivery, Deposit, LMTPListener, Policy
from pillarbox.net import Door, Entrance
from pillarbox.objects import number_of
from pillarbox.store import Store
from pillarbox.telemetry import configure

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds after which a test that hears nothing has failed."""


class BrittleStore:
    """A store, with trouble when told so: `trouble` is raised before or after what a unit does, or after its commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.trouble: Callable[[int, str], object] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self, account: int) -> Iterator[Any]:
        with self._store.write(account) as unit:
            if self.trouble is not None:
                self.trouble(account, "begin")
            yield unit
            if self.trouble is not None:
                self.trouble(account, "end")
        if self.trouble is not None:
            self.trouble(account, "committed")


class BrittleDirectory:
    """The internal directory, with trouble when told so."""

    def __init__(self, store: Store) -> None:
        self.internal = Directory(store)
        self.trouble: Exception | None = None

    def find(self, address: str) -> Principal | None:
        if self.trouble is not None:
            raise self.trouble
        return self.internal.find(address)


class MTA:
    """One connection to the server."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        connected.settimeout(PATIENCE)
        self._lines = connected.makefile("rb")

    def says(self, *lines: str) -> None:
        """Sends lines, together."""
        self.sends("".join(f"{line}\r\n" for line in lines).encode())

    def sends(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def hears(self, *expected: str) -> list[str]:
        """One reply for each that is expected, which is how its last line begins; all lines of all of them."""
        heard: list[str] = []
        for beginning in expected:
            while True:
                line = self._lines.readline()
                heard.append(line.decode().removesuffix("\r\n"))
                assert line.endswith(b"\r\n"), f"no {beginning} but the end, after {heard}"
                if line[3:4] != b"-":
                    break
            assert heard[-1].startswith(beginning), f"not {beginning} but {heard[-1]}"
        return heard

    def hears_the_end(self) -> None:
        """Nothing more, and the connection is closed."""
        assert self._lines.read() == b""

    def hangs_up(self) -> None:
        self._lines.close()
        self.socket.close()

    def offers(self, message: bytes, *recipients: str, sender: str = "bob@far.example") -> None:
        """A whole transaction up to the final dot; the replies to all but that are heard."""
        commands = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA"]
        self.says(*commands)
        self.hears("250", *("250" for _ in recipients), "354")
        self.sends(stuffed(message) + b".\r\n")


def stuffed(message: bytes) -> bytes:
    """As it is sent: RFC 5321 section 4.5.2."""
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:]


class Office:
    """The server, and what its accounts hold."""

    def __init__(self, folder: Path, data: Data) -> None:
        self.store = BrittleStore(stores.opened(data, REGISTRY.tables, time.time))
        self.store.create(0)
        # What it has not itself it has from the store that it stands for.
        self._kept = cast("Store", self.store)
        self.directory = BrittleDirectory(self._kept)
        self.now = 1_800_000_000.0
        self.policy = Policy(
            host="mail.ours.example",
            timeout=5,
            max_recipients=100,
            max_size=20_000_000,
            max_received=50,
            sub_addressing=True,
            quota=None,
        )
        self.before_work: Callable[[], object] = lambda: None
        self.folder = folder
        self.tcp = ("127.0.0.1", 0)
        self.unix = folder / "lmtp"
        self._tokens = itertools.count(1)
        self._door = Door()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._mtas: list[MTA] = []
        self.listener: LMTPListener | None = None

    def has(self, address: str, *aliases: str, quota: int | None = None) -> Principal:
        """A new account."""
        principal = self.directory.internal.add(address, "no password", [Folder("inbox", "Inbox")], quota)
        for alias in aliases:
            self.directory.internal.add_alias(address, alias)
        return principal

    def obeys(self, **policy: Any) -> None:
        """Another policy, for sessions from now on."""
        self.policy = replace(self.policy, **policy)

    def opens(self, max_connections: int = 50, memory: int = 100_000_000, entrance: Entrance | None = None) -> None:
        """Begins to listen, on TCP and on a UNIX socket; a listener that was there before is stopped."""
        if self.listener is not None:
            self.closes()
            self.unix.unlink()
        delivery = Delivery(
            directory=self.directory,
            deposit=Deposit(self._kept, REGISTRY, lambda: self.now),
            run=self._run,
            run_for=self._run_for,
            policy=lambda: self.policy,
            clock=lambda: self.now,
            token=lambda: f"t{next(self._tokens)}",
        )
        self.listener = LMTPListener(delivery, max_connections, memory, entrance=entrance)
        internet = socket.create_server(("127.0.0.1", 0))
        self.tcp = internet.getsockname()
        local = socket.socket(socket.AF_UNIX)
        local.bind(str(self.unix))
        local.listen()
        for listening in (internet, local):
            self.does(self.listener.listen(listening))

    def closes(self, grace: float = 5.0) -> None:
        """Stops to listen."""
        if self.listener is not None:
            self.does(self.listener.stop(grace))

    def ends(self) -> None:
        """After a test: everything is closed."""
        for mta in self._mtas:
            mta.hangs_up()
        self.closes(grace=1.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._door.close()
        self.store.close()

    def meets(self, way: str = "tcp") -> MTA:
        """An MTA that is connected and has said nothing yet."""
        connected = socket.socket(socket.AF_UNIX if way == "unix" else socket.AF_INET)
        try:
            connected.connect(str(self.unix) if way == "unix" else self.tcp)
        except OSError:
            connected.close()
            raise
        mta = MTA(connected)
        self._mtas.append(mta)
        return mta

    def greets(self, way: str = "tcp") -> MTA:
        """An MTA that has said LHLO."""
        mta = self.meets(way)
        mta.hears("220")
        mta.says("LHLO mx.far.example")
        mta.hears("250")
        return mta

    def emails(self, principal: Principal) -> list[dict[str, Any]]:
        """The Emails of an account, in order of arrival."""
        with self.store.read(principal.number) as unit:
            numbers = unit.numbers(EMAIL.table, 10_000)
            found = {stored.number: orjson.loads(stored.document) for stored in unit.get(EMAIL.table, numbers)}
            return [found[number] for number in sorted(found)]

    def messages(self, principal: Principal) -> list[bytes]:
        """The messages of these Emails, as they are kept."""
        kept = []
        for email in self.emails(principal):
            with self.store.read(principal.number) as unit:
                blob = unit.blob(number_of(email["blobId"]))
                assert blob is not None
                kept.append(unit.octets(blob, 0, blob.size))
        return kept

    def does(self, work: "Awaitable[T]") -> T:
        """Something that is done on the server's loop."""

        async def waits() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(waits(), self._loop).result(PATIENCE)

    async def _run(self, work: Callable[[], T]) -> T:
        return await self._door.through(self._when_allowed, work)

    async def _run_for(self, account: int, work: Callable[[], T]) -> T:
        return await self._door.for_account(account, self._when_allowed, work)

    def _when_allowed(self, work: Callable[[], T]) -> T:
        self.before_work()
        return work()


@pytest.fixture
def office(tmp_path: Path, data: Data) -> Iterator[Office]:
    configure("disable")
    office = Office(tmp_path, data)
    office.opens()
    yield office
    office.ends()


@pytest.fixture
def alice(office: Office) -> Principal:
    return office.has("alice@ours.example", "alice.jones@ours.example")


@pytest.fixture
def carol(office: Office) -> Principal:
    return office.has("carol@ours.example")


@pytest.fixture(params=("tcp", "unix"))
def stranger(request: pytest.FixtureRequest, office: Office) -> MTA:
    """An MTA that has said nothing yet."""
    return office.meets(request.param)


@pytest.fixture(params=("tcp", "unix"))
def mta(request: pytest.FixtureRequest, office: Office) -> MTA:
    """An MTA that has said LHLO."""
    return office.greets(request.param)
