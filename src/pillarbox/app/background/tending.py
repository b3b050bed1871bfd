"""The hourly upkeep of every account."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pillarbox.app.house import House
from pillarbox.datatypes import REGISTRY
from pillarbox.http import Door
from pillarbox.settings import catalogue
from pillarbox.store import NoAccount, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import tend

__all__ = ["TENDING", "tend_account", "tended"]

TENDING = (catalogue.JOURNAL_KEEP, catalogue.MAX_CHANGES_HISTORY)
"""The settings that it works by."""

_TEND_SECONDS = 3600.0


async def tended(built: House, door: Door) -> None:
    """Tends each account, now and every hour, for as long as it is not cancelled."""
    while True:
        now = int(datetime.now(UTC).timestamp())
        accounts: list[int] = []
        with _survived():
            await door.through(built.directory.clear, now)
        with _survived():
            accounts = await door.through(built.store.accounts)
        for account in accounts:
            with _survived():
                await door.through(tend_account, built, account, now)
        await asyncio.sleep(_TEND_SECONDS)


def tend_account(built: House, account: int, now: int) -> None:
    """Tends one account as the settings say. Raises store.StoreError."""
    history = built.settings[catalogue.MAX_CHANGES_HISTORY]
    keep = built.settings[catalogue.JOURNAL_KEEP]
    # What was written down before it was switched off goes too.
    journal = 0 if keep is None else int(keep.seconds)
    tend(built.store, REGISTRY, account, now, None if history is None else int(history.seconds), journal)


@contextmanager
def _survived() -> Iterator[None]:
    """A part of the upkeep: what goes wrong with it is told, and ends neither the rest nor the server."""
    try:
        yield
    except NoAccount:
        # Removed meanwhile.
        return
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
    except Exception as bug:  # noqa: BLE001 - mail is served without upkeep
        emit(Event.STORE_FAILED, known="a bug ended the upkeep", exception=bug)
