"""Settings of what the server remembers of what it did: the files of the log, and the journal of each account."""

from pillarbox.settings.declare import Group, Setting
from pillarbox.settings.kind import optional
from pillarbox.settings.quantity import DURATION, Duration

__all__ = ["JOURNAL_KEEP", "LOG_KEEP", "RECORD"]

LOG_KEEP = Setting(
    "server.log.keep",
    optional(DURATION),
    Duration(7 * 86_400_000),
    "How long the files of the log are kept, in the folder `logs` beside the data; there is one for each day. Off: "
    "nothing is written to files.",
)
JOURNAL_KEEP = Setting(
    "journal.keep",
    optional(DURATION),
    Duration(14 * 86_400_000),
    "How long each account remembers the way of its messages, in and out. Off: nothing is written down.",
)

RECORD = Group(
    "Records",
    "What is remembered of what the server did.",
    (LOG_KEEP, JOURNAL_KEEP),
)
