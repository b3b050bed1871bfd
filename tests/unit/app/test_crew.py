"""When what died is started again."""

import asyncio
from itertools import islice

import pytest

from pillarbox.app.orders import Orders
from pillarbox.app.supervisor.crew import CannotStart, Hand, pauses


def test_the_first_time_at_once_and_then_with_patience() -> None:
    assert list(islice(pauses(), 8)) == [0, 1, 2, 4, 8, 16, 30, 30]


def test_what_the_system_refuses_to_start_is_told_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go on serving while there are too many processes, or Pillarbox is being installed anew."""
    monkeypatch.setattr("sys.executable", "/not/there")

    async def tried() -> int | None:
        hand = Hand("worker 0", "pillarbox.app.worker", _no_orders, lambda: None)
        for _ in range(2):
            with pytest.raises(CannotStart, match="worker 0 cannot be started: /not/there: No such file"):
                await hand.start()
        return await hand.wait()

    assert asyncio.run(tried()) is None


def _no_orders(status: int, channel: int) -> Orders:
    return Orders({}, "/", 0, 1, {}, status, status, status, channel)
