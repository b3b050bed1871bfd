"""What has had its time is dropped: uploads that nothing holds, keys of deliveries, the log's oldest part.

So are submissions of messages that were sent long ago, and what the journal says of such.
"""

from datetime import UTC, datetime

from pillarbox.datatypes.journal import forget_journal
from pillarbox.datatypes.mail import forget_submissions
from pillarbox.objects import Registry
from pillarbox.store import Store, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep.holding import lost

__all__ = ["tend"]

_AT_ONCE = 1000
"""Entries that are dropped in one unit: others write to the account as well."""


def tend(
    store: Store, registry: Registry, account: int, now: int, history: int | None, journal: int | None = None
) -> None:
    """Tends one account; `history` is the age in seconds up to which changes are remembered, None for ever;
    `journal` that of the entries of its journal, None to leave them alone.

    Octets of no blob stay where blobs are gone that objects refer to: they may be theirs, and the log says so.

    Raises store.StoreError.
    """
    with store.write(account) as unit:
        forget_submissions(unit, datetime.fromtimestamp(now, UTC))
        unit.collect(now)
        if history is not None:
            unit.trim_log(now, history)

    if journal is not None:
        until = datetime.fromtimestamp(now - journal, UTC)
        while _forget(store, account, until) == _AT_ONCE:
            continue

    def needs(unit: Unit) -> bool:
        is_needed = lost(unit, registry)
        if is_needed:
            emit(Event.BLOBS_LOST, account=account)
        return is_needed

    store.sweep(account, needs)


def _forget(store: Store, account: int, until: datetime) -> int:
    with store.write(account) as unit:
        return forget_journal(unit, until, _AT_ONCE)
