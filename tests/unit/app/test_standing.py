"""Work goes on when settings change, and begins anew if it goes by them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from pillarbox.app import House, house
from pillarbox.app.background.standing import Standing
from pillarbox.settings import catalogue, snapshot

FIGURES = (catalogue.HOSTNAME,)


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    settings, _ = snapshot({"server.hostname": "one.example"})
    with house(settings, tmp_path / "var") as made:
        yield made


class Part:
    """Work that notes when it begins, when it is to end, and when it has ended."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answered = asyncio.Event()
        self.answered.set()

    async def __call__(self, built: House) -> None:
        name = built.settings[catalogue.HOSTNAME]
        self.told.append(f"{name} began")
        try:
            await asyncio.Event().wait()
        finally:
            self.told.append(f"{name} ends")
            # As who still waits for another server's answer.
            await self.answered.wait()
            self.told.append(f"{name} ended")

    async def tells(self, what: str) -> None:
        """Waits until it has noted that."""
        async with asyncio.timeout(10):
            while what not in self.told:
                await asyncio.sleep(0)


def hold(built: House, part: Part, held: Callable[[Standing], Awaitable[None]]) -> None:
    async def conversation() -> None:
        standing = Standing(built)
        keeping = asyncio.create_task(standing.kept(part, FIGURES))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await held(standing)
        keeping.cancel()
        await asyncio.wait([keeping])

    asyncio.run(conversation())


def use(standing: Standing, **pairs: str) -> None:
    settings, _ = snapshot({key.replace("_", "."): text for key, text in pairs.items()})
    standing.use(settings)


def test_it_ends_and_begins_anew_if_it_goes_by_what_has_changed(built: House) -> None:
    part = Part()

    async def held(standing: Standing) -> None:
        use(standing, server_hostname="two.example")
        await part.tells("two.example began")

    hold(built, part, held)

    assert part.told == [f"{name}.example {what}" for name in ("one", "two") for what in ("began", "ends", "ended")]


def test_other_changes_do_not_touch_it(built: House) -> None:
    part = Part()

    async def held(standing: Standing) -> None:
        use(standing, server_hostname="one.example", server_log_level="debug")
        # Many times as often as the loop goes round until another change has ended it.
        for _ in range(100):
            await asyncio.sleep(0)
        assert part.told == ["one.example began"]
        assert standing.built.settings[catalogue.LOG_LEVEL] == "debug"

    hold(built, part, held)


def test_of_changes_while_it_ends_the_last_counts(built: House) -> None:
    part = Part()

    async def held(standing: Standing) -> None:
        part.answered.clear()
        use(standing, server_hostname="two.example")
        await part.tells("one.example ends")
        use(standing, server_hostname="three.example")
        part.answered.set()
        await part.tells("three.example began")

    hold(built, part, held)

    assert [one for one in part.told if "began" in one] == ["one.example began", "three.example began"]


def test_what_ends_it_ends_who_keeps_it(built: House) -> None:
    async def failing(_: House) -> None:
        raise ValueError

    async def conversation() -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - that one, and no other
            await Standing(built).kept(failing, FIGURES)

    asyncio.run(conversation())
