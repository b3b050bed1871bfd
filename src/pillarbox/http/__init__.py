"""The ASGI application: every HTTP face, behind one table of routes.

Begin with `routes`, the table, then `server`, which walks it. `client` is whom a request is from, `policy` what is
decided of it before anybody looks at what it asks for. `authenticate` turns a header into an Actor, `problem` is what a
refusal looks like. It must not know a data type's meaning.
"""

from pillarbox.http.admission import Tickets
from pillarbox.http.authenticate import Gate
from pillarbox.http.bans import BanPolicy, Bans
from pillarbox.http.client import Forwarding, Trust
from pillarbox.http.cors import Cors
from pillarbox.http.crowd import Crowd
from pillarbox.http.door import Door
from pillarbox.http.headers import Standing
from pillarbox.http.lease import Leases, directly
from pillarbox.http.policy import Policy
from pillarbox.http.probe import PROBE
from pillarbox.http.proof import Proof
from pillarbox.http.rates import Allowance, Allowances
from pillarbox.http.readiness import Health
from pillarbox.http.server import HTTP, Setup
from pillarbox.http.site import Scraping, Site
from pillarbox.http.strict import SecureDoor, Strict
from pillarbox.http.tally import Tally
from pillarbox.http.turn import Turns
from pillarbox.http.websocket import too_large

__all__ = [
    "HTTP",
    "PROBE",
    "Allowance",
    "Allowances",
    "BanPolicy",
    "Bans",
    "Cors",
    "Crowd",
    "Door",
    "Forwarding",
    "Gate",
    "Health",
    "Leases",
    "Policy",
    "Proof",
    "Scraping",
    "SecureDoor",
    "Setup",
    "Site",
    "Standing",
    "Strict",
    "Tally",
    "Tickets",
    "Trust",
    "Turns",
    "directly",
    "too_large",
]
