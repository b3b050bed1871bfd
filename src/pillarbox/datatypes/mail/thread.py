"""Thread: Emails that belong together (RFC 8621 section 3).

Its document holds what `tally` counts; the ids of its Emails are read from their index when they are asked for.
"""

from pillarbox.objects import CHANGES, GET, DataType, Property, Record, Seen, prop
from pillarbox.store import Equal, Order, Select
from pillarbox.wire.values import JSON, Id

__all__ = ["THREAD", "Thread"]


def _email_ids(seen: Seen) -> JSON:
    """The Thread's Emails, oldest first; those of one date in order of their ids (section 3)."""
    email = seen.call.context.registry["Email"]
    select = Select(Equal("threadId", seen.number), (Order("receivedAt"),))
    return [email.id(number) for number in seen.call.unit.page(email.table, select, 0, 2**31)]


class Thread(Record):
    """A flat list of Emails, ordered by date."""

    email_ids: Property[list[Id]] = prop(server_set=True, computed=_email_ids)


THREAD = DataType(
    record=Thread,
    rfc="8621 section 3",
    capability="urn:ietf:params:jmap:mail",
    letter="t",
    methods=(GET, CHANGES),
)
