"""What a sender reads and writes: an account's messages in the order in which they are to be tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from pillarbox.datatypes.queue.message import QUEUED_MESSAGE
from pillarbox.store import Document, Order, Select, Unit, Writing
from pillarbox.wire.values import utc_date, utc_datetime

__all__ = [
    "Addressee",
    "Queued",
    "finish",
    "how_many",
    "keep",
    "messages",
    "numbers_of",
    "postpone",
    "queued_message",
    "upcoming",
]

_SPARE = timedelta(seconds=10)
"""How long after the attempt that an administrator asked for a message is given up at the earliest."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """How far a message is with one recipient; the words are those of `QueuedMessage.recipients`."""

    address: str
    parameters: dict[str, str | None]
    status: str
    tries: int
    next_attempt: datetime
    reply: str | None
    is_noticed: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried."""
        return self.status not in ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class Queued:
    """A QueuedMessage as its sender needs it."""

    number: int
    submission: int | None
    blob: int
    sender: str
    parameters: dict[str, str | None]
    recipients: tuple[Addressee, ...]
    created: datetime
    release: datetime
    expires: datetime
    next_attempt: datetime
    is_released: bool
    is_hurried: bool
    prefix: str
    document: Document = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """Its id, as commands and the log show it."""
        return QUEUED_MESSAGE.id(self.number)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried for anybody."""
        return all(one.is_over for one in self.recipients)

    def moved(self, recipients: Sequence[Addressee]) -> "Queued":
        """The same with its recipients elsewhere; the next attempt follows from theirs."""
        waiting = [one.next_attempt for one in recipients if not one.is_over]
        return replace(self, recipients=tuple(recipients), next_attempt=min(waiting, default=self.next_attempt))


def upcoming(unit: Unit, limit: int) -> list[Queued]:
    """The messages that are to be tried first, in that order, no more than the limit."""
    numbers = unit.page(QUEUED_MESSAGE.table, Select(order=(Order("nextAttempt"),)), 0, limit)
    return [_queued(stored.number, stored.document) for stored in unit.get(QUEUED_MESSAGE.table, numbers)]


def numbers_of(unit: Unit, limit: int) -> list[int]:
    """The numbers of the account's messages, ascending, no more than the limit."""
    return unit.numbers(QUEUED_MESSAGE.table, limit)


def how_many(unit: Unit) -> int:
    """How many messages of the account are on their way."""
    return unit.count(QUEUED_MESSAGE.table, Select())


def messages(unit: Unit, numbers: Sequence[int]) -> list[Queued]:
    """Those of these messages that are still there."""
    return [_queued(stored.number, stored.document) for stored in unit.get(QUEUED_MESSAGE.table, numbers)]


def queued_message(unit: Unit, number: int) -> Queued | None:
    """A message, None once all is done."""
    return next(iter(messages(unit, (number,))), None)


def keep(unit: Writing, message: Queued) -> None:
    """Writes down how far a message is. Nobody is told: who sends it knows, and clients never see it."""
    unit.amend(QUEUED_MESSAGE.table, message.number, message.document, _document(message))


def postpone(
    unit: Writing, message: Queued, at: datetime, now: datetime, chosen: Callable[[Addressee], bool] = lambda _: True
) -> bool:
    """Those who are chosen and wait are next tried at a time, now if it is over; whether there are any.

    Nothing goes out before it is released. Who would be given up before that time is not until shortly after it.
    """
    begin = max(at, now) if message.is_released else max(at, message.release)
    if not any(one.status == "waiting" and chosen(one) for one in message.recipients):
        return False
    moved = message.moved(
        [
            replace(one, next_attempt=begin) if one.status == "waiting" and chosen(one) else one
            for one in message.recipients
        ]
    )
    expires = message.expires if begin <= message.expires else begin + _SPARE
    is_hurried = message.is_hurried or (message.is_released and at <= now)
    there = replace(moved, expires=expires, is_hurried=is_hurried)
    unit.update(QUEUED_MESSAGE.table, message.number, message.document, _document(there))
    return True


def finish(unit: Writing, message: Queued, now: datetime) -> None:
    """The message is gone from the queue; its blob may be collected unless somebody else holds it."""
    unit.delete(QUEUED_MESSAGE.table, message.number, message.document)
    unit.release(message.blob, int(now.timestamp()))


def _document(message: Queued) -> Document:
    return {
        **message.document,
        "recipients": [
            {
                "address": one.address,
                "parameters": dict(one.parameters),
                "status": one.status,
                "tries": one.tries,
                "nextAttempt": utc_date(one.next_attempt),
                "reply": one.reply,
                "isNoticed": one.is_noticed,
            }
            for one in message.recipients
        ],
        "expires": utc_date(message.expires),
        "nextAttempt": utc_date(message.next_attempt),
        "isReleased": message.is_released,
        "isHurried": message.is_hurried,
        "prefix": message.prefix,
    }


def _queued(number: int, kept: bytes) -> Queued:
    document: dict[str, Any] = orjson.loads(kept)
    return Queued(
        number,
        document["submission"],
        document["blob"],
        document["sender"],
        document["parameters"],
        tuple(_addressee(one) for one in document["recipients"]),
        utc_datetime(document["created"]),
        utc_datetime(document["release"]),
        utc_datetime(document["expires"]),
        utc_datetime(document["nextAttempt"]),
        document["isReleased"],
        document["isHurried"],
        document["prefix"],
        document,
    )


def _addressee(one: dict[str, Any]) -> Addressee:
    return Addressee(
        one["address"],
        one["parameters"],
        one["status"],
        one["tries"],
        utc_datetime(one["nextAttempt"]),
        one["reply"],
        one["isNoticed"],
    )
