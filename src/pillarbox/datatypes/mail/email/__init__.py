"""Email: a message, as people see it (RFC 8621 section 4).

Begin with `declaration`, the type itself; `record` has its shape. A message becomes an Email in `filing`, whatever way
it came; `creation` makes messages of what clients write. `header` and `body` give what is asked for by name, `search`
has the words of its queries.
"""

from pillarbox.datatypes.mail.email.creation import generated
from pillarbox.datatypes.mail.email.declaration import EMAIL
from pillarbox.datatypes.mail.email.filing import Arrival, NewEmail, arrival, file
from pillarbox.datatypes.mail.email.header import HeaderName, header_value
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.email.request import is_over_quota

__all__ = [
    "EMAIL",
    "Arrival",
    "Email",
    "HeaderName",
    "NewEmail",
    "arrival",
    "file",
    "generated",
    "header_value",
    "is_over_quota",
]
