"""What /get and /set are asked for, and what became of it (RFC 8620 sections 5.1 and 5.3)."""

from collections.abc import Sequence
from typing import Any

from pillarbox.objects import ID, OBJECT, STRING, Call, MethodError, SetError, list_of, map_of, nullable
from pillarbox.wire.values import JSON

__all__ = ["Outcome", "asked_for"]


class Outcome:
    """What a /set asks for, and what became of it. Raises MethodError."""

    def __init__(self, call: Call[Any]) -> None:
        take = call.arguments.take
        if_in_state = take("ifInState", nullable(STRING), None)
        self.create = take("create", nullable(map_of(ID, OBJECT)), None) or {}
        self.update = take("update", nullable(map_of(STRING, OBJECT)), None) or {}
        self.destroy = take("destroy", nullable(list_of(STRING)), None) or []
        call.take_extra("set")
        limit = call.context.limits.objects_in_set
        if len(self.create) + len(self.update) + len(self.destroy) > limit:
            raise MethodError("requestTooLarge", f"no more than {limit} objects can be set at once")
        self._call = call
        self._before = call.state()
        if if_in_state is not None and if_in_state != self._before:
            raise MethodError("stateMismatch")
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
            "oldState": self._before,
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
