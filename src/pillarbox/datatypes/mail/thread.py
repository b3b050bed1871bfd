"""Thread: Emails that belong together (RFC 8621 section 3).

Its document holds what `tally` counts; the ids of its Emails are read from their index when they are asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pillarbox.objects import CHANGES, GET, Call, DataType, Property, Record, Seen, prop
from pillarbox.wire.values import JSON, Id

__all__ = ["THREAD", "Thread"]


def _email_ids(seen: Seen) -> JSON:
    """The Thread's Emails, oldest first; those of one date in order of their ids (section 3)."""
    email = seen.call.context.registry["Email"]
    return list(map(email.id, seen.gathered(_emails).get(seen.number, ())))


def _emails(call: Call[Any], threads: Sequence[int]) -> Mapping[int, Sequence[int]]:
    return call.unit.groups(call.context.registry["Email"].table, threads, "receivedAt")


class Thread(Record):
    """A flat list of Emails, ordered by date."""

    email_ids: Property[list[Id]] = prop(server_set=True, computed=_email_ids)


THREAD = DataType(
    record=Thread,
    rfc="8621 section 3",
    capability="urn:ietf:params:jmap:mail",
    prefix="t",
    methods=(GET, CHANGES),
)
