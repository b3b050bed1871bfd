"""The engine: what it is to be a data type, and the standard methods of RFC 8620 over any of them.

Begin with `record` and `datatype` (how a type is declared), then `call` (one method call, and the only check of
access), then the methods: `get`, `changes`, `set`, `query`, `query_changes`; `managed` has those of types whose objects
are more than their records. It must not know any type: it is tested
with one that is not mail.
"""

from pillarbox.objects.asked import SetAsked
from pillarbox.objects.call import Arguments, Call, Context, Implied, Limits, Seen, granted, perform, permit
from pillarbox.objects.changes import CHANGES
from pillarbox.objects.copy import COPY, Original, origin
from pillarbox.objects.datatype import SINGLETON, Argument, Copying, DataType, Method, Pattern
from pillarbox.objects.draft import reference
from pillarbox.objects.errors import MethodError, Refused, SetError, already_exists, invalid, merged
from pillarbox.objects.filter import stated
from pillarbox.objects.get import GET, Projection, projected, projection
from pillarbox.objects.kind import (
    ANYTHING,
    BOOLEAN,
    ID,
    INT,
    OBJECT,
    STRING,
    UNSIGNED,
    UTC_DATE,
    Kind,
    list_of,
    map_of,
    nullable,
)
from pillarbox.objects.managed import GATHERED, MANAGED, OVERSEEN
from pillarbox.objects.managing import Managing
from pillarbox.objects.outcome import Outcome
from pillarbox.objects.per_user import own
from pillarbox.objects.query import QUERY
from pillarbox.objects.query_changes import QUERY_CHANGES
from pillarbox.objects.record import PerUser, Property, Record, View, prop
from pillarbox.objects.registry import Registry
from pillarbox.objects.set import SET
from pillarbox.objects.step import change
from pillarbox.objects.window import Window
from pillarbox.objects.words import (
    Comparator,
    Condition,
    Key,
    Members,
    Reach,
    after,
    at_least,
    before,
    below,
    by,
    contains,
    equal,
    key,
    lacks,
    member,
    number_of,
    present,
)
from pillarbox.objects.write import Write

__all__ = [
    "ANYTHING",
    "BOOLEAN",
    "CHANGES",
    "COPY",
    "GATHERED",
    "GET",
    "ID",
    "INT",
    "MANAGED",
    "OBJECT",
    "OVERSEEN",
    "QUERY",
    "QUERY_CHANGES",
    "SET",
    "SINGLETON",
    "STRING",
    "UNSIGNED",
    "UTC_DATE",
    "Argument",
    "Arguments",
    "Call",
    "Comparator",
    "Condition",
    "Context",
    "Copying",
    "DataType",
    "Implied",
    "Key",
    "Kind",
    "Limits",
    "Managing",
    "Members",
    "Method",
    "MethodError",
    "Original",
    "Outcome",
    "Pattern",
    "PerUser",
    "Projection",
    "Property",
    "Reach",
    "Record",
    "Refused",
    "Registry",
    "Seen",
    "SetAsked",
    "SetError",
    "View",
    "Window",
    "Write",
    "after",
    "already_exists",
    "at_least",
    "before",
    "below",
    "by",
    "change",
    "contains",
    "equal",
    "granted",
    "invalid",
    "key",
    "lacks",
    "list_of",
    "map_of",
    "member",
    "merged",
    "nullable",
    "number_of",
    "origin",
    "own",
    "perform",
    "permit",
    "present",
    "projected",
    "projection",
    "prop",
    "reference",
    "stated",
]
