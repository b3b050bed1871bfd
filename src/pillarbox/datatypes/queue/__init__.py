"""What is on its way out: QueuedMessage, a message in the account that sends it, and how far each recipient is.

Whoever has something to send calls `enqueue` within its own unit. `sending` is what the one who sends it reads and
writes. The package must not know how anything is sent.
"""

from pillarbox.datatypes.queue.message import (
    QUEUED_MESSAGE,
    Outgoing,
    QueuedMessage,
    Recipient,
    enqueue,
    queued,
    withdraw,
)
from pillarbox.datatypes.queue.sending import (
    Addressee,
    Queued,
    finish,
    how_many,
    hurry,
    keep,
    messages,
    numbers_of,
    postpone,
    queued_message,
    upcoming,
)

__all__ = [
    "QUEUED_MESSAGE",
    "Addressee",
    "Outgoing",
    "Queued",
    "QueuedMessage",
    "Recipient",
    "enqueue",
    "finish",
    "how_many",
    "hurry",
    "keep",
    "messages",
    "numbers_of",
    "postpone",
    "queued",
    "queued_message",
    "upcoming",
    "withdraw",
]
