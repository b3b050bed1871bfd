"""What nothing was done of is done again, where a database may refuse what it would take a moment later (adr/0063)."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from pillarbox.store.error import Undone

__all__ = ["ATTEMPTS", "WITHIN", "retried"]

T = TypeVar("T")

ATTEMPTS = 4
WITHIN = 10.0
"""Seconds after the first attempt began in which another one is begun."""
_PAUSE = 0.02
"""Seconds that are waited at most before the second attempt, and twice as long before each that follows."""


def retried(
    run: Callable[[], T],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> T:
    """What `run` gives, which is run again while it is Undone; not for an event loop.

    `run` is one unit and nothing besides: what it does elsewhere, or has committed before, is done again as well.
    """
    latest = clock() + WITHIN
    longest = _PAUSE
    for _ in range(ATTEMPTS - 1):
        try:
            return run()
        except Undone:
            # Others were undone in the same moment, and try again as well.
            pause = chance() * longest
            if clock() + pause > latest:
                raise
        sleep(pause)
        longest *= 2
    return run()
