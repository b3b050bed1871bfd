"""What became of each message, in and out: JournalEntry, one for each way, in the account whose mail it was.

Begin with `entry`, the type. `incoming` and `outgoing` write entries down, within the units that deliver and send;
`keeping` forgets them. It must not know how mail comes or goes.
"""

from pillarbox.datatypes.journal.entry import (
    JOURNAL,
    JOURNAL_ENTRY,
    Direction,
    Fate,
    JournalEntry,
    Step,
    is_said,
)
from pillarbox.datatypes.journal.incoming import Incoming, note_incoming
from pillarbox.datatypes.journal.keeping import forget_journal, make_room_in_journal, oldest_entry
from pillarbox.datatypes.journal.outgoing import Way, message_id, note_attempt, note_release

__all__ = [
    "JOURNAL",
    "JOURNAL_ENTRY",
    "Direction",
    "Fate",
    "Incoming",
    "JournalEntry",
    "Step",
    "Way",
    "forget_journal",
    "is_said",
    "make_room_in_journal",
    "message_id",
    "note_attempt",
    "note_incoming",
    "note_release",
    "oldest_entry",
]
