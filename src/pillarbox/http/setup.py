"""What handlers are given: the parts of the server that they call."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pillarbox.http.admission import Tickets
from pillarbox.http.authenticate import Gate
from pillarbox.http.crowd import Crowd
from pillarbox.http.door import Door
from pillarbox.http.turn import Turns
from pillarbox.jmap import Service

__all__ = ["Setup"]


@dataclass(frozen=True)
class Setup:
    """The server as its HTTP faces see it.

    `url` gives the base URL for a connection's scheme and local address; `throttle` is the least time in seconds
    between two events of an event source, `socket_throttle` that between two changes told on a WebSocket; `stopping` is
    set when open streams are to end; `patience` is how many seconds a request's body may stand still; `crowd` counts
    WebSockets.
    """

    service: Service
    gate: Gate
    door: Door
    turns: Turns
    url: Callable[[str, str, int | None], str]
    throttle: float
    stopping: asyncio.Event
    tickets: Tickets
    patience: float = 30.0
    socket_throttle: float = 0.0
    crowd: Crowd = field(default_factory=Crowd)
