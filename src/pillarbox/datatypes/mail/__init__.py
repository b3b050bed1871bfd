"""Data types of RFC 8621: Mailbox, Thread, Email, SearchSnippet, Identity, EmailSubmission, VacationResponse.

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
from pillarbox.datatypes.mail.identity import IDENTITY, Identity, know_addresses, may_send_as, sender_of
from pillarbox.datatypes.mail.mailbox import MAILBOX, Folder, furnish, inbox, mailbox_at
from pillarbox.datatypes.mail.mdn import MDN
from pillarbox.datatypes.mail.snippet import SEARCH_SNIPPET
from pillarbox.datatypes.mail.submission import (
    EMAIL_SUBMISSION,
    EmailSubmission,
    cancel_submission,
    forget_submissions,
    note_delivery,
    note_report,
    release_submission,
    submissions_until,
)
from pillarbox.datatypes.mail.tally import Tallies, recount, tally_problems
from pillarbox.datatypes.mail.thread import THREAD
from pillarbox.datatypes.mail.vacation import (
    VACATION_RESPONSE,
    Wording,
    addressed_as,
    answer,
    bare,
    may_be_answered,
    vacation,
)

__all__ = [
    "EMAIL",
    "EMAIL_SUBMISSION",
    "IDENTITY",
    "MAILBOX",
    "MDN",
    "SEARCH_SNIPPET",
    "THREAD",
    "VACATION_RESPONSE",
    "Arrival",
    "EmailSubmission",
    "Folder",
    "Identity",
    "NewEmail",
    "Tallies",
    "Wanted",
    "Wording",
    "addressed_as",
    "answer",
    "arrange",
    "arrival",
    "bare",
    "cancel_submission",
    "file",
    "forget_submissions",
    "furnish",
    "inbox",
    "know_addresses",
    "mailbox_at",
    "may_be_answered",
    "may_send_as",
    "note_delivery",
    "note_report",
    "recount",
    "release_submission",
    "sender_of",
    "submissions_until",
    "tally_problems",
    "vacation",
]
