"""The house under the settings in force, for work that goes on when they change."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from pillarbox.app.house import House
from pillarbox.settings import Declared, Snapshot

__all__ = ["Standing"]


class Standing:
    """What of the house stays, and its settings, which may be others later. Used on one event loop."""

    def __init__(self, built: House) -> None:
        self.built = built
        self._changed = asyncio.Event()

    def use(self, settings: Snapshot) -> None:
        """These are in force from now on."""
        self.built = replace(self.built, settings=settings)
        self._changed.set()
        self._changed = asyncio.Event()

    async def kept(
        self, part: Callable[[House], Coroutine[Any, Any, None]], figures: Sequence[Declared[object]]
    ) -> None:
        """Runs a part of the work for as long as it is not cancelled.

        When one of the settings that it works by changes, it is ended and begins anew; other changes do not touch it.
        """
        while True:
            built = self.built
            working = asyncio.create_task(part(built))
            changing = asyncio.create_task(self._other(built.settings, figures))
            try:
                await asyncio.wait((working, changing), return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    # What ended it ends all, as it would without us.
                    working.result()
            finally:
                changing.cancel()
                working.cancel()
                # Its end may take a while: what a server is being sent is waited for.
                await asyncio.wait([working])

    async def _other(self, before: Snapshot, figures: Sequence[Declared[object]]) -> None:
        """Returns when one of the settings is not what it was."""
        while True:
            changed = self._changed
            if any(self.built.settings[one] != before[one] for one in figures):
                return
            await changed.wait()
