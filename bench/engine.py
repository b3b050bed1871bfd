"""The same calls without sockets: what the engine and the store take, in this process and one thread.

For comparisons while something is made faster: no other process takes part, and by CPU time two runs differ by little
even where the machine is busy with something else.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from bench.figure import Figure, middle
from bench.ground import READER, ground, history
from bench.load import Load, filters, reads, trees, writes
from bench.mail import numbered
from bench.server import Installation
from bench.talk import Talk
from pillarbox.access import Actor, Grant, Rights
from pillarbox.app import house
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import Service, process
from pillarbox.settings import load, snapshot

__all__ = ["Engine", "engine"]

_ROUNDS = 5


class Engine:
    """The loads of the reader's account, called directly."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        on = ground(talk)
        self.loads: dict[str, Load] = {**reads(on, history(on)), **writes(on)}
        self.loads |= {load.name: load for load in (*filters(on).values(), *trees(on).values())}

    def measure(self, name: str, seconds: float) -> Figure:
        """Milliseconds a request, by the clock and by CPU: the middle of five rounds within so many seconds."""
        load = self.loads[name]
        send = self._sender(load)
        load.check(send())
        rounds = [_round(send, seconds / _ROUNDS) for _ in range(_ROUNDS)]
        load.check(send())
        walls, cpus = ([one[at] for one in rounds] for at in (0, 1))
        return Figure(middle(walls), walls, wall=1000 / middle(walls), cpu=middle(cpus) * 1000)

    def call(self, name: str, seconds: float) -> None:
        """Calls for so many seconds, for whoever watches. Raises Wrong."""
        send = self._sender(self.loads[name])
        _round(send, seconds)

    def _sender(self, load: Load) -> Callable[[], bytes]:
        # Another number in each message, other ones in each run.
        base = time.time_ns() // 1_000_000 % 4_000 * 1_000_000
        turn = count()

        def send() -> bytes:
            at = next(turn)
            return self._talk.ask(numbered(load.bodies[at % len(load.bodies)], base + at))

        return send


@contextmanager
def engine(installation: Installation) -> Iterator[Engine]:
    """A block with the engine over an installation whose accounts are filled. Raises Wrong."""
    settings, _ = snapshot(load(installation.config()).pairs)
    with house(settings, installation.data) as built:
        principal = built.directory.find(READER)
        assert principal is not None, "the accounts are not filled"  # noqa: S101 - `fill` went before
        grant = Grant(principal.number, principal.address, personal=True, rights=Rights.FULL)
        actor = Actor(principal.address, {principal.id: grant}, principal.permissions)
        service = Service(built.store, REGISTRY)
        yield Engine(Talk(lambda asked: process(service, actor, asked, "0"), principal.id))


def _round(send: Callable[[], bytes], seconds: float) -> tuple[float, float]:
    """Milliseconds a request, by the clock and by CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    done, taken = 0, 0.0
    while not done or taken < seconds:
        send()
        done += 1
        taken = time.perf_counter() - began
    return taken / done * 1000, (time.process_time() - cpu) / done * 1000
