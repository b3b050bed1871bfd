"""What is on its way out: QueuedMessage, a message in the account that sends it, and how far each recipient is.

Whoever sends calls `enqueue` within its own unit. It must not know how anything is sent.
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

__all__ = ["QUEUED_MESSAGE", "Outgoing", "QueuedMessage", "Recipient", "enqueue", "queued", "withdraw"]
