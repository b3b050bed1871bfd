"""What was undone is done again: how often, for how long, and what is not."""

import pytest

from pillarbox.store import Unavailable, Undone, retried
from pillarbox.store.retry import ATTEMPTS, WITHIN


class Run:
    """Fails so many times before it succeeds; each attempt takes some seconds of a clock of its own."""

    def __init__(self, failures: list[Exception], takes: float = 0.0) -> None:
        self.failures = failures
        self.takes = takes
        self.now = 0.0
        self.attempts = 0
        self.pauses: list[float] = []

    def __call__(self) -> str:
        self.attempts += 1
        self.now += self.takes
        if self.failures:
            raise self.failures.pop(0)
        return "done"

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def retried(self) -> str:
        return retried(self, lambda: self.now, self.pause, lambda: 1.0)


def test_what_was_undone_is_done_again() -> None:
    run = Run([Undone("a conflict"), Undone("another")])
    assert run.retried() == "done"
    assert run.attempts == 3
    # Longer each time, so that two that are in each other's way get out of it.
    assert run.pauses == sorted(set(run.pauses))


def test_what_is_undone_each_time_is_told_in_the_end() -> None:
    run = Run([Undone("a conflict")] * 100)
    with pytest.raises(Undone):
        run.retried()
    assert run.attempts == ATTEMPTS


def test_nobody_is_kept_waiting_for_attempts_that_take_long() -> None:
    run = Run([Undone("a conflict")] * 100, takes=WITHIN * 0.6)
    with pytest.raises(Undone):
        run.retried()
    assert run.attempts == 2


def test_what_may_have_been_done_is_never_done_again() -> None:
    """Architecture section 3.2; also where trying again at once would not help."""
    run = Run([Unavailable("whether it was done cannot be known")])
    with pytest.raises(Unavailable):
        run.retried()
    assert run.attempts == 1
