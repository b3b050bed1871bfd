"""Sockets, the HTTP server library behind them, and the way out.

Begin with `listener` (bound sockets), then `accept` (connections, shared between processes) and `web` (uvicorn, adapted
in this one place); `websocket` is what a connection may become there. `guard` says where others may send us, `outbound`
goes there. It must not know what is served.
"""

from pillarbox.net.accept import Acceptor, Balance
from pillarbox.net.guard import ANYWHERE, BadURL, Destination, Guard, destination
from pillarbox.net.listener import CannotBind, bound_tcp, bound_unix
from pillarbox.net.web import WebServer, use_fast_loop
from pillarbox.net.websocket import Rules

__all__ = [
    "ANYWHERE",
    "Acceptor",
    "BadURL",
    "Balance",
    "CannotBind",
    "Destination",
    "Guard",
    "Rules",
    "WebServer",
    "bound_tcp",
    "bound_unix",
    "destination",
    "use_fast_loop",
]
