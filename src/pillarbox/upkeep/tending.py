"""What has had its time is dropped: uploads that nothing holds, keys of deliveries, the log's oldest part.

So are submissions of messages that were sent long ago, and what the journal says of such.
"""

from datetime import UTC, datetime, timedelta

from pillarbox.datatypes.journal import forget_journal, oldest_entry
from pillarbox.datatypes.mail import forget_submissions, submissions_until
from pillarbox.objects import Registry
from pillarbox.store import Store, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep.holding import lost

__all__ = ["all_are_tended", "sweep", "tend", "tended_all", "tidy"]

_AT_ONCE = 1000
"""Entries that are dropped in one unit: others write to the account as well."""
_BY = b"tended by "
_FOR_EVER = 2**53


def tend(
    store: Store, registry: Registry, account: int, now: int, history: int | None, journal: int | None = None
) -> None:
    """Tends one account, and sweeps it; `history` is the age in seconds up to which changes are remembered, None for
    ever; `journal` that of the entries of its journal, None to leave them alone. Raises store.StoreError.
    """
    tidy(store, account, now, history, journal)
    sweep(store, registry, account)


def tidy(store: Store, account: int, now: int, history: int | None, journal: int | None = None) -> None:
    """The same without the sweep, which looks at all octets of the account. Raises store.StoreError."""
    if journal is not None:
        until = datetime.fromtimestamp(now - journal, UTC)
        while _forget(store, account, until) == _AT_ONCE:
            continue
    with store.write(account) as unit:
        forget_submissions(unit, datetime.fromtimestamp(now, UTC))
        unit.collect(now)
        if history is not None:
            unit.trim_log(now, history)
        unit.rest(now, _next(unit, journal), history)


def all_are_tended(store: Store, history: int | None, journal: int) -> bool:
    """Whether those at rest are so by these ages: by longer ones it may be too long. Raises store.StoreError."""
    with store.read(0) as server:
        return server.seen(_by(history, journal), 1)


def tended_all(store: Store, history: int | None, journal: int) -> None:
    """From now on all are at rest by these ages, and by no others. Raises store.StoreError."""
    now = _by(history, journal)
    with store.write(0) as server:
        for key, _ in server.remembered(_BY, _AT_ONCE):
            if key.startswith(_BY):
                # As one whose time was over long ago.
                server.once(key, 0, _FOR_EVER + 1)
        server.once(now, _FOR_EVER, 0)


def sweep(store: Store, registry: Registry, account: int) -> None:
    """Deletes octets of no blob, as uploads and units leave them that were cut short.

    They stay where blobs are gone that objects refer to: they may be theirs, and the log says so. Raises
    store.StoreError.
    """

    def needs(unit: Unit) -> bool:
        is_needed = lost(unit, registry)
        if is_needed:
            emit(Event.BLOBS_LOST, account=account)
        return is_needed

    store.sweep(account, needs)


def _by(history: int | None, journal: int) -> bytes:
    """The key by which account 0 knows that."""
    return _BY + f"{history} {journal}".encode()


def _next(unit: Unit, journal: int | None) -> int | None:
    """When something of the account has its time that the store does not know of; None for never."""
    times = []
    if (until := submissions_until(unit)) is not None:
        times.append(until)
    if journal is not None and (begun := oldest_entry(unit)) is not None:
        times.append(begun + timedelta(seconds=journal))
    return int(min(times).timestamp()) + 1 if times else None


def _forget(store: Store, account: int, until: datetime) -> int:
    with store.write(account) as unit:
        return forget_journal(unit, until, _AT_ONCE)
