"""What is pushed to, and by whom: PushSubscription (RFC 8620 section 7.2), and what the server notes about it.

Begin with `subscription`, the type; `calling` is its /get and /set. A subscription is kept in its owner's account, so
account 0 knows which accounts have any (`server.due`) and with which key all of it is signed (`key`). `sending` is what
a sender reads and writes. It must not know how anything is sent.
"""

from pillarbox.datatypes.push.key import PUSH_KEY, push_key
from pillarbox.datatypes.push.sending import Subscribed, destroy, note, note_asked, subscribed
from pillarbox.datatypes.push.subscription import PUSH_SUBSCRIPTION, PushSubscription

__all__ = [
    "PUSH_KEY",
    "PUSH_SUBSCRIPTION",
    "PushSubscription",
    "Subscribed",
    "destroy",
    "note",
    "note_asked",
    "push_key",
    "subscribed",
]
