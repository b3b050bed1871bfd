"""Upkeep that an administrator asks for is done once, whatever happens meanwhile."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pillarbox.app import house
from pillarbox.app.background import chores
from pillarbox.app.house import House
from pillarbox.datatypes.server import REINDEX, TEND, give_chore
from pillarbox.datatypes.server import chores as waiting
from pillarbox.net import Door
from pillarbox.settings import snapshot
from pillarbox.store import NoAccount, Unavailable

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    """A server with one account."""
    with house(snapshot({})[0], tmp_path) as built:
        built.store.create(1)
        yield built


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is done, and of which account."""
    done: list[tuple[str, int]] = []
    monkeypatch.setattr(chores, "tend_account", lambda _, account, __: done.append((TEND, account)))
    monkeypatch.setattr(chores, "reindex", lambda _, __, account: done.append((REINDEX, account)))
    return done


def works(built: House, until: Callable[[], bool]) -> None:
    """Does chores until this holds."""
    door = Door()

    async def work() -> None:
        working = asyncio.create_task(chores.chores_done(built, door))
        async with asyncio.timeout(20):
            while not until():
                await asyncio.sleep(0.005)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(work())
    door.close()


def test_chores_that_wait_are_done_and_forgotten(built: House, done: list[tuple[str, int]]) -> None:
    """Ours: account 0 stands for all there are; what was asked for while nobody worked is not lost."""
    give_chore(built.store, 0, TEND, NOW)
    give_chore(built.store, 1, REINDEX, NOW)
    give_chore(built.store, 1, REINDEX, NOW)
    works(built, lambda: not waiting(built.store))
    assert done == [(TEND, 0), (TEND, 1), (REINDEX, 1)]


def test_chores_are_done_at_once(built: House, done: list[tuple[str, int]]) -> None:
    """Ours: whoever does them hears of the commit."""
    asked: list[int] = []

    def until() -> bool:
        if not asked:
            give_chore(built.store, 1, TEND, NOW)
            asked.append(1)
        return not waiting(built.store)

    works(built, until)
    assert done == [(TEND, 1)]


@pytest.mark.parametrize("problem", [NoAccount("gone"), ValueError("a bug")])
def test_what_cannot_be_done_is_not_tried_for_ever(
    built: House, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """Ours: an account that is gone has nothing to tend, and a bug would be met again."""

    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(chores, "reindex", fail)
    give_chore(built.store, 7, REINDEX, NOW)
    works(built, lambda: not waiting(built.store))


def test_what_the_store_cannot_do_now_is_done_later(
    built: House, monkeypatch: pytest.MonkeyPatch, done: list[tuple[str, int]]
) -> None:
    """Ours: a chore is forgotten when it was done, and not before."""
    trouble = [Unavailable("busy")]

    def tend(_: House, account: int, __: int) -> None:
        if trouble:
            raise trouble.pop()
        done.append((TEND, account))

    monkeypatch.setattr(chores, "tend_account", tend)
    monkeypatch.setattr(chores, "_AGAIN", 0.01)
    give_chore(built.store, 1, TEND, NOW)
    works(built, lambda: not waiting(built.store))
    assert done == [(TEND, 1)]
