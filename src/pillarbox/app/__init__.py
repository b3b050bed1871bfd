"""The composition root: the only place that knows every part.

Begin with `house`, what is there without any listener; `figures` makes the settings into what the parts are given.
`supervisor` is the server: it binds (`binding`), gives up its privileges, and starts `worker` and `background`, each a
process of its own, under `orders`. It must not decide anything that a part could decide. `queueing` and `expiring` are
imported by whom they concern: they load what speaks to other servers, and what reads certificates.
"""

from pillarbox.app.binding import Opened
from pillarbox.app.control import NotServed, asked
from pillarbox.app.crew import CannotStart
from pillarbox.app.figures import folders
from pillarbox.app.house import House, house
from pillarbox.app.lock import Served
from pillarbox.app.privileges import Refused, settled
from pillarbox.app.supervisor import serve

__all__ = [
    "CannotStart",
    "House",
    "NotServed",
    "Opened",
    "Refused",
    "Served",
    "asked",
    "expiring",
    "folders",
    "house",
    "queueing",
    "serve",
    "settled",
]
