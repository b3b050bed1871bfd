"""MDN: word of what became of a message with its reader (RFC 9007).

It has no objects: `parsing` reads one out of a message, `sending` makes one for a message that asks for it.
"""

from pillarbox.datatypes.mail.mdn.parsing import PARSE
from pillarbox.datatypes.mail.mdn.sending import SEND
from pillarbox.objects import DataType, Record

__all__ = ["MDN"]


class Disposition(Record):
    """What a notification says; nothing of it is kept but the message that it is."""


MDN = DataType(
    record=Disposition,
    name="MDN",
    rfc="9007 section 2",
    capability="urn:ietf:params:jmap:mdn",
    prefix="r",
    methods=(PARSE, SEND),
)
