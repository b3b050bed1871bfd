"""Watched: an account that has, or is about to have, push subscriptions (ours; kept in account 0).

Who sends pushes begins with these accounts, and hears of more by the notices of account 0. One is written down before
the subscription is made, and forgotten long after the last was gone: there may be one too many, never one too few.
"""

from datetime import datetime, timedelta

import orjson

from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Store, Unit
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date, utc_datetime

__all__ = ["WATCHED", "Watched", "accounts", "unwatch", "watch"]

_RENEWED = timedelta(minutes=10)
_FORGOTTEN = timedelta(hours=1)
"""Much longer than a call takes from `watch` to its commit, so that what it is about to make is not forgotten."""


class Watched(Record):
    """An account, by its number, and when it was last said that it has subscriptions."""

    account: Property[UnsignedInt] = prop(immutable=True)
    since: Property[UTCDate] = prop()


WATCHED = DataType(
    record=Watched,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    letter="w",
    methods=(),
    filters=(equal("account", Watched.account, sorted=True),),
)


def watch(store: Store, account: int, now: datetime) -> None:
    """The account is about to have a subscription. Raises store.StoreError."""
    with store.read(0) as unit:
        known = _found(unit, account)
    if known is not None and now - utc_datetime(known.since) < _RENEWED:
        return
    with store.write(0) as server:
        known = _found(server, account)
        document: Document = {"account": account, "since": utc_date(now)}
        if known is None:
            server.insert(WATCHED.table, server.fresh(), document)
        else:
            server.update(WATCHED.table, known.number, known.document, document)


def unwatch(store: Store, account: int, now: datetime) -> bool:
    """Whether the account, which has no subscription, is forgotten: not if it may be about to have one.

    Raises store.StoreError.
    """
    with store.write(0) as server:
        known = _found(server, account)
        if known is not None and now - utc_datetime(known.since) < _FORGOTTEN:
            return False
        if known is not None:
            server.delete(WATCHED.table, known.number, known.document)
    return True


def accounts(store: Store) -> list[int]:
    """The numbers of all of them. Raises store.StoreError."""
    with store.read(0) as server:
        numbers = server.numbers(WATCHED.table, 2**31)
        return [orjson.loads(stored.document)["account"] for stored in server.get(WATCHED.table, numbers)]


def _found(unit: Unit, account: int) -> Watched | None:
    for stored in unit.get(WATCHED.table, unit.page(WATCHED.table, Select(Equal("account", account)), 0, 1)):
        return Watched(stored.number, orjson.loads(stored.document))
    return None
