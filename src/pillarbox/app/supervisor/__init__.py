"""The process that is started by hand, and keeps the others running.

Begin with `supervisor`. It listens before it gives up its privileges (`binding`), starts its processes (`staff`, each
as `crew` says) by one `plan`, and tells a service manager (`service`). Commands ask it by `control`; when its
settings are read again, `change` says which are in force. It opens no store, and knows nothing of what its processes
do.
"""

from pillarbox.app.supervisor.binding import Opened
from pillarbox.app.supervisor.control import NotServed, asked, is_served
from pillarbox.app.supervisor.crew import CannotStart
from pillarbox.app.supervisor.supervisor import serve

__all__ = [
    "CannotStart",
    "NotServed",
    "Opened",
    "asked",
    "control",
    "is_served",
    "serve",
]
