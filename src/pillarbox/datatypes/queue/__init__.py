"""What is on its way out: QueuedMessage, a message in the account that sends it, and how far each recipient is.

Whoever has something to send calls `enqueue` within its own unit. `sending` is what the one who sends it reads and
writes; `overview` and `managing` are for administrators, of all accounts, whatever face they come by. The package must
not know how anything is sent.
"""

from pillarbox.datatypes.queue.managed import QUEUE, Pausing, Waiting
from pillarbox.datatypes.queue.managing import (
    FARTHEST,
    Clerk,
    cancel_found,
    cancel_message,
    postpone_found,
    postpone_message,
)
from pillarbox.datatypes.queue.message import (
    QUEUED_MESSAGE,
    Outgoing,
    QueuedMessage,
    Recipient,
    enqueue,
    queued,
    withdraw,
)
from pillarbox.datatypes.queue.overview import (
    Key,
    Wanted,
    domains_seen,
    found,
    id_of,
    key_of,
    read_each,
    seen,
    show_change,
)
from pillarbox.datatypes.queue.sending import (
    Addressee,
    Queued,
    finish,
    how_many,
    keep,
    messages,
    postpone,
    queued_message,
    upcoming,
)

__all__ = [
    "FARTHEST",
    "QUEUE",
    "QUEUED_MESSAGE",
    "Addressee",
    "Clerk",
    "Key",
    "Outgoing",
    "Pausing",
    "Queued",
    "QueuedMessage",
    "Recipient",
    "Waiting",
    "Wanted",
    "cancel_found",
    "cancel_message",
    "domains_seen",
    "enqueue",
    "finish",
    "found",
    "how_many",
    "id_of",
    "keep",
    "key_of",
    "messages",
    "postpone",
    "postpone_found",
    "postpone_message",
    "queued",
    "queued_message",
    "read_each",
    "seen",
    "show_change",
    "upcoming",
    "withdraw",
]
