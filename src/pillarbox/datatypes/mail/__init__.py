"""Data types of RFC 8621: Mailbox, Thread, Email.

Begin with `mailbox`; `email` is a package of its own, and `tally` keeps the counts that the three share.
"""

from pillarbox.datatypes.mail.arrangement import Wanted, arrange
from pillarbox.datatypes.mail.email import (
    EMAIL,
    Arrival,
    NewEmail,
    arrival,
    file,
)
from pillarbox.datatypes.mail.mailbox import MAILBOX, Folder, furnish, inbox, mailbox_at
from pillarbox.datatypes.mail.tally import recount, tally_problems
from pillarbox.datatypes.mail.thread import THREAD

__all__ = [
    "EMAIL",
    "MAILBOX",
    "THREAD",
    "Arrival",
    "Folder",
    "NewEmail",
    "Wanted",
    "arrange",
    "arrival",
    "file",
    "furnish",
    "inbox",
    "mailbox_at",
    "recount",
    "tally_problems",
]
