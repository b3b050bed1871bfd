"""Whose turn it is, in one process and in several."""

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.unit.http.workers import LIMIT, locked, passed, run, until, workers

from pillarbox.http import Turns
from pillarbox.http.problem import Problem
from pillarbox.store.volatile import LEASE
from pillarbox.telemetry import configure


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


# In one process


def test_those_who_wait_come_in_their_order() -> None:
    """Ours."""

    async def conversation() -> None:
        turns, order = Turns({LIMIT: 1}), []

        async def request(name: str) -> None:
            async with turns.turn(1, LIMIT):
                order.append(name)
                await asyncio.sleep(0)

        await asyncio.gather(*(request(name) for name in "abcd"))
        assert order == list("abcd")

    run(conversation())


def test_each_account_has_a_line_of_its_own() -> None:
    """Ours."""

    async def conversation() -> None:
        turns = Turns({LIMIT: 1}, waiting=0)
        async with turns.turn(1, LIMIT), turns.turn(2, LIMIT):
            with pytest.raises(Problem):
                await turns.turn(1, LIMIT).__aenter__()

    run(conversation())


def test_who_waits_for_too_long_is_refused() -> None:
    """RFC 8620 section 3.6.1: with the limit's name."""

    async def conversation() -> None:
        turns = Turns({LIMIT: 1}, seconds=0.01)
        async with turns.turn(1, LIMIT):
            with pytest.raises(Problem) as refused:
                await turns.turn(1, LIMIT).__aenter__()
            assert refused.value.more == {"limit": LIMIT}
        async with turns.turn(1, LIMIT):
            pass

    run(conversation())


@pytest.mark.parametrize("rounds", range(4))
def test_who_goes_away_while_waiting_keeps_no_slot(rounds: int) -> None:
    """Ours: also at the very moment when it is their turn."""

    async def conversation() -> None:
        turns = Turns({LIMIT: 1})
        held = AsyncExitStack()
        await held.enter_async_context(turns.turn(1, LIMIT))
        gone = asyncio.create_task(turns.turn(1, LIMIT).__aenter__())
        await passed()
        if rounds % 2:
            await held.aclose()
        gone.cancel()
        await passed(rounds // 2)
        await held.aclose()
        await asyncio.gather(gone, return_exceptions=True)

        async with turns.turn(1, LIMIT):
            pass

    run(conversation())


def test_nothing_is_kept_of_a_line_that_is_empty() -> None:
    """Ours: accounts come and go."""

    async def conversation() -> None:
        turns = Turns({LIMIT: 1})
        for account in range(100):
            async with turns.turn(account, LIMIT), turns.reading(account, LIMIT):
                pass
        assert len(turns._lines) == 0

    run(conversation())


# In several


def test_all_workers_together_serve_no_more_than_the_limit(tmp_path: Path) -> None:
    """RFC 8620 section 2: the limit is the server's, whichever of its processes a connection meets."""

    async def conversation() -> None:
        serving = most = served = 0

        async def client(turns: Turns) -> None:
            nonlocal serving, most, served
            for _ in range(25):
                async with turns.turn(1, LIMIT):
                    serving += 1
                    most = max(most, serving)
                    await asyncio.sleep(0)
                    serving -= 1
                served += 1

        async with workers(tmp_path, 3) as (one, other):
            await asyncio.gather(*(client(worker.turns) for worker in (one, other) for _ in range(8)))
        assert (most, served) == (3, 400)

    run(conversation())


def test_a_worker_waits_for_what_another_one_serves(tmp_path: Path) -> None:
    """Ours."""

    async def conversation() -> None:
        async with workers(tmp_path, 2) as (one, other):
            serving = await one.holds(2)
            waiting = other.waits()
            # Several times as long as it takes to see that it is wanted.
            done, _ = await asyncio.wait([waiting], timeout=0.3)
            assert not done

            await serving.aclose()
            await (await waiting).aclose()

    run(conversation())


def test_a_worker_that_is_never_idle_lets_others_have_their_turn(tmp_path: Path) -> None:
    """Ours: a slot is not handed on for ever within one worker."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            busy = True

            async def client() -> None:
                while busy:
                    async with one.turns.turn(1, LIMIT):
                        await asyncio.sleep(0)

            clients = [asyncio.create_task(client()) for _ in range(3)]
            await passed()
            for _ in range(3):
                async with other.turns.turn(1, LIMIT):
                    pass
            busy = False
            await asyncio.gather(*clients)

    run(conversation())


def test_one_request_after_the_other_asks_the_shared_counts_once(tmp_path: Path) -> None:
    """Ours: who has a slot keeps it for a while."""

    async def conversation() -> None:
        async with workers(tmp_path, 4) as (one, _):
            async with one.turns.turn(1, LIMIT):
                pass
            with locked(tmp_path):
                for _ in range(1000):
                    async with one.turns.turn(1, LIMIT):
                        pass

    run(conversation())


def test_a_request_that_takes_long_keeps_its_slot(tmp_path: Path) -> None:
    """Ours: a lease is renewed."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            serving = await one.holds(1)
            for _ in range(3):
                before = one.clock.now = other.clock.now = one.clock.now + LEASE - 1
                one.leases._next_renewal = 0.0
                await until(lambda: one.leases._next_renewal > 0)
                assert not other.volatile.take(b"maxConcurrentRequests:1", 1, before)
            await serving.aclose()

    run(conversation())


def test_the_slots_of_a_worker_that_died_come_back(tmp_path: Path) -> None:
    """Ours."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            serving = await one.holds(1)
            assert one.running is not None
            one.running.cancel()
            waiting = other.waits()
            await passed()
            other.clock.now += LEASE

            await (await waiting).aclose()
            await serving.aclose()

    run(conversation())


def test_who_goes_away_leaves_their_slot_to_the_line(tmp_path: Path) -> None:
    """Ours: also when the slot comes from the shared counts after they went."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            gone = one.waits()
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

            async with other.turns.turn(1, LIMIT):
                pass

    run(conversation())


def test_what_a_worker_does_not_use_is_another_s_at_once(tmp_path: Path) -> None:
    """Ours: what is kept for the next request is given to who wants it now."""

    async def conversation() -> None:
        async with workers(tmp_path, 2) as (one, other):
            await (await one.holds(2)).aclose()
            await (await other.holds(2)).aclose()
            await (await one.holds(2)).aclose()

    run(conversation())


def test_shared_counts_that_fail_stop_nobody(tmp_path: Path, log: io.StringIO) -> None:
    """Ours: a limit fails open, each worker counts for itself, and the operator is told once."""

    async def conversation() -> None:
        async with workers(tmp_path, 2) as (one, other):
            with locked(tmp_path):
                serving = [await one.holds(2, account) for account in range(3)]
                serving.append(await other.holds(2))
                waiting = one.waits()
                await passed()
                assert not waiting.done()
                waiting.cancel()
            for held in serving:
                await held.aclose()

    run(conversation())
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events == ["volatile.failed", "volatile.failed"]


def test_after_a_failure_the_limit_is_that_of_all_again(tmp_path: Path) -> None:
    """Ours: what was begun alone ends so, and what follows is counted together."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            with locked(tmp_path):
                alone = [await one.holds(1), await other.holds(1)]
            await until(lambda: not (one.leases._adrift or other.leases._adrift))
            for serving in alone:
                await serving.aclose()

            serving = await one.holds(1)
            done, _ = await asyncio.wait([waiting := other.waits()], timeout=0.3)
            assert not done
            await serving.aclose()
            await (await waiting).aclose()

    run(conversation())


def test_a_worker_that_stops_serves_those_who_wait(tmp_path: Path) -> None:
    """Ours: there are seconds of grace, and no leases any more."""

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            serving = await one.holds(1)
            waiting = other.waits()
            await passed()
            assert other.running is not None
            other.running.cancel()

            await (await waiting).aclose()
            await (await other.holds(1)).aclose()
            await serving.aclose()

    run(conversation())


def test_nothing_is_kept_of_an_account_that_was_not_seen_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: neither here nor in the shared counts."""
    monkeypatch.setattr("pillarbox.http.waiting.lease._KEPT", 0.0)
    monkeypatch.setattr("pillarbox.http.waiting.lease._SCAN", 0.0)

    async def conversation() -> None:
        async with workers(tmp_path, 1) as (one, other):
            for account in range(20):
                await (await one.holds(1, account)).aclose()
            await until(lambda: not one.leases._held)
            assert len(one.turns._lines) == 0
            for account in range(20):
                assert other.volatile.take(b"maxConcurrentRequests:%d" % account, 1, other.clock())

    run(conversation())
