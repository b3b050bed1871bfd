"""What a row is given, and how rates are measured."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from bench.client import Client
from bench.figure import Figure, NotYet, Wrong, a_core, middle
from bench.floor import Floor
from bench.ground import LARGE, READER, Filled, Ground, History, ground, history
from bench.load import Load, reads, writes
from bench.mail import numbered
from bench.server import Installation, Served
from bench.stores import free_port
from bench.talk import Talk
from bench.wrk import CONNECTIONS, send

__all__ = ["Bench", "Pace", "Row"]

_HEAD_SLACK = 0.02
"""Heads of answers differ by some octets, by the number of digits in a length."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is measured: rounds of so many seconds, whose middle counts, after a warm-up of one round."""

    rounds: int = 3
    seconds: float = 1.0


@dataclass
class Bench:
    """An installation whose accounts are filled, its server while somebody asks for it, a floor, and the pace."""

    installation: Installation
    floor: Floor
    pace: Pace
    filled: Filled
    accounts: int
    _workers: int = 1
    _ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    _running: ExitStack = field(default_factory=ExitStack)
    _served: Served | None = None
    _clients: dict[str, Client] = field(default_factory=dict)
    _sent: int = 0

    @property
    def served(self) -> Served:
        """The server, started if it does not run; always on the same ports. Raises Wrong."""
        if self._served is None:
            self._served = self._running.enter_context(self.installation.serving(self._workers, self._ports))
            self._let_in(self._served)
        return self._served

    def _let_in(self, served: Served) -> None:
        """Has the reader's password checked by every worker, whichever takes which connection: that is slow once."""
        for _ in range(4 * self._workers):
            client = served.client(READER)
            client.get("/.well-known/jmap")
            client.close()

    def close(self) -> None:
        """Stops the server, if it runs. Raises Wrong if it had ended by itself."""
        for client in self._clients.values():
            client.close()
        self._served = None
        self._running.close()

    @contextmanager
    def with_workers(self, count: int) -> Iterator[Served]:
        """A block with another server in place of the present one, which has so many workers."""
        self.close()
        self._workers = count
        try:
            yield self.served
        finally:
            self._workers = 1
            self.close()

    @property
    def reader(self) -> Client:
        """A client of the account that most is measured on."""
        return self._client(READER)

    @cached_property
    def ground(self) -> Ground:
        """That account."""
        return self._ground(READER)

    @cached_property
    def has_large(self) -> bool:
        """Whether there is an account with more messages than the reader's."""
        return LARGE in self.installation.addresses()

    @cached_property
    def large(self) -> Ground:
        """The account with all messages. Raises NotYet where none has more than the reader's."""
        if not self.has_large:
            raise NotYet("asked for with MESSAGES=1000000")
        return self._ground(LARGE)

    @cached_property
    def history(self) -> History:
        """States of the past of the reader's account."""
        return history(self.ground)

    @cached_property
    def reads(self) -> dict[str, Load]:
        """The loads that change nothing."""
        return reads(self.ground, self.history)

    @cached_property
    def writes(self) -> dict[str, Load]:
        """The loads that change something."""
        return writes(self.ground)

    def rate(self, load: Load, client: Client | None = None) -> Figure:
        """What one core answers a second of a load, and its share of the floor. Raises Wrong."""
        asking = client or self.reader
        sizes = []
        # A request that writes is not sent twice in a row.
        for body in load.bodies[:1] if load.must else load.bodies:
            answer = asking.ask(numbered(body, self._sent))
            load.check(answer)
            sizes.append(len(answer))
        self._sent += 1
        return self.rate_of([asking.raw("POST", "/jmap/", body) for body in load.bodies], sizes, must=load.must)

    def rate_of(self, requests: list[bytes], sizes: list[int], *, must: str = "") -> Figure:
        """The same of requests as octets, whose answers have bodies of these sizes. Raises Wrong.

        Answers of other sizes than expected are others than those that were looked at; they are found by their sum.
        With `must`, what stands in each of them is looked for instead.
        """
        self.round(requests, must=must)
        rounds = [self.round(requests, must=must) for _ in range(self.pace.rounds)]
        for one in rounds:
            if not must:
                _same_size(one.octets / one.requests, sizes)
        size = round(middle(sizes))
        return Figure(
            middle([one.core for one in rounds]),
            [one.core for one in rounds],
            wall=middle([one.wall for one in rounds]),
            cpu=middle([one.cpu for one in rounds]),
            floor=self.floor.measure(requests[0], size, self.pace.seconds),
            memory=self.served.processes.memory(),
            more={
                "p50 ms": middle([one.p50 for one in rounds]),
                "p99 ms": middle([one.p99 for one in rounds]),
                "store's CPU µs a request": middle([one.store_cpu for one in rounds]),
                "octets an answer": size,
            },
        )

    def round(self, requests: list[bytes], *, must: str = "", connections: int = CONNECTIONS) -> "Round":
        """One round with wrk. Raises Wrong."""
        cpu, store_cpu = self.served.cpu(), self.served.store_cpu()
        sent = send(self.served.port, requests, self.pace.seconds, first=self._sent, must=must, connections=connections)
        cpu, store_cpu = self.served.cpu() - cpu, self.served.store_cpu() - store_cpu
        # Those under way when time was up were sent, and a load that writes goes on behind them.
        self._sent += sent.requests + connections
        return Round(sent.requests, sent.seconds, sent.octets, cpu, store_cpu, sent.cpu, sent.p50, sent.p99)

    def again_and_again(self, work: Callable[[], int]) -> Figure:
        """A rate of work that is not wrk's: `work` goes on for a round and says how much it did. Raises Wrong."""
        work()
        rounds = []
        for _ in range(self.pace.rounds):
            began, cpu, store_cpu = time.monotonic(), self.served.cpu(), self.served.store_cpu()
            done = work()
            seconds, used = time.monotonic() - began, self.served.cpu() - cpu
            if not done:
                raise Wrong("nothing was done in a whole round")
            rounds.append(Round(done, seconds, 0, used, self.served.store_cpu() - store_cpu, 0.0, 0.0, 0.0))
        return Figure(
            middle([one.core for one in rounds]),
            [one.core for one in rounds],
            wall=middle([one.wall for one in rounds]),
            cpu=middle([one.cpu for one in rounds]),
            memory=self.served.processes.memory(),
            more={"store's CPU µs a request": middle([one.store_cpu for one in rounds])},
        )

    def _client(self, address: str) -> Client:
        """A client of an account whose server runs; the server may have been another when it was made."""
        served = self.served
        if address not in self._clients:
            self._clients[address] = served.client(address)
        return self._clients[address]

    def _ground(self, address: str) -> Ground:
        return ground(Talk(lambda asked: self._client(address).ask(asked), self._client(address).account))


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement: requests answered in so many seconds, and the CPU seconds of server, store and sender."""

    requests: int
    seconds: float
    octets: int
    server_cpu: float
    server_store_cpu: float
    sender_cpu: float
    p50: float
    p99: float

    @property
    def wall(self) -> float:
        return self.requests / self.seconds

    @property
    def core(self) -> float:
        return a_core(self.requests, self.seconds, self.server_cpu)

    @property
    def cpu(self) -> float:
        """Microseconds a request."""
        return self.server_cpu / self.requests * 1e6

    @property
    def store_cpu(self) -> float:
        return self.server_store_cpu / self.requests * 1e6


Row: TypeAlias = Callable[[Bench], Figure]


def _same_size(octets: float, sizes: list[int]) -> None:
    """Raises Wrong if answers of so many octets on average, heads included, have not bodies of these sizes."""
    least, most = min(sizes), max(sizes) + 600
    if not least * (1 - _HEAD_SLACK) <= octets <= most * (1 + _HEAD_SLACK):
        raise Wrong(f"answers have {octets:,.0f} octets under load, and had {least:,} to {most:,} when looked at")
