"""Mail that is handed over by LMTP: taken in, routed to an account, filed in its Inbox before it is answered for.

Begin with `dialogue`, the protocol as states and steps, without a socket (`path`, `command`, `data` and `reply` are its
words); `session` gives it a connection, `listener` makes sessions. `route` finds the account of a recipient, `deposit`
makes the message an Email, `trace` writes what is put in front of it; `filer` does so with mail that was queued here,
and `handing` lets mail for a list go on to its members. `journaling` tells the account what became of it. The
package must not know how anything is stored, nor HTTP or JMAP; what is configured it is told as a `Policy`.
"""

from pillarbox.delivery.deposit import Deposit
from pillarbox.delivery.filer import Filer
from pillarbox.delivery.listener import LMTPListener
from pillarbox.delivery.policy import Policy
from pillarbox.delivery.route import Route
from pillarbox.delivery.session import Delivery, Run

__all__ = ["Delivery", "Deposit", "Filer", "LMTPListener", "Policy", "Route", "Run"]
