"""The database's primary dies, or gives way to its standby, while everybody works at two servers."""

import random
import time
from collections.abc import Callable, Iterator

import pytest
from tests.journeys.faults.load import Load
from tests.journeys.faults.places import database
from tests.journeys.program import Server
from tests.neighbour.pair import Pair, pair

pytestmark = [pytest.mark.slow, pytest.mark.neighbour]


@pytest.fixture
def both() -> Iterator[Pair]:
    with pair() as made:
        yield made


def seconds(waits: Callable[[], None]) -> float:
    began = time.monotonic()
    waits()
    return time.monotonic() - began


def test_a_promotion_loses_nothing_that_was_answered_for_and_doubles_nothing(
    served: Callable[..., Server], both: Pair, chance: random.Random
) -> None:
    """Issue "Several nodes", "Tested"; no server is started again. What is heard at one was changed at the other."""
    settings = database(both.place)
    one, other = served(settings), served(settings)
    load = Load(one, chance, messages=100, other=other)

    with load.running():
        before = load.refusals
        both.primary.kill()
        load.is_put_off(before)
        both.promote()
        after_death = seconds(load.goes_on)
        both.renew()
        # The second time it still answers, and takes no writes: as in a switch-over, or where it was fenced.
        load.goes_on()
        both.fence()
        both.promote()
        after_fence = seconds(load.goes_on)
    both.renew()

    load.check()
    print(load.told())
    print(f"everybody was answered again {after_death:.1f} s after the promotion; {after_fence:.1f} s the second time")
    assert [server.events("worker.ended") for server in (one, other)] == [[], []]
    moves = [[event["host"] for event in server.events("store.moved")] for server in (one, other)]
    assert all(f"127.0.0.1:{both.primary.port}" in hosts for hosts in moves), moves
