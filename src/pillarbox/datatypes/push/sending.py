"""What a sender of pushes reads and writes: subscriptions of one account, and how far each was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, cast

import orjson

from pillarbox.datatypes.push.life import is_over, standing
from pillarbox.datatypes.push.subscription import PUSH_SUBSCRIPTION, PushSubscription
from pillarbox.store import Document, NoAccount, Store, Writing
from pillarbox.wire.values import Id, State, utc_datetime
from pillarbox.wire.webpush import Recipient, recipient

__all__ = ["Subscribed", "destroy", "note", "note_asked", "subscribed"]

States: TypeAlias = Mapping[Id, Mapping[str, State]]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as its sender needs it; what is secret is not shown.

    `code` is what is to be pushed, None once that was tried. `told` are the states that its URL knows.
    """

    number: int
    id: Id
    url: str = field(repr=False)
    recipient: Recipient | None = field(repr=False)
    is_verified: bool
    code: str | None = field(repr=False)
    ends: datetime
    types: frozenset[str] | None
    told: States


def subscribed(store: Store, account: int, now: datetime) -> list[Subscribed]:
    """An account's subscriptions, of which those that are over are destroyed; none if the account is gone.

    Raises store.StoreError.
    """
    try:
        with store.read(0) as server, store.read(account) as unit:
            under = standing(server, account)
            numbers = unit.numbers(PUSH_SUBSCRIPTION.table, 2**31)
            found = {one.number: orjson.loads(one.document) for one in unit.get(PUSH_SUBSCRIPTION.table, numbers)}
        if any(is_over(document, now, under) for document in found.values()):
            with store.write(account) as unit:
                for number, document in found.items():
                    if is_over(document, now, under):
                        _delete(unit, number)
    except NoAccount:
        return []
    kept = {number: document for number, document in found.items() if not is_over(document, now, under)}
    return [_subscribed(PushSubscription(number, document)) for number, document in kept.items()]


def destroy(store: Store, account: int, number: int) -> None:
    """The subscription is gone, if it was there. Raises store.StoreError."""
    try:
        with store.write(account) as unit:
            _delete(unit, number)
    except NoAccount:
        return


def note_asked(store: Store, account: int, number: int) -> bool:
    """Whether the code may be pushed: once, so this is written down before. Raises store.StoreError."""
    return _amended(store, account, number, {"codeSent": True}, {"codeSent": False})


def note(store: Store, account: int, number: int, told: States) -> None:
    """These states were told; nobody is told of this. Raises store.StoreError."""
    _amended(store, account, number, {"told": {id_: dict(states) for id_, states in told.items()}}, {})


def _amended(store: Store, account: int, number: int, news: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the subscription was there, with what is wanted of it, and has the news now."""
    try:
        with store.write(account) as unit:
            for stored in unit.get(PUSH_SUBSCRIPTION.table, (number,)):
                document = orjson.loads(stored.document)
                if all(document[name] == value for name, value in wanted.items()):
                    unit.amend(PUSH_SUBSCRIPTION.table, number, document, {**document, **news})
                    return True
    except NoAccount:
        pass
    return False


def _delete(unit: Writing, number: int) -> None:
    for stored in unit.get(PUSH_SUBSCRIPTION.table, (number,)):
        document: Document = orjson.loads(stored.document)
        unit.delete(PUSH_SUBSCRIPTION.table, number, document)


def _subscribed(one: PushSubscription) -> Subscribed:
    is_verified = one.verification_code is not None
    # Both are there since it was made.
    ends = [utc_datetime(date) for date in (one.expires, None if is_verified else one.code_expires) if date is not None]
    return Subscribed(
        one.number,
        PUSH_SUBSCRIPTION.id(one.number),
        one.url,
        recipient(one.keys) if one.keys is not None else None,
        is_verified,
        None if is_verified or one.code_sent else one.code,
        min(ends),
        None if one.types is None else frozenset(one.types),
        # As `note` and `subscription.settle` wrote it.
        cast("States", one.told),
    )
