"""`kill -9` of any process, one after the other, while everybody works."""

import random
from collections.abc import Callable

import pytest
from tests.journeys.faults.load import Load
from tests.journeys.faults.trouble import KILLS, happens
from tests.journeys.program import Server

pytestmark = pytest.mark.slow


def test_whichever_process_is_killed_nothing_is_lost_or_doubled(
    served: Callable[..., Server], kept: str, chance: random.Random
) -> None:
    """Ours: what was acknowledged is kept, and the server is there again without a hand."""
    load = Load(served(kept), chance)

    with load.running():
        happens(load, chance, KILLS)

    load.check()
    print(load.told())
