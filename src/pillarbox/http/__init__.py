"""The ASGI application: every HTTP face, behind one table of routes.

Begin with `routes`, the table, then `server`, which walks it. `guard` lets in who may come, and `faces` answers them;
`waiting` is where they stand meanwhile. An `exchange` is one request, `problem` what a refusal looks like. It must not
know a data type's meaning.
"""

from pillarbox.http.faces.websocket import too_large
from pillarbox.http.guard.admission import Tickets
from pillarbox.http.guard.authenticate import Gate
from pillarbox.http.guard.bans import BanPolicy, Bans
from pillarbox.http.guard.client import Forwarding, Trust
from pillarbox.http.guard.cors import Cors
from pillarbox.http.guard.policy import RequestPolicy
from pillarbox.http.guard.rates import Allowance, Allowances
from pillarbox.http.guard.strict import Strict, TlsListener
from pillarbox.http.guard.tally import Tally
from pillarbox.http.headers import AnswerHeaders
from pillarbox.http.readiness import Health
from pillarbox.http.server import HTTP, Setup
from pillarbox.http.site import Scraping, Site
from pillarbox.http.waiting.lease import Leases, directly
from pillarbox.http.waiting.sockets import SocketLimit
from pillarbox.http.waiting.turn import Turns

__all__ = [
    "HTTP",
    "Allowance",
    "Allowances",
    "AnswerHeaders",
    "BanPolicy",
    "Bans",
    "Cors",
    "Forwarding",
    "Gate",
    "Health",
    "Leases",
    "RequestPolicy",
    "Scraping",
    "Setup",
    "Site",
    "SocketLimit",
    "Strict",
    "Tally",
    "Tickets",
    "TlsListener",
    "Trust",
    "Turns",
    "directly",
    "too_large",
]
