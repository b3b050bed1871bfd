"""The server's upkeep goes on, whatever one account has."""

import asyncio
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from pillarbox.app import house
from pillarbox.app.background import tending
from pillarbox.net import Door
from pillarbox.objects import Registry
from pillarbox.settings import snapshot
from pillarbox.store import Store, Unavailable
from pillarbox.telemetry import configure


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is told."""
    stream = StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


@pytest.mark.parametrize("problem", [OSError(5, "Input/output error"), Unavailable("busy"), ValueError("a bug")])
@pytest.mark.parametrize("where", ["tend", "untended", "clear"])
def test_what_goes_wrong_is_told_and_the_rest_is_tended(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log: StringIO,
    problem: Exception,
    where: str,
) -> None:
    tended: list[int] = []
    cleared: list[int] = []

    def tend(
        store: Store, registry: Registry, account: int, now: int, history: int | None, journal: int | None
    ) -> None:
        tended.append(account)
        if where == "tend" and account == 0:
            raise problem

    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(tending, "tend", tend)
    monkeypatch.setattr(tending, "_TEND_SECONDS", 0.01)
    settings, _ = snapshot({})
    door = Door()
    with house(settings, tmp_path) as built:
        built.store.create(1)
        if where == "untended":
            monkeypatch.setattr(built.store, "untended", fail)
        if where == "clear":
            monkeypatch.setattr(built.directory, "clear", fail)
        else:
            monkeypatch.setattr(built.directory, "clear", cleared.append)

        async def tend_for_a_while() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(tending.tended(built, door), 0.2)

        asyncio.run(tend_for_a_while())
    door.close()
    assert "store.failed" in log.getvalue()
    if where != "untended":
        assert {0, 1} <= set(tended)


def test_at_rest_are_all_under_the_settings_by_which_they_were_tended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under others what they have may have its time earlier (adr/0064); whichever server was told of them, and when."""
    tended: list[tuple[int, int | None, int | None]] = []

    def tend(
        store: Store, registry: Registry, account: int, now: int, history: int | None, journal: int | None
    ) -> None:
        tended.append((account, history, journal))

    def of_one_start(keep: str) -> list[tuple[int, int | None, int | None]]:
        """As if none had anything that has its time."""
        tended.clear()
        settings, _ = snapshot({"journal.keep": keep, "jmap.protocol.changes.max-history": "30d"})
        with house(settings, tmp_path) as built:
            built.store.create(1)
            monkeypatch.setattr(built.store, "untended", lambda _: [])
            monkeypatch.setattr(built.directory, "clear", lambda _: None)

            async def tend_for_a_while() -> None:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(tending.tended(built, door), 0.1)

            asyncio.run(tend_for_a_while())
        return list(tended)

    monkeypatch.setattr(tending, "tend", tend)
    monkeypatch.setattr(tending, "_TEND_SECONDS", 0.01)
    door, day = Door(), 86_400
    for days in (300, 7, 300):
        assert of_one_start(f"{days}d") == [(0, 30 * day, days * day), (1, 30 * day, days * day)]
        assert of_one_start(f"{days}d") == []
    door.close()


def test_an_account_that_is_met_at_the_same_time_each_day_is_swept_now_and_then() -> None:
    """What a crash leaves in a bucket is found by nothing else (adr/0061). Each day has one hour for each account."""
    hours = range(1_800_000_000, 1_800_000_000 + 24 * 86_400, 3600)
    for account in (0, 1, 25):
        assert sum(tending.is_its_hour(account, now) for now in hours[:24]) == 1
        for hour in (0, 7, 23):
            assert sum(tending.is_its_hour(account, now) for now in hours[hour::24]) == 1
