"""Each part of the background worker begins anew when a setting changes that it reads."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.unit.app.changed import FILE, WHOLE

from pillarbox.app import House, house
from pillarbox.app.background.chores import CHORES
from pillarbox.app.background.forgetting import FORGETTING, forgotten
from pillarbox.app.background.pushing import PUSHING, pushed
from pillarbox.app.background.queueing import SENDING, sent
from pillarbox.app.background.reaching import REACHING, reached, recognition
from pillarbox.app.background.renewing import RENEWING, renewed
from pillarbox.app.background.tending import TENDING, tended
from pillarbox.net import Door
from pillarbox.net.outbound import Answer, OutboundError
from pillarbox.settings import Declared, Snapshot, catalogue, snapshot

T_co = TypeVar("T_co", covariant=True)

FROM_THE_START = {catalogue.DATA_STORE.key, catalogue.STORES.key}
"""Other values of these are in force at the next start."""


class Read(Snapshot):
    """Settings that remember which of them were read."""

    def __init__(self, made: Snapshot) -> None:
        super().__init__(made._values, made.pairs)
        self.read: set[str] = set()

    def __getitem__(self, setting: Declared[T_co]) -> T_co:
        self.read.add(setting.key)
        return super().__getitem__(setting)


async def reaching(built: House, door: Door) -> None:
    async def ask(url: str) -> Answer:
        raise OutboundError("nobody is there")

    await reached(built.settings, await door.through(recognition, built.store), ask)


PARTS = {
    "forgetting": (forgotten, FORGETTING),
    "pushing": (pushed, PUSHING),
    "reaching": (reaching, REACHING),
    "renewing": (renewed, RENEWING),
    "sending": (sent, SENDING),
    "tending": (tended, TENDING),
}


@pytest.mark.parametrize(("part", "figures"), PARTS.values(), ids=PARTS)
def test_a_part_reads_no_other_settings_than_it_begins_anew_for(
    part: Callable[[House, Door], Coroutine[Any, Any, None]], figures: Sequence[Declared[object]], tmp_path: Path
) -> None:
    """Issue 7: what is changed is in force without a restart, in the background worker too."""
    found, _ = snapshot({**FILE, **WHOLE})

    async def conversation() -> set[str]:
        door = Door()
        with house(snapshot(FILE)[0], tmp_path / "var") as built:
            built.directory.add("alice@x.example", "$plain", ())
            settings = Read(found)
            working = asyncio.create_task(part(replace(built, settings=settings), door))
            async with asyncio.timeout(10):
                while not settings.read:
                    await asyncio.sleep(0.001)
                # What goes through the door goes one after the other: this comes after what it does with them first.
                await door.through(built.store.accounts)
            working.cancel()
            await asyncio.wait([working])
            door.close()
            return settings.read

    assert asyncio.run(conversation()) - FROM_THE_START <= {one.key for one in figures}


def test_chores_go_by_what_the_upkeep_goes_by() -> None:
    """Ours: they are parts of it."""
    assert CHORES is TENDING
