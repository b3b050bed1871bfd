"""What handlers are given: the parts of the server that they call."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pillarbox.http.guard.admission import Tickets
from pillarbox.http.guard.authenticate import Gate
from pillarbox.http.guard.bans import Bans
from pillarbox.http.guard.policy import RequestPolicy
from pillarbox.http.guard.rates import Allowances
from pillarbox.http.guard.tally import Tally
from pillarbox.http.readiness import Health
from pillarbox.http.site import Site
from pillarbox.http.waiting.sockets import SocketLimit
from pillarbox.http.waiting.turn import Turns
from pillarbox.jmap import Service
from pillarbox.management import Office
from pillarbox.net import Door, Recognition
from pillarbox.settings import HTTPVariables
from pillarbox.signin.browser import SelfService
from pillarbox.signin.oauth import Authority

__all__ = ["Setup"]


@dataclass(frozen=True)
class Setup:
    """The server as its HTTP faces see it.

    `url` gives the base URL for a request; `throttle` is the least time in seconds between two events of an event
    source, `socket_throttle` that between two changes told on a WebSocket; `stopping` is set when open streams are to
    end; `patience` is how many seconds a request's body may stand still; `sockets` counts WebSockets; `site` is what is
    told to those without an account, and `health` what a process needs to be of use; `policy` is decided of a request
    before all that; `recognition` is what it knows itself by; `allowances` bound how often who may ask, `bans` says who
    is not let in, and `tally` counts what gets them there; `oauth` is the authorization server, `self_service` what
    else the pages need that people sign in on; `office` is what managing the server needs.
    """

    service: Service
    gate: Gate
    door: Door
    turns: Turns
    url: Callable[[HTTPVariables], str]
    throttle: float
    stopping: asyncio.Event
    tickets: Tickets
    patience: float = 30.0
    socket_throttle: float = 0.0
    sockets: SocketLimit = field(default_factory=SocketLimit)
    site: Site = field(default_factory=Site)
    health: Health = field(default_factory=Health)
    recognition: Recognition = field(default_factory=Recognition)
    policy: RequestPolicy = field(default_factory=RequestPolicy)
    allowances: Allowances = field(default_factory=Allowances)
    bans: Bans | None = None
    tally: Tally | None = None
    oauth: Authority | None = None
    self_service: SelfService | None = None
    office: Office | None = None
