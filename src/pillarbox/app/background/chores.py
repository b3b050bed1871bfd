"""Upkeep that an administrator asks for: done one chore after the other, each until it was done once."""

import asyncio
from datetime import UTC, datetime

from pillarbox.app.background.tending import TENDING, tend_account
from pillarbox.app.house import House
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.server import DUE, REINDEX, Due, chores, finish_chore, looked_at
from pillarbox.net import Door
from pillarbox.store import NoAccount, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import reindex

__all__ = ["CHORES", "chores_done"]

CHORES = TENDING
"""The settings that it works by."""

_LOOK = 3600.0
"""Seconds until it is looked again without a notice."""
_AGAIN = 60.0
"""Seconds until what the store could not do is tried again."""


async def chores_done(built: House, door: Door) -> None:
    """Does what is asked for, for as long as it is not cancelled. What is interrupted is done again from its start."""

    async def look() -> float:
        try:
            for one in await door.through(chores, built.store):
                for account in await door.through(_accounts, built, one):
                    await door.through(_do, built, one, account)
                await door.through(finish_chore, built.store, one)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            return _AGAIN
        return _LOOK

    await looked_at(built.store.feed, (DUE,), look, asyncio.Event())


def _accounts(built: House, one: Due) -> list[int]:
    return built.store.accounts() if one.account == 0 else [one.account]


def _do(built: House, one: Due, account: int) -> None:
    """Raises store.StoreError."""
    try:
        if one.work == REINDEX:
            reindex(built.store, REGISTRY, account)
        else:
            tend_account(built, account, int(datetime.now(UTC).timestamp()))
    except NoAccount:
        # Removed meanwhile.
        return
    except StoreError:
        raise
    except Exception as bug:  # noqa: BLE001 - the face: what meets a bug would meet it again
        emit(Event.STORE_FAILED, known=f"a bug ended the chore {one.work} of account {account}", exception=bug)
