"""What a /set is asked to do (RFC 8620 section 5.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import ID, OBJECT, STRING, list_of, map_of, nullable
from pillarbox.wire.values import JSON

__all__ = ["SetAsked"]


@dataclass(frozen=True, slots=True)
class SetAsked:
    """The objects to be made by creation id, to be changed and to be destroyed by id; `state` is what it was then."""

    create: Mapping[str, Mapping[str, JSON]]
    update: Mapping[str, Mapping[str, JSON]]
    destroy: Sequence[str]
    state: str

    @staticmethod
    def taken(call: Call[Any]) -> "SetAsked":
        """What a call asks for. Raises MethodError invalidArguments, requestTooLarge, stateMismatch."""
        take = call.arguments.take
        if_in_state = take("ifInState", nullable(STRING), None)
        # A creation id is an Id; what is created or patched is looked at object by object, so that one that is no
        # object at all refuses the call, as its type demands.
        create = take("create", nullable(map_of(ID, OBJECT)), None) or {}
        update = take("update", nullable(map_of(STRING, OBJECT)), None) or {}
        destroy = take("destroy", nullable(list_of(STRING)), None) or []
        call.take_extra("set")
        limit = call.context.limits.objects_in_set
        if len(create) + len(update) + len(destroy) > limit:
            raise MethodError("requestTooLarge", f"no more than {limit} objects can be set at once")
        state = call.state()
        if if_in_state is not None and if_in_state != state:
            raise MethodError("stateMismatch")
        return SetAsked(create, update, destroy, state)
