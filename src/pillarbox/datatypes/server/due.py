"""Due: an account that has, or is about to have, work of one kind (ours; kept in account 0).

Who does such work begins with these accounts, and hears of more by the notices of account 0. One is written down before
what is to be done is, and forgotten long after the last was done: there may be one too many, never one too few.

Chores are work that somebody asks for once; such a one is forgotten when it was done.
"""

from datetime import datetime, timedelta

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import AllOf, Document, Equal, Select, Store, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date, utc_datetime

__all__ = [
    "DUE",
    "PUSH",
    "QUEUE",
    "REINDEX",
    "TEND",
    "Due",
    "chores",
    "due",
    "expect",
    "finish_chore",
    "give_chore",
    "settle",
]

PUSH = "push"
"""The account has push subscriptions."""
QUEUE = "queue"
"""The account has messages on their way out."""
TEND = "tend"
"""A chore: what has had its time is to be dropped from the account; from all there are, for account 0."""
REINDEX = "reindex"
"""A chore: indexes and full text of the account are to be made anew; of all there are, for account 0."""
_CHORES = (TEND, REINDEX)

_RENEWED = timedelta(minutes=10)
_FORGOTTEN = timedelta(hours=1)
"""Much longer than a call takes from `expect` to its commit, so that what it is about to make is not forgotten."""


class Due(Record):
    """An account, by its number, a kind of work, and when it was last said that there is some."""

    account: Property[UnsignedInt] = prop(immutable=True)
    work: Property[str] = prop(immutable=True)
    since: Property[UTCDate] = prop()


DUE = DataType(
    record=Due,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="w",
    methods=(),
    filters=(equal("account", Due.account, sorted=True), equal("work", Due.work)),
)


def expect(store: Store, account: int, work: str, now: datetime) -> None:
    """The account is about to have work of this kind. Raises store.StoreError."""
    with store.read(0) as unit:
        known = _found(unit, account, work)
    if known is not None and now - utc_datetime(known.since) < _RENEWED:
        return
    with store.write(0) as server:
        known = _found(server, account, work)
        document: Document = {"account": account, "work": work, "since": utc_date(now)}
        if known is None:
            server.insert(DUE.table, server.fresh(), document)
        else:
            server.update(DUE.table, known.number, known.document, document)


def settle(store: Store, account: int, work: str, now: datetime) -> bool:
    """Whether the account, which has no such work, is forgotten: not if it may be about to have some.

    Raises store.StoreError.
    """
    # Asked each time that an account has nothing more to do, and seldom is it to be forgotten: then nobody waits.
    with store.read(0) as unit:
        if _is_fresh(_found(unit, account, work), now):
            return False
    with store.write(0) as server:
        known = _found(server, account, work)
        if _is_fresh(known, now):
            return False
        if known is not None:
            server.delete(DUE.table, known.number, known.document)
    return True


def due(store: Store, work: str) -> list[int]:
    """The numbers of all accounts that have such work. Raises store.StoreError."""
    with store.read(0) as server:
        return [one.account for one in selected(server, DUE, Select(_is(work)))]


def give_chore(store: Store, account: int, work: str, now: datetime) -> None:
    """The chore is to be done, once, whenever somebody comes to it. Raises store.StoreError."""
    with store.write(0) as server:
        known = _found(server, account, work)
        document: Document = {"account": account, "work": work, "since": utc_date(now)}
        if known is None:
            server.insert(DUE.table, server.fresh(), document)
        else:
            server.update(DUE.table, known.number, known.document, document)


def chores(store: Store) -> list[Due]:
    """What is to be done, or being done now, what was asked for first in front. Raises store.StoreError."""
    with store.read(0) as server:
        found = [one for work in _CHORES for one in selected(server, DUE, Select(_is(work)))]
    return sorted(found, key=lambda one: (one.since, one.number))


def finish_chore(store: Store, done: Due) -> None:
    """It was done as it was asked for; who asked again since then is not forgotten. Raises store.StoreError."""
    with store.write(0) as server:
        known = _found(server, done.account, done.work)
        if known is not None and known.document == done.document:
            server.delete(DUE.table, known.number, known.document)


def _is_fresh(known: Due | None, now: datetime) -> bool:
    return known is not None and now - utc_datetime(known.since) < _FORGOTTEN


def _is(work: str) -> Equal:
    return Equal("work", unicode_casemap(work))


def _found(unit: Unit, account: int, work: str) -> Due | None:
    wanted = Select(AllOf((Equal("account", account), _is(work))))
    return next(iter(selected(unit, DUE, wanted)), None)
