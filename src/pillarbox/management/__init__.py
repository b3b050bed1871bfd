"""Managing the server: the endpoints of the REST API, each declared once, and called by whoever may.

Begin with `endpoint` (what one is) and `table` (all there are); `calling` is what happens to a call, `shape` what is
sent and answered, `refusal` why something was not done. `office` are the parts of the server that they work with. It
stands above all that can be managed, and knows nothing of HTTP but its words: `http.faces.management` is one way in,
the command line another.
"""

from pillarbox.management.calling import Reply, Sent, answered, check, document, found, whole
from pillarbox.management.endpoint import Answer, Endpoint, Raw, Request, Within
from pillarbox.management.managing import managing
from pillarbox.management.office import Office
from pillarbox.management.refusal import Refusal
from pillarbox.management.table import ENDPOINTS

__all__ = [
    "ENDPOINTS",
    "Answer",
    "Endpoint",
    "Office",
    "Raw",
    "Refusal",
    "Reply",
    "Request",
    "Sent",
    "Within",
    "answered",
    "check",
    "document",
    "found",
    "managing",
    "refusal",
    "whole",
]
