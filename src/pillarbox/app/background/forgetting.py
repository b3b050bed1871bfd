"""Old files of the log are removed: on each server by itself, whichever does the upkeep of the accounts."""

import asyncio
import time

from pillarbox.app.house import House
from pillarbox.net import Door
from pillarbox.settings import catalogue
from pillarbox.telemetry import Event, emit
from pillarbox.telemetry.book import LOGS, forget_days

__all__ = ["FORGETTING", "forgotten"]

FORGETTING = (catalogue.LOG_KEEP,)
"""The settings that it works by."""

_HOUR = 3600.0


async def forgotten(built: House, door: Door) -> None:
    """Removes what is older than it is to be, now and every hour, for as long as it is not cancelled."""
    keep = built.settings[catalogue.LOG_KEEP]
    while True:
        try:
            # What was written before files were switched off goes with the first look.
            await door.through(forget_days, built.data / LOGS, 0.0 if keep is None else keep.seconds, time.time())
        except OSError as problem:
            emit(Event.LOG_STUCK, known=str(problem))
        await asyncio.sleep(_HOUR)
