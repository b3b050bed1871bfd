"""Pause: a kind of work that nobody begins until an administrator says so (ours; kept in account 0).

A type of its own, so that whoever does the work hears of it at once, wherever it was said, and knows after a restart.
"""

from datetime import datetime

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Store, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UTCDate, utc_date

__all__ = ["PAUSE", "Pause", "is_paused", "pause", "paused_since", "resume"]


class Pause(Record):
    """A kind of work, as `queue`, and since when it is not begun."""

    work: Property[str] = prop(immutable=True)
    since: Property[UTCDate] = prop(immutable=True)


PAUSE = DataType(
    record=Pause,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="pa",
    methods=(),
    filters=(equal("work", Pause.work),),
)


def is_paused(store: Store, work: str) -> bool:
    """Whether work of this kind is not begun. Raises store.StoreError."""
    with store.read(0) as server:
        return _found(server, work) is not None


def paused_since(store: Store, work: str) -> UTCDate | None:
    """Since when work of this kind is not begun; None if it is. Raises store.StoreError."""
    with store.read(0) as server:
        found = _found(server, work)
    return None if found is None else found.since


def pause(store: Store, work: str, now: datetime) -> bool:
    """Work of this kind is not begun any more; whether it was until now. Raises store.StoreError."""
    with store.write(0) as server:
        if _found(server, work) is not None:
            return False
        document: Document = {"work": work, "since": utc_date(now)}
        server.insert(PAUSE.table, server.fresh(), document)
    return True


def resume(store: Store, work: str) -> bool:
    """Work of this kind is begun again; whether it was all along. Raises store.StoreError."""
    with store.write(0) as server:
        known = _found(server, work)
        if known is None:
            return True
        server.delete(PAUSE.table, known.number, known.document)
    return False


def _found(server: Unit, work: str) -> Pause | None:
    return next(iter(selected(server, PAUSE, Select(Equal("work", unicode_casemap(work))))), None)
