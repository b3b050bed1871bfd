"""How long entries are kept, and how many: they are no part of an account's quota."""

from datetime import datetime

import orjson

from pillarbox.datatypes.journal.entry import JOURNAL_ENTRY
from pillarbox.store import Below, Order, Select, Unit, Writing
from pillarbox.wire.values import utc_datetime

__all__ = ["MOST", "forget_journal", "make_room_in_journal", "oldest_entry"]

MOST = 10_000
"""Entries of an account. Of more, the oldest go."""
_SPARE = 100
_EPOCH = utc_datetime("1970-01-01T00:00:00Z")
_OLDEST = (Order("at"),)


def forget_journal(unit: Writing, before: datetime, most: int = 1000) -> int:
    """Drops what began before a moment, and what is too many, no more than so many at once; how many."""
    earlier = Below("at", int((before - _EPOCH).total_seconds() * 1000))
    dropped = _drop(unit, Select(earlier, _OLDEST), most)
    return dropped + _drop(unit, Select(order=_OLDEST), min(most - dropped, max(0, _count(unit) - MOST)))


def oldest_entry(unit: Unit) -> datetime | None:
    """When the oldest of them began."""
    numbers = unit.page(JOURNAL_ENTRY.table, Select(order=_OLDEST), 0, 1)
    for stored in list(unit.get(JOURNAL_ENTRY.table, numbers)):
        return utc_datetime(orjson.loads(stored.document)["at"])
    return None


def make_room_in_journal(unit: Writing) -> None:
    """For who writes entries of what nothing else bounds, as of mail that is refused."""
    if _count(unit) >= MOST:
        _drop(unit, Select(order=_OLDEST), _SPARE)


def _count(unit: Writing) -> int:
    return unit.count(JOURNAL_ENTRY.table, Select())


def _drop(unit: Writing, wanted: Select, most: int) -> int:
    numbers = unit.page(JOURNAL_ENTRY.table, wanted, 0, most) if most > 0 else []
    for stored in list(unit.get(JOURNAL_ENTRY.table, numbers)):
        unit.delete(JOURNAL_ENTRY.table, stored.number, orjson.loads(stored.document))
    return len(numbers)
