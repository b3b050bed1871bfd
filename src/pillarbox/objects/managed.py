"""The methods of types whose objects are more than their records, in the standard methods' shapes.

A principal has members, which are kept elsewhere; to make one is to make an account, or keys. The types declare the
methods of RFC 8620 as any other does; what they do is with the request (`Context.managing`).
"""

from collections.abc import Mapping
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.changes import CHANGES
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.managing import Managing
from pillarbox.wire.values import JSON

__all__ = ["MANAGED"]


def _managing(call: Call[Any]) -> Managing:
    if call.context.managing is None:
        raise MethodError("accountNotSupportedByMethod")
    return call.context.managing


def _query_changes(_: Call[Any]) -> Mapping[str, JSON]:
    """RFC 8620 section 5.6: what a result depends on is in no one log of changes."""
    raise MethodError("cannotCalculateChanges", "ask for the result again")


MANAGED = (
    Method("get", lambda call: _managing(call).get(call), writes=False),
    CHANGES,
    Method("query", lambda call: _managing(call).query(call), writes=False),
    Method("queryChanges", _query_changes, writes=False),
    Method(
        "set",
        lambda call: _managing(call).set(call),
        writes=True,
        prepare=lambda call: _managing(call).prepared(call),
    ),
)
"""The methods of such a type."""
