"""What a /get is asked for, and what is answered to a /set (RFC 8620 sections 5.1 and 5.3)."""

from collections.abc import Sequence
from typing import Any

from pillarbox.objects import ID, STRING, Call, MethodError, Outcome, SetAsked, list_of, nullable
from pillarbox.wire.values import JSON

__all__ = ["answer", "asked_for"]


def answer(call: Call[Any], asked: SetAsked, outcome: Outcome) -> dict[str, JSON]:
    """The response to a /set of which something was done in units other than the call's, which shows what was before.

    Raises store.StoreError.
    """
    with call.context.store.read(0) as unit:
        now: Call[Any] = Call(call.context, call.kind, call.grant, call.account_id, unit, call.arguments)
        after = now.state()
    return {"accountId": call.account_id, "oldState": asked.state, "newState": after, **outcome.wire()}


def asked_for(call: Call[Any], known: Sequence[str]) -> tuple[list[Any] | None, list[str]]:
    """The ids and properties that a /get asks for. Raises MethodError."""
    ids = call.arguments.take("ids", nullable(list_of(ID)), None)
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    for name in names or ():
        if name not in known and name != "id":
            raise MethodError("invalidArguments", f"{call.kind.name} has no property {name[:64]!r}")
    return ids, [*known] if names is None else [name for name in dict.fromkeys(names) if name != "id"]
