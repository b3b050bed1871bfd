"""The settings in force in one process: those of the file, and under them those of the database, as they change."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from pillarbox.app.house import House
from pillarbox.app.logbook import log_by
from pillarbox.app.observing import observe_by
from pillarbox.datatypes.server import SETTING, looked_at, setting_texts
from pillarbox.net import Door
from pillarbox.settings import Layers, Problem, Snapshot, snapshot
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["Configuring"]

_PAUSE = 0.2
"""Seconds between two changes that are taken over: each of many in a row would cost a new set of settings."""
_LOOK = 60.0
"""Seconds until it is looked again without a notice, since one may be lost."""
_AGAIN = 5.0
"""Seconds until it is tried again to read what could not be."""


class Configuring:
    """Has the settings taken over by `use` whenever the file or the database says other than before.

    `tell` is given what is not in force as the database has it; without it another process tells. Used on one event
    loop.
    """

    def __init__(
        self,
        built: House,
        door: Door,
        use: Callable[[Snapshot], None],
        tell: Callable[[Iterable[Problem]], None] | None = None,
    ) -> None:
        self._store = built.store
        self._data = built.data
        self._door = door
        self._use = use
        self._tell = tell
        self.layers = built.layers
        self._news = asyncio.Event()
        self._tell_of(built.layers)

    def reread(self, written: Mapping[str, str]) -> None:
        """The file and the environment say this from now on."""
        self._take(Layers(written, self.layers.kept))
        # Who has settings read again may mean those of which a notice was lost, too.
        self._news.set()

    async def run(self) -> None:
        """Takes over what the database says, from each change of it on, until it is cancelled."""
        await looked_at(self._store.feed, (SETTING,), self._look, self._news)

    async def _look(self) -> float:
        """How many seconds later it is to be looked again."""
        try:
            kept = await self._door.through(setting_texts, self._store)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            return _AGAIN
        if kept == self.layers.kept:
            return _LOOK
        layers = Layers(self.layers.written, kept)
        try:
            self._take(layers)
        except Exception as bug:  # noqa: BLE001 - a setting that a part cannot live with must not end the server
            emit(Event.ORDERS_FAILED, known="settings of the database", exception=bug)
        self._tell_of(layers)
        await asyncio.sleep(_PAUSE)
        return _LOOK

    def _take(self, layers: Layers) -> None:
        self.layers = layers
        settings, _ = snapshot(layers.pairs)
        log_by(settings, self._data)
        observe_by(settings)
        self._use(settings)

    def _tell_of(self, layers: Layers) -> None:
        # It takes two more readings of all settings.
        if self._tell is not None:
            self._tell(_of_database(layers))


def _of_database(layers: Layers) -> list[Problem]:
    """What is not in force as it is written and is none of the file's alone, of which the supervisor tells."""
    if layers.pairs is layers.written:
        return []
    known = set(snapshot(layers.written)[1])
    return [one for one in snapshot(layers.pairs)[1] if one not in known]
