"""What /get and /set are asked for, and what became of it (RFC 8620 sections 5.1 and 5.3)."""

from collections.abc import Sequence
from typing import Any

from pillarbox.objects import ID, STRING, Call, MethodError, SetAsked, SetError, list_of, nullable
from pillarbox.wire.values import JSON

__all__ = ["Outcome", "asked_for"]


class Outcome:
    """What a /set asks for, and what became of it. Raises MethodError."""

    def __init__(self, call: Call[Any]) -> None:
        self.asked = SetAsked.taken(call)
        self._call = call
        self.updated: dict[str, JSON] = {}
        self.destroyed: list[JSON] = []
        self._refused: dict[str, dict[str, JSON]] = {"notCreated": {}, "notUpdated": {}, "notDestroyed": {}}

    def refuse(self, of: str, key: str, error: SetError) -> None:
        self._refused[of][key] = error.wire()

    def wire(self) -> dict[str, JSON]:
        # The unit that the call has shows what was before.
        with self._call.context.store.read(0) as unit:
            call = self._call
            now: Call[Any] = Call(call.context, call.kind, call.grant, call.account_id, unit, call.arguments)
            after = now.state()
        refused: dict[str, JSON] = {of: each or None for of, each in self._refused.items()}
        return {
            "accountId": self._call.account_id,
            "oldState": self.asked.state,
            "newState": after,
            "created": None,
            "updated": self.updated or None,
            "destroyed": self.destroyed or None,
            **refused,
        }


def asked_for(call: Call[Any], known: Sequence[str]) -> tuple[list[Any] | None, list[str]]:
    """The ids and properties that a /get asks for. Raises MethodError."""
    ids = call.arguments.take("ids", nullable(list_of(ID)), None)
    names = call.arguments.take("properties", nullable(list_of(STRING)), None)
    for name in names or ():
        if name not in known and name != "id":
            raise MethodError("invalidArguments", f"{call.kind.name} has no property {name[:64]!r}")
    return ids, [*known] if names is None else [name for name in dict.fromkeys(names) if name != "id"]
