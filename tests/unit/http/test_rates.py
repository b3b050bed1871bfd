"""Limits that are counted in bundles (ours; RFC 6585 section 4)."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from tests.driver.shelf import Shelf
from tests.toy.clock import Clock

from pillarbox.http import Allowance, Allowances
from pillarbox.http.problem import Problem
from pillarbox.settings import Duration, Rate
from pillarbox.store import Hit

T = TypeVar("T")

MINUTE = Duration(60_000)


class Counting(Shelf):
    """Says how often it was asked."""

    asked = 0

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        self.asked += 1
        return super().hit(key, most, window, now)


def served(allowance: Allowance, requests: int, client: str = "somebody") -> int:
    """How many of so many requests are."""

    async def one() -> bool:
        try:
            await allowance.spend(client)
        except Problem:
            return False
        return True

    async def all_of_them() -> int:
        return sum([await one() for _ in range(requests)])

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("count", [1, 2, 49, 99, 100, 101, 1000, 1037])
def test_as_many_are_served_as_the_limit_says(clock: Clock, count: int) -> None:
    """Ours: bundles or not."""
    allowance = Allowance("account", Rate(count, MINUTE), Shelf(), clock=clock)

    assert served(allowance, 2 * count) == count
    clock.now += 61
    assert served(allowance, 2 * count) == count


def test_the_shared_counts_are_asked_seldom(clock: Clock) -> None:
    """Ours: a look at them costs more than a small request."""
    shared = Counting()
    allowance = Allowance("account", Rate(1000, MINUTE), shared, clock=clock)

    served(allowance, 1000)
    assert shared.asked == 50
    # And those who are refused ask nothing but once.
    served(allowance, 1000)
    assert shared.asked <= 51


def test_processes_together_serve_no_more(clock: Clock) -> None:
    """Ours: and what one has left when the other refuses is no more than a bundle."""
    shared = Shelf()
    one, other = (Allowance("account", Rate(1000, MINUTE), shared, clock=clock) for _ in range(2))

    first = served(one, 1)
    second = served(other, 2000)
    assert second >= 1000 - 20
    assert first + second + served(one, 2000) == 1000


def test_clients_do_not_count_for_each_other(clock: Clock) -> None:
    """Ours."""
    allowance = Allowance("account", Rate(5, MINUTE), Shelf(), clock=clock)

    assert [served(allowance, 9, client) for client in ("a", "b", "c")] == [5, 5, 5]


def test_without_the_shared_counts_everybody_is_served(clock: Clock) -> None:
    """Ours: limits fail open (adr/0024), and count again when the counts are back."""
    shared = Shelf()
    shared.is_down = True
    allowance = Allowance("account", Rate(5, MINUTE), shared, clock=clock)

    assert served(allowance, 100) == 100
    shared.is_down = False
    clock.now += 2
    assert served(allowance, 100) == 5


def test_a_clock_that_is_set_back_lets_nobody_wait_for_long(clock: Clock) -> None:
    """Ours."""
    allowance = Allowance("account", Rate(5, MINUTE), Back(), clock=clock)

    served(allowance, 9)
    clock.now -= 86_400
    assert served(allowance, 9) == 5


class Back(Shelf):
    """Begins anew where a window ends later than any could, as every store does."""

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        found = super().hit(key, most, window, now)
        if found.ends > now + window:
            self.__init__()  # type: ignore[misc]
            return super().hit(key, most, window, now)
        return found


def test_who_waits_for_the_shared_counts_is_served_once(clock: Clock) -> None:
    """Ours: many at once take what one bundle has, and then the next."""

    async def slowly(call: Callable[[], T], /) -> T:
        await asyncio.sleep(0)
        return call()

    allowance = Allowance("account", Rate(1000, MINUTE), Shelf(), slowly, clock)

    async def together() -> int:
        told = await asyncio.gather(*(allowance.spend("somebody") for _ in range(1500)), return_exceptions=True)
        return sum(one is None for one in told)

    assert asyncio.run(together()) == 1000


def test_who_comes_over_a_unix_socket_is_not_counted(clock: Clock) -> None:
    """Ours: that is how an administrator gets in when nothing else does."""
    one = Allowance("account", Rate(1, MINUTE), Shelf(), clock=clock)
    allowances = Allowances(one, one)

    async def often() -> None:
        for _ in range(5):
            await allowances.for_account(1, "local")
            await allowances.for_anonymous("local")

    asyncio.run(often())
