"""What is on its way out: tried, tried again, given up, and told to whom it concerns (RFC 5321, RFC 3461, RFC 3464).

Begin with `sender`, which knows whose turn it is; `carrier` takes one message to everybody who is to get it now, by
`route` (with `resolver`) and `attempt` (with `transaction`), or to `here`, accounts of ours. `books` writes down what
came of it, as `outcome`, `schedule` and `dsn` say, and `journaling` tells it. `probing` goes the same way to see
whether it is open. `configured` makes what others need of these of the settings.
It must not know how mail is taken in; who files mail for accounts here is passed in.
"""

from pillarbox.queue.attempt import Caller, Tls
from pillarbox.queue.books import Books
from pillarbox.queue.carrier import Carrier
from pillarbox.queue.configured import books_of, resolver_of
from pillarbox.queue.here import Here, Letter, Whose
from pillarbox.queue.probing import Fetch, Probe, Stage
from pillarbox.queue.reply import Reply
from pillarbox.queue.resolver import LookupFailed, Resolver
from pillarbox.queue.route import Relay, Routes
from pillarbox.queue.schedule import Schedule
from pillarbox.queue.sender import Sender
from pillarbox.queue.transaction import Patience

__all__ = [
    "Books",
    "Caller",
    "Carrier",
    "Fetch",
    "Here",
    "Letter",
    "LookupFailed",
    "Patience",
    "Probe",
    "Relay",
    "Reply",
    "Resolver",
    "Routes",
    "Schedule",
    "Sender",
    "Stage",
    "Tls",
    "Whose",
    "books_of",
    "resolver_of",
]
