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
    """Work that notes when it begins and when it has ended."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __call__(self, built: House) -> None:
        name = built.settings[catalogue.HOSTNAME]
        self.told.append(f"{name} began")
        try:
            await asyncio.Event().wait()
        finally:
            # As who still waits for another server's answer.
            await asyncio.sleep(0.01)
            self.told.append(f"{name} ended")


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
        await asyncio.sleep(0.1)

    hold(built, part, held)

    assert part.told == ["one.example began", "one.example ended", "two.example began", "two.example ended"]


def test_other_changes_do_not_touch_it(built: House) -> None:
    part = Part()

    async def held(standing: Standing) -> None:
        use(standing, server_hostname="one.example", server_log_level="debug")
        await asyncio.sleep(0.1)
        assert part.told == ["one.example began"]
        assert standing.built.settings[catalogue.LOG_LEVEL] == "debug"

    hold(built, part, held)


def test_of_changes_while_it_ends_the_last_counts(built: House) -> None:
    part = Part()

    async def held(standing: Standing) -> None:
        use(standing, server_hostname="two.example")
        await asyncio.sleep(0.005)
        use(standing, server_hostname="three.example")
        await asyncio.sleep(0.1)

    hold(built, part, held)

    assert [one for one in part.told if "began" in one] == ["one.example began", "three.example began"]


def test_what_ends_it_ends_who_keeps_it(built: House) -> None:
    async def failing(_: House) -> None:
        raise ValueError

    async def conversation() -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - that one, and no other
            await Standing(built).kept(failing, FIGURES)

    asyncio.run(conversation())
