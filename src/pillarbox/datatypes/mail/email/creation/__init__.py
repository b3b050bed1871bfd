"""Email/set create: what a client wrote becomes a message (RFC 8621 section 4.6).

Begin with `message`, which writes and files it; `sent` collects what is wrong on the way. `header` has the fields,
`body` the tree of parts and `part` a single one.
"""

from pillarbox.datatypes.mail.email.creation.header import generated
from pillarbox.datatypes.mail.email.creation.message import create

__all__ = ["create", "generated"]
