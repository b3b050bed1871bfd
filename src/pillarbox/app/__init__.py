"""The composition root: the only place that knows every part.

Begin with `house`, what is there without any listener; `figures`, `policy`, `public` and `newcomer` make the settings
into what the parts are given. `configuring` has the settings in force change in a process, with `logbook` and
`observing`. A server is three packages: `supervisor`, and the processes that it starts, `worker` and
`background`; each is under `orders`, does its `duty`, and answers on a `channel`. It must not decide anything that a
part could decide. `expiring`, and `queueing` of the background worker, are imported by whom they concern: they load
what reads certificates, and what speaks to other servers. So are `office` and `performing`, by which a command calls
the management API (`endpointcall`). Nor are data types loaded before a house is opened: the supervisor needs none, and
all of them together take longer than the rest of its start.
"""

from pillarbox.app.house import House, house
from pillarbox.app.lock import Served
from pillarbox.app.migrating import CannotMigrate, migrating
from pillarbox.app.newcomer import folders
from pillarbox.app.privileges import Refused, settled
from pillarbox.app.supervisor import CannotStart, NotServed, Opened, asked, is_served, serve

__all__ = [
    "CannotMigrate",
    "CannotStart",
    "House",
    "NotServed",
    "Opened",
    "Refused",
    "Served",
    "asked",
    "authorizing",
    "endpointcall",
    "expiring",
    "folders",
    "house",
    "is_served",
    "lock",
    "logbook",
    "migrating",
    "office",
    "performing",
    "serve",
    "settled",
]
