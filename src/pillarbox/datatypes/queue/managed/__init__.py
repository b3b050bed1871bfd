"""The queue by JMAP, in the server's own account (ours): whether it stands still, and what waits in it.

`pausing` has the one object that says so. `waiting` has those of all accounts, by the functions that REST calls too.
"""

from pillarbox.datatypes.queue.managed.pausing import QUEUE, Pausing
from pillarbox.datatypes.queue.managed.waiting import Waiting

__all__ = ["QUEUE", "Pausing", "Waiting"]
