"""Whether a process has all that it serves with."""

import asyncio
from typing import cast

import pytest

from pillarbox.http import readiness as module
from pillarbox.http.readiness import Health
from pillarbox.net import Door
from pillarbox.store import Store


class _Answering:
    """A store that answers at once."""

    def version(self, account: int) -> int:
        return account


def test_who_asks_in_the_moment_of_an_answer_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: the question is put again, and who waits for the one before hears the answer to that."""
    monkeypatch.setattr(module, "_FRESH", 0.0)
    store = cast("Store", _Answering())

    async def conversation() -> dict[str, str]:
        door, health = Door(), Health()
        other = health.lacks(door, store)
        first = asyncio.create_task(health.lacks(door, store))
        while health._asking is None:
            await asyncio.sleep(0)
        # Begun before the first one hears, and after there was something to hear.
        health._asking.add_done_callback(lambda _: other.send(None))
        told = await first
        other.close()
        door.close()
        return told

    assert asyncio.run(conversation()) == {}
