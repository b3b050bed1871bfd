"""The queue as the background worker runs it, beside mail servers and a DNS of the tests' own."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_network
from typing import Any, cast

import orjson
import pytest
from tests.driver import JMAP, Home
from tests.neighbour.endpoint import Authority
from tests.neighbour.mx import MX
from tests.neighbour.names import NameServer
from tests.toy.clock import Clock

from pillarbox.access import domain_of
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import EMAIL
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Outgoing, Recipient, enqueue
from pillarbox.datatypes.server import QUEUE, dkim_keys, expect, is_domain
from pillarbox.delivery import Deposit, Filer, Policy
from pillarbox.net import Door, Guard
from pillarbox.net.outbound import Resolve, resolved
from pillarbox.objects import number_of
from pillarbox.queue import (
    Books,
    Caller,
    Carrier,
    Letter,
    Patience,
    Relay,
    Reply,
    Resolver,
    Routes,
    Schedule,
    Sender,
    Whose,
)
from pillarbox.queue.outcome import Outcome
from pillarbox.queue.verdict import Verdict
from pillarbox.store import Store

HOST = "mail.home.example"
LETTER = (
    b"From: Alice <alice@home.example>\r\nTo: bob@far.example\r\nSubject: Plans\r\n"
    b"Message-ID: <1@home.example>\r\nDate: Fri, 1 May 2026 10:00:00 +0000\r\n\r\nHello.\r\n.dot\r\n"
)
DAY = 86_400


class Post:
    """`Sender` over a store, on a loop in a thread of its own, and what is known of its work."""

    def __init__(self, store: Store, home: Home, clock: Clock, names: NameServer, mx: MX, authority: Authority) -> None:
        self.store, self.home, self.clock = store, home, clock
        self.names, self.mx = names, mx
        self.authority = authority
        self.guard = Guard((ip_network("127.0.0.0/8"),))
        self.relay: Relay | None = None
        self.resolve: Resolve = resolved
        self.patience = Patience(connect=5, greeting=5, command=5, data=5, quit=1)
        self.grace = 5.0
        self.schedule = Schedule((60.0, 3600.0), DAY, 5 * DAY)
        self.failing: Callable[[], None] = lambda: None
        self.unwritten: Callable[[], None] = lambda: None
        self.begins: Callable[[], object] = lambda: None
        self.begun: Callable[[], object] = lambda: None
        self._tokens = itertools.count(1)
        self._running: _Running | None = None

    def starts(self) -> None:
        """From now on, what is queued is sent."""
        assert self._running is None
        self._running = _Running(self)

    def ends(self) -> None:
        """Nothing is sent any more."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def sender(self, door: Door) -> Sender:
        """What runs."""
        books = self.books()
        resolver = Resolver([("127.0.0.1", self.names.port)])
        routes = Routes(resolver, self.guard, HOST, self.relay, self.mx.port, list, self.resolve)
        caller = Caller(HOST, self.authority.trusted(), self.patience)
        return Sender(
            self.store, books, Carrier(books, routes, _Here(self), caller, door.through), door.through, self.grace
        )

    def books(self) -> Books:
        """What is written down, which `unwritten` may prevent, `begins` keep waiting, and `begun` leave in doubt."""
        return _Books(
            self,
            self.store,
            HOST,
            self.schedule,
            lambda domain: dkim_keys(self.store, domain),
            self.clock,
            lambda: 0.5,
            lambda: f"token{next(self._tokens)}",
        )

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def queues(
        self,
        person: JMAP,
        *recipients: str | Recipient,
        octets: bytes = LETTER,
        sender: str | None = None,
        release: datetime | None = None,
        parameters: Mapping[str, str | None] | None = None,
    ) -> int:
        """Somebody's message to these is to be sent; the number of the QueuedMessage."""
        now = self.now
        expect(self.store, person.number, QUEUE, now)
        to = tuple(one if isinstance(one, Recipient) else Recipient(one) for one in recipients)
        with self.store.write(person.number) as unit:
            blob = unit.add_blob(octets, int(self.clock()) + DAY)
            start = release or now
            message = Outgoing(
                blob,
                person.name if sender is None else sender,
                to,
                start,
                start + timedelta(days=5),
                None,
                dict(parameters or {}),
            )
            return enqueue(unit, message, now)

    def passes(self, seconds: float, person: JMAP) -> None:
        """Time passes, and the queue looks again."""
        self.clock.now += seconds
        # Any notice makes it look; who waits for time looks at a clock that no test moves.
        with self.store.write(person.number) as unit:
            for stored in unit.get(QUEUED_MESSAGE.table, unit.numbers(QUEUED_MESSAGE.table, 1)):
                unit.touch(QUEUED_MESSAGE.table, stored.number)

    def left(self, person: JMAP) -> list[dict[str, Any]]:
        """What of somebody's is still in the queue."""
        with self.store.read(person.number) as unit:
            numbers = unit.numbers(QUEUED_MESSAGE.table, 1000)
            return [orjson.loads(stored.document) for stored in unit.get(QUEUED_MESSAGE.table, numbers)]

    def waits_for(self, person: JMAP, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """What of somebody's is in the queue once this holds."""
        __tracebackhide__ = True
        return cast("list[dict[str, Any]]", until(lambda: self.left(person), holds))

    def empties(self, person: JMAP) -> None:
        """Waits until nothing of somebody's is in the queue."""
        __tracebackhide__ = True
        self.waits_for(person, lambda left: not left)

    def messages(self, person: JMAP) -> list[bytes]:
        """The messages in somebody's account, in order of arrival."""
        kept = []
        with self.store.read(person.number) as unit:
            for stored in unit.get(EMAIL.table, unit.numbers(EMAIL.table, 1000)):
                blob = unit.blob(number_of(orjson.loads(stored.document)["blobId"]))
                assert blob is not None
                kept.append(unit.octets(blob, 0, blob.size))
        return kept

    def gets(self, person: JMAP, count: int = 1) -> EmailMessage:
        """The newest message in somebody's account, once there are so many."""
        __tracebackhide__ = True
        found = until(lambda: self.messages(person), lambda there: len(there) >= count)
        assert len(found) == count
        read = message_from_bytes(found[-1], policy=policy.SMTP)
        assert isinstance(read, EmailMessage)
        return read


def until(look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """What is seen once this holds of it; fails if that does not come."""
    __tracebackhide__ = True
    deadline = time.monotonic() + 20
    while not holds(seen := look()):
        assert time.monotonic() < deadline, f"it stays as it is: {seen}"
        time.sleep(0.01)
    return seen


class _Books(Books):
    """Books that a test may keep from being written."""

    def __init__(self, post: Post, *parts: Any) -> None:
        super().__init__(*parts)
        self._post = post

    def begin(self, account: int, number: int, addresses: Sequence[str]) -> bool:
        self._post.begins()
        is_begun = super().begin(account, number, addresses)
        self._post.begun()
        return is_begun

    def conclude(self, account: int, number: int, verdicts: Mapping[str, Verdict]) -> Outcome | None:
        self._post.unwritten()
        return super().conclude(account, number, verdicts)


class _Running:
    """One loop in one thread."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.new_event_loop()
        self._door = Door()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._begun.wait(20)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(20)
        self._door.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._send())

    async def _send(self) -> None:
        self._done = asyncio.Event()
        sending = asyncio.create_task(self._post.sender(self._door).run())
        self._begun.set()
        await self._done.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


class _Here:
    """Accounts of the home, as the composition root has them."""

    def __init__(self, post: Post) -> None:
        self._post = post
        deposit = Deposit(post.store, REGISTRY, post.clock)
        policy = Policy(HOST, 5, 100, 10_000_000, 50, sub_addressing=True, quota=None)
        self._filer = Filer(post.home.directory, deposit, policy, post.clock)

    def whose(self, address: str) -> Whose:
        if self._filer.knows(address):
            return Whose.ACCOUNT
        return Whose.NOBODY if is_domain(self._post.store, domain_of(address)) else Whose.ELSEWHERE

    def deliver(self, letter: Letter) -> Reply:
        told = self._filer.file(letter.sender, letter.recipient, letter.octets, letter.mark, letter.id)
        self._post.failing()
        return Reply.told(told.code, f"{told.status} {told.text}")


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def names() -> Iterator[NameServer]:
    with NameServer() as names:
        yield names


@pytest.fixture
def mx(names: NameServer, authority: Authority) -> Iterator[MX]:
    """The mail server of far.example."""
    with MX(context=authority.server("mx.far.example")) as mx:
        names.has_mx("far.example", [(10, "mx.far.example", mx.host)])
        yield mx


@pytest.fixture
def post(store: Store, home: Home, clock: Clock, names: NameServer, mx: MX, authority: Authority) -> Iterator[Post]:
    """A queue that is not being worked off yet."""
    post = Post(store, home, clock, names, mx, authority)
    yield post
    post.ends()


@pytest.fixture
def sending(post: Post) -> Post:
    """A queue that is being worked off."""
    post.starts()
    return post


def statuses(left: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The status of each recipient of the only message."""
    (message,) = left
    return {one["address"]: one["status"] for one in message["recipients"]}
