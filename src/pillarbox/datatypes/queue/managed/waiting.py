"""QueuedMessage in the server's own account stands for those of all accounts.

An id is that of the account, a hyphen, and that of the message. The state moves on, no more often than once a second,
while anything in the queue changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from pillarbox.datatypes.queue.managed.answering import answer, asked_for
from pillarbox.datatypes.queue.managing import FARTHEST, Clerk, cancel_message, postpone_message
from pillarbox.datatypes.queue.overview import Key, Wanted, found, id_of, key_of, read_each, show_change
from pillarbox.datatypes.queue.sending import Addressee, Queued
from pillarbox.objects import (
    ANYTHING,
    STRING,
    UTC_DATE,
    Call,
    Kind,
    MethodError,
    Outcome,
    SetAsked,
    SetError,
    Window,
    invalid,
    permit,
)
from pillarbox.store import Unit
from pillarbox.wire.values import JSON, Id, UTCDate, utc_date, utc_datetime

__all__ = ["Waiting"]

_PROPERTIES = ("sender", "recipients", "created", "release", "expires", "nextAttempt", "size")
_CONDITIONS: Mapping[str, Kind[Any]] = {
    "text": STRING,
    "from": STRING,
    "to": STRING,
    "before": UTC_DATE,
    "after": UTC_DATE,
}


@dataclass(frozen=True)
class Waiting:
    """`objects.Managing` for QueuedMessage; `clerk` is who writes down what becomes of messages."""

    clerk: Callable[[], Clerk]

    def get(self, call: Call[Any]) -> Mapping[str, JSON]:
        call.context.takes_long()
        ids, names = asked_for(call, _PROPERTIES)
        call.take_extra("get")
        most = call.context.limits.objects_in_get
        if ids is None:
            keys = found(call.context.store, Wanted(), most + 1)
        else:
            keys = sorted({key for key in map(_key, ids) if key is not None})
        if len(keys) > most or len(ids or ()) > most:
            raise MethodError("requestTooLarge", f"no more than {most} objects can be asked for at once")
        told = {cast("str", one["id"]): one for one in read_each(call.context.store, keys, None, partial(_told, call))}
        return {
            "accountId": call.account_id,
            "state": call.state(),
            "list": [{name: one[name] for name in ("id", *names)} for one in told.values()],
            "notFound": [one for one in dict.fromkeys(ids or ()) if one not in told],
        }

    def query(self, call: Call[Any]) -> Mapping[str, JSON]:
        call.context.takes_long()
        take = call.arguments.take
        wanted = _wanted(take("filter", ANYTHING, None))
        if take("sort", ANYTHING, None) not in (None, []):
            raise MethodError("unsupportedSort", "they are in order of account and age")
        window = Window.taken(call)
        call.take_extra("query")
        return window.answer(call, [_id(key) for key in found(call.context.store, wanted)])

    def prepared(self, _: Call[Any]) -> object:
        return None

    def set(self, call: Call[Any]) -> Mapping[str, JSON]:
        """Each is tried at another time or given up in a unit of its own account: there is none for all."""
        asked, outcome = SetAsked.taken(call), Outcome()
        store, clerk = call.context.store, self.clerk()
        if asked.destroy:
            permit(call.context.actor, "message-queue-delete")
        for key in asked.create:
            outcome.not_created[key] = SetError("forbidden", (), "messages are queued by who sends them")
        for id_, patch in asked.update.items():
            at = _moment(call, patch)
            if isinstance(at, SetError):
                outcome.not_updated[id_] = at
                continue
            message = _key(id_)
            done = None if message is None else postpone_message(store, clerk, message, at, None)
            if done is None:
                outcome.not_updated[id_] = SetError("notFound")
            elif not done:
                outcome.not_updated[id_] = invalid("nextAttempt", "nobody waits for it any more")
            else:
                outcome.updated[id_] = None
        for id_ in dict.fromkeys(asked.destroy):
            message = _key(id_)
            if message is None or not cancel_message(store, clerk, message, None):
                outcome.not_destroyed[id_] = SetError("notFound")
            else:
                outcome.destroyed.append(id_)
        if outcome.updated or outcome.destroyed:
            show_change(store)
        return answer(call, asked, outcome)


def _id(key: Key) -> Id:
    return Id(id_of(key).replace(".", "-"))


def _key(id_: str) -> Key | None:
    account, hyphen, message = id_.partition("-")
    return key_of(f"{account}.{message}") if hyphen else None


def _told(call: Call[Any], unit: Unit, message: Queued) -> dict[str, JSON]:
    blob = unit.blob(message.blob)
    told: dict[str, JSON] = {
        "id": _id((unit.account, message.number)),
        "sender": message.sender,
        "recipients": [_recipient(one) for one in message.recipients],
        "created": utc_date(message.created),
        "release": utc_date(message.release),
        "expires": utc_date(message.expires),
        "nextAttempt": utc_date(message.next_attempt),
        "size": None if blob is None else blob.size,
    }
    call.context.tell(256 + 256 * len(message.recipients))
    return told


def _recipient(one: Addressee) -> JSON:
    return {
        "address": one.address,
        "status": one.status,
        "tries": one.tries,
        "nextAttempt": utc_date(one.next_attempt),
        "reply": one.reply,
    }


def _wanted(filter_: JSON) -> Wanted:
    if filter_ is None:
        return Wanted()
    if not isinstance(filter_, dict):
        raise MethodError("invalidArguments", "a filter is an object")
    for name, value in filter_.items():
        if name not in _CONDITIONS:
            raise MethodError("unsupportedFilter", f"{name[:64]} is none of {', '.join(_CONDITIONS)}")
        if not _CONDITIONS[name].holds(value):
            raise MethodError("invalidArguments", f"{name} must be {_CONDITIONS[name].name}")
    texts = cast("dict[str, str]", filter_)
    times = {name: utc_datetime(UTCDate(texts[name])) for name in ("before", "after") if name in texts}
    return Wanted(texts.get("text"), texts.get("from"), texts.get("to"), times.get("before"), times.get("after"))


def _moment(call: Call[Any], patch: Mapping[str, JSON]) -> datetime | SetError:
    """When the next attempt is to be, or what is wrong."""
    wrong = [name for name in patch if name != "nextAttempt"]
    value = patch.get("nextAttempt")
    if wrong or not UTC_DATE.holds(value):
        return invalid((wrong or ["nextAttempt"])[0][:64], "only nextAttempt can be set, to a time")
    at = utc_datetime(UTCDate(cast("str", value)))
    if at - call.context.now.astimezone(UTC) > FARTHEST:
        return invalid("nextAttempt", "no more than a year from now")
    return at
