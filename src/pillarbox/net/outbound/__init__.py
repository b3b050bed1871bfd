"""One HTTP client for all that this server asks of others (adr/0028).

Begin with `client`: a request goes out, an answer comes back, both bounded. `connecting` is where names are resolved,
addresses judged by a `net.Guard`, and the judged address connected to; `trust` is whom we believe. It must not know
what is asked.
"""

from pillarbox.net.outbound.client import Answer, Outbound, OutboundError, Refused, Unreachable
from pillarbox.net.outbound.connecting import Resolve, resolved
from pillarbox.net.outbound.trust import trusting

__all__ = ["Answer", "Outbound", "OutboundError", "Refused", "Resolve", "Unreachable", "resolved", "trusting"]
