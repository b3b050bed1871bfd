"""/changes: what became of a type's objects since a state (RFC 8620 section 5.2)."""

from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import STRING, UNSIGNED, nullable
from pillarbox.wire.values import JSON, state_text

__all__ = ["CHANGES", "changes", "positive"]


def changes(call: Call[Any]) -> dict[str, JSON]:
    """Ids created, updated and destroyed since a state, no more than asked for, and the state to go on from.

    Raises MethodError cannotCalculateChanges for a state of another epoch, of the future, or too old.
    """
    since_state = call.arguments.take("sinceState", STRING)
    most = positive(call.arguments.take("maxChanges", nullable(UNSIGNED), None), "maxChanges")
    call.take_extra("changes")
    cap = call.context.limits.changes
    page = call.unit.changes(call.kind.table, call.since(since_state), min(most or cap, cap))
    answer: dict[str, JSON] = {
        "accountId": call.account_id,
        "oldState": since_state,
        "newState": state_text(call.unit.epoch, page.until),
        "hasMoreChanges": page.more,
        "created": [call.kind.id(number) for number in page.created],
        "updated": [call.kind.id(number) for number in page.updated],
        "destroyed": [call.kind.id(number) for number in page.destroyed],
    }
    volatile = [name for name, prop in call.kind.properties.items() if prop.volatile]
    if volatile:
        # RFC 8621 section 2.2 has this for Mailbox; any type with volatile properties gets it.
        answer["updatedProperties"] = None if page.essential or not page.updated else volatile
    return answer


def positive(value: int | None, name: str) -> int | None:
    """The value, if it is null or more than 0 (section 5.2). Raises MethodError invalidArguments."""
    if value is not None and value < 1:
        raise MethodError("invalidArguments", f"{name} must be positive")
    return value


CHANGES = Method("changes", changes, writes=False)
