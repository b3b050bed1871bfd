"""The methods of types whose objects are more than their records, in the standard methods' shapes.

A principal has members, which are kept elsewhere; to make one is to make an account, or keys. A queue is in many
accounts. The types declare the methods of RFC 8620 as any other does; what they do is with the request
(`Context.managing`).
"""

from collections.abc import Mapping
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.changes import CHANGES
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.managing import Managing
from pillarbox.wire.values import JSON

__all__ = ["GATHERED", "MANAGED", "OVERSEEN"]


def _managing(call: Call[Any]) -> Managing:
    found = call.context.managing.get(call.kind.name)
    if found is None:
        raise MethodError("accountNotSupportedByMethod")
    return found


def _get(call: Call[Any]) -> Mapping[str, JSON]:
    return _managing(call).get(call)


def _query(call: Call[Any]) -> Mapping[str, JSON]:
    return _managing(call).query(call)


def _set(call: Call[Any]) -> Mapping[str, JSON]:
    return _managing(call).set(call)


def _elsewhere(call: Call[Any]) -> Mapping[str, JSON]:
    """RFC 8620 section 5.3, in units of its own: not what is begun on an event loop, to be dropped half way."""
    call.context.takes_long()
    return _managing(call).set(call)


def _unknown(_: Call[Any]) -> Mapping[str, JSON]:
    """RFC 8620 sections 5.2 and 5.6: what is told depends on more than one log of changes."""
    raise MethodError("cannotCalculateChanges", "ask for all of it again")


MANAGED = (
    Method("get", _get, writes=False),
    CHANGES,
    Method("query", _query, writes=False),
    Method("queryChanges", _unknown, writes=False),
    Method("set", _set, writes=True, prepare=lambda call: _managing(call).prepared(call)),
)
"""Of a type whose objects have records in the account that methods are called for."""

OVERSEEN = (Method("get", _get, writes=False), Method("set", _elsewhere, writes=False))
"""Of a singleton that stands for something else."""

GATHERED = (
    *OVERSEEN,
    Method("changes", _unknown, writes=False),
    Method("query", _query, writes=False),
    Method("queryChanges", _unknown, writes=False),
)
"""Of a type whose objects are in other accounts; its state says that there is something else to be asked for."""
