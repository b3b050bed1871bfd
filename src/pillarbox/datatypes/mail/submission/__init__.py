"""EmailSubmission: an Email that is sent (RFC 8621 section 7).

Begin with `declaration`, the type itself; `record` has its shape. `making` gives an Email to the queue: `letter` is
what it reads of the Email, `envelope` and `parameters` are what clients say of sender and recipients. `calling` is /set
with what follows for Emails, `following` what the queue says in the end. It must not know how anything is sent.
"""

from pillarbox.datatypes.mail.submission.declaration import EMAIL_SUBMISSION
from pillarbox.datatypes.mail.submission.envelope import is_mailbox
from pillarbox.datatypes.mail.submission.following import (
    cancel_submission,
    forget_submissions,
    note_delivery,
    note_report,
    release_submission,
    submissions_until,
)
from pillarbox.datatypes.mail.submission.letter import Letter, found
from pillarbox.datatypes.mail.submission.record import EmailSubmission

__all__ = [
    "EMAIL_SUBMISSION",
    "EmailSubmission",
    "Letter",
    "cancel_submission",
    "forget_submissions",
    "found",
    "is_mailbox",
    "note_delivery",
    "note_report",
    "release_submission",
    "submissions_until",
]
