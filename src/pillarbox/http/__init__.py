"""The ASGI application: every HTTP face, behind one table of routes.

Begin with `routes`, the table, then `server`, which walks it. `authenticate` turns a header into an Actor, `problem`
is what a refusal looks like. It must not know a data type's meaning.
"""

from pillarbox.http.admission import Tickets
from pillarbox.http.authenticate import Gate
from pillarbox.http.door import Door
from pillarbox.http.lease import Leases
from pillarbox.http.server import HTTP, Setup
from pillarbox.http.turn import Turns
from pillarbox.http.websocket import too_large

__all__ = ["HTTP", "Door", "Gate", "Leases", "Setup", "Tickets", "Turns", "too_large"]
