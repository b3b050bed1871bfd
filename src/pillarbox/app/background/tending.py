"""The hourly upkeep of the accounts in which something may have had its time (adr/0064)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from pillarbox.app.house import House
from pillarbox.datatypes import REGISTRY
from pillarbox.net import Door
from pillarbox.settings import catalogue
from pillarbox.store import NoAccount, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import all_are_tended, tend, tended_all, tidy

__all__ = ["TENDING", "is_its_hour", "tend_account", "tended"]

TENDING = (catalogue.JOURNAL_KEEP, catalogue.MAX_CHANGES_HISTORY)
"""The settings that it works by."""

_TEND_SECONDS = 3600.0
_HOURS = 24


async def tended(built: House, door: Door) -> None:
    """Tends each account that is not at rest, now and every hour, for as long as it is not cancelled.

    Each is swept at an hour of its own (`is_its_hour`); and now, for whatever ended the server before may have left
    things. Under settings by which they were not tended yet, all are: they rest until what they have has its time by
    others.
    """
    is_first = True
    while True:
        now = int(datetime.now(UTC).timestamp())
        accounts: list[int] = []
        are_all = False
        with _survived():
            await door.through(built.directory.clear, now)
        with _survived():
            are_all = not await door.through(all_are_tended, built.store, *_ages(built))
            accounts = await door.through(built.store.accounts if are_all else partial(built.store.untended, now))
        for account in accounts:
            tend_it = tend_account if is_first or is_its_hour(account, now) else _tidy
            with _survived():
                await door.through(tend_it, built, account, now)
        is_first = False
        if are_all:
            with _survived():
                await door.through(tended_all, built.store, *_ages(built))
        await asyncio.sleep(_TEND_SECONDS)


def tend_account(built: House, account: int, now: int) -> None:
    """Tends one account as the settings say. Raises store.StoreError."""
    tend(built.store, REGISTRY, account, now, *_ages(built))


def is_its_hour(account: int, now: int) -> bool:
    """Whether an account is swept in this hour, if it is tended: another one each day, or who is tended once a day,
    and always at the same hour, might never be.
    """
    return (now // 3600 + now // 86_400 + account) % _HOURS == 0


def _tidy(built: House, account: int, now: int) -> None:
    tidy(built.store, account, now, *_ages(built))


def _ages(built: House) -> tuple[int | None, int]:
    """How old changes and the journal may be, in seconds."""
    history = built.settings[catalogue.MAX_CHANGES_HISTORY]
    keep = built.settings[catalogue.JOURNAL_KEEP]
    # What was written down before it was switched off goes too.
    return None if history is None else int(history.seconds), 0 if keep is None else int(keep.seconds)


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
