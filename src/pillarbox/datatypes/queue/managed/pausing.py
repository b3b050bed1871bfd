"""Queue: whether anything is tried, as an administrator wants it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pillarbox.datatypes.queue.managed.answering import answer, asked_for
from pillarbox.datatypes.server import QUEUE as WORK
from pillarbox.datatypes.server import pause, paused_since, resume
from pillarbox.objects import (
    OVERSEEN,
    SINGLETON,
    Call,
    DataType,
    MethodError,
    Outcome,
    Property,
    Record,
    SetAsked,
    SetError,
    invalid,
    prop,
)
from pillarbox.wire.values import JSON, UTCDate

__all__ = ["QUEUE", "Pausing"]


class Queue(Record):
    """Whether anything is tried, and since when nothing is."""

    is_paused: Property[bool] = prop(default=False)
    since: Property[UTCDate | None] = prop(default=None, server_set=True)


QUEUE = DataType(
    record=Queue,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="qu",
    methods=OVERSEEN,
    is_singleton=True,
    follows="Pause",
)


@dataclass(frozen=True)
class Pausing:
    """`objects.Managing` for Queue."""

    def get(self, call: Call[Any]) -> Mapping[str, JSON]:
        ids, names = asked_for(call, ("isPaused", "since"))
        call.take_extra("get")
        since = paused_since(call.context.store, WORK)
        told: dict[str, JSON] = {"isPaused": since is not None, "since": since}
        missing: list[JSON] = [one for one in ids or () if one != SINGLETON]
        has_it = ids is None or SINGLETON in ids
        return {
            "accountId": call.account_id,
            "state": call.state(),
            "list": [{"id": SINGLETON, **{name: told[name] for name in names}}] if has_it else [],
            "notFound": missing,
        }

    def query(self, _: Call[Any]) -> Mapping[str, JSON]:
        raise MethodError("unknownMethod")

    def prepared(self, _: Call[Any]) -> object:
        return None

    def set(self, call: Call[Any]) -> Mapping[str, JSON]:
        asked, outcome = SetAsked.taken(call), Outcome()
        for key in asked.create:
            outcome.not_created[key] = SetError("singleton", (), "there is one already, and only one")
        for id_, patch in asked.update.items():
            wrong = [name for name in patch if name != "isPaused"]
            if id_ != SINGLETON:
                outcome.not_updated[id_] = SetError("notFound")
            elif wrong or not isinstance(patch.get("isPaused", False), bool):
                outcome.not_updated[id_] = invalid((wrong or ["isPaused"])[0][:64], "only isPaused can be set")
            else:
                if patch.get("isPaused") is True:
                    pause(call.context.store, WORK, call.context.now)
                elif "isPaused" in patch:
                    resume(call.context.store, WORK)
                outcome.updated[id_] = None
        for id_ in asked.destroy:
            error = SetError("singleton", (), "there is always one") if id_ == SINGLETON else SetError("notFound")
            outcome.not_destroyed[id_] = error
        return answer(call, asked, outcome)
