"""What the database says of settings is in force in a process that runs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pillarbox.app import House, house
from pillarbox.app.configuring import Configuring
from pillarbox.app.supervisor.change import change
from pillarbox.datatypes.server import keep_settings
from pillarbox.net import Door
from pillarbox.settings import Layers, Problem, Snapshot, catalogue, snapshot
from pillarbox.store import Unavailable

PORT = catalogue.QUEUE_PORT


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    settings, _ = snapshot({"queue.expire": "3d"})
    with house(settings, tmp_path / "var") as made:
        yield made


def keep(built: House, texts: dict[str, str]) -> None:
    with built.store.write(0) as server:
        keep_settings(server, texts, "", datetime.now(UTC))


class Process:
    """One that runs by what it was given last."""

    def __init__(self, built: House) -> None:
        self.built = built
        self.door = Door()
        self.settings = built.settings
        self.uses = 0
        self.breaks_at = 0
        self.told: list[Problem] = []
        self.configuring = Configuring(built, self.door, self._use, self.told.extend)

    def _use(self, settings: Snapshot) -> None:
        if settings[PORT] == self.breaks_at:
            raise ValueError
        self.uses += 1
        self.settings = settings

    async def has(self, is_so: Callable[[Snapshot], bool]) -> None:
        """Waits until it is so with the settings in force."""
        async with asyncio.timeout(10):
            while not is_so(self.settings):
                await asyncio.sleep(0.001)


def run(built: House, held: Callable[[Process], Awaitable[None]]) -> Process:
    async def conversation() -> Process:
        process = Process(built)
        running = asyncio.create_task(process.configuring.run())
        try:
            await held(process)
        finally:
            running.cancel()
            await asyncio.wait([running])
            process.door.close()
        return process

    return asyncio.run(conversation())


def test_a_change_is_taken_over_while_it_runs(built: House) -> None:
    """Issue 7: live without a restart or a reload."""

    async def held(process: Process) -> None:
        assert process.settings[PORT] == 25
        keep(built, {"queue.port": "26"})
        await process.has(lambda settings: settings[PORT] == 26)
        assert process.settings[catalogue.QUEUE_EXPIRE].seconds == 3 * 86_400

    run(built, held)


def test_it_begins_with_what_the_database_says(built: House, tmp_path: Path) -> None:
    """Ours: the first client is served under it."""
    keep(built, {"queue.port": "26", "queue.expire": "1d"})

    with house(snapshot({"queue.expire": "3d"})[0], tmp_path / "var") as again:
        assert again.settings[PORT] == 26
        assert again.settings[catalogue.QUEUE_EXPIRE].seconds == 3 * 86_400


def test_of_many_changes_in_a_row_few_are_taken_over_one_by_one(built: House) -> None:
    """Ours: each costs a new set of settings."""

    async def held(process: Process) -> None:
        for port in range(100, 150):
            keep(built, {"queue.port": str(port)})
            await asyncio.sleep(0)
        await process.has(lambda settings: settings[PORT] == 149)

    assert run(built, held).uses < 25


def test_a_file_that_is_read_again_lies_over_the_same_database(built: House) -> None:
    """Ours."""
    keep(built, {"queue.port": "26", "queue.notify": "2d"})

    async def held(process: Process) -> None:
        await process.has(lambda settings: settings[PORT] == 26)
        process.configuring.reread({"queue.port": "27"})
        assert process.settings[PORT] == 27
        notify = process.settings[catalogue.QUEUE_NOTIFY]
        assert notify is not None
        assert notify.seconds == 2 * 86_400
        process.configuring.reread({})
        assert process.settings[PORT] == 26

    run(built, held)


def test_what_is_not_in_force_as_the_database_has_it_is_told(built: House) -> None:
    """Expressions section 2: errors never stop the server."""
    keep(built, {"queue.port": "many", "queue.notify": "2d"})

    async def held(process: Process) -> None:
        await process.has(lambda settings: str(settings[catalogue.QUEUE_NOTIFY]) == "2d")
        assert process.settings[PORT] == 25

    assert [(one.key, one.kind) for one in run(built, held).told] == [("queue.port", "parse")]


def test_a_database_that_cannot_be_read_leaves_the_file_in_force(
    built: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 7: it must not stop the server."""

    def away(_: object) -> dict[str, str]:
        raise Unavailable("gone")

    keep(built, {"queue.port": "26"})
    monkeypatch.setattr("pillarbox.datatypes.server.setting_texts", away)

    with house(snapshot({"queue.expire": "3d"})[0], tmp_path / "var") as again:
        assert again.settings[PORT] == 25
        assert again.settings[catalogue.QUEUE_EXPIRE].seconds == 3 * 86_400


def test_a_setting_that_a_part_cannot_live_with_does_not_end_the_process(built: House) -> None:
    """Ours: it would be started again, and end again."""

    async def held(process: Process) -> None:
        process.breaks_at = 26
        keep(built, {"queue.port": "26"})
        await asyncio.sleep(0.05)
        keep(built, {"queue.port": "27"})
        await process.has(lambda settings: settings[PORT] == 27)

    run(built, held)


def test_what_waits_for_a_restart_is_the_files_alone() -> None:
    """Ours: else a change in the database would be in force at some processes, and at others not."""
    layers = Layers({}, {})
    keys = [key for setting in catalogue.CATALOGUE for line in setting.described() for key in line.spellings()]

    waiting = change({}, dict.fromkeys(keys, "1")).restart

    assert waiting
    assert [key for key in waiting if not layers.is_local(key)] == []
