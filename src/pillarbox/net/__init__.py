"""Sockets, the HTTP server library behind them, and the way out.

Begin with `listener` (bound sockets), then `accept` (connections, shared between processes), `entrance` (proxies'
headers, and TLS by `certificates`) and the package `web` (uvicorn, adapted in this one place). `origin` is what is
known of a connection, `websocket` what it may become. `guard` says where others may send us, `outbound` goes there.
`door` leads from the event loop to what blocks; by its `recognition` a server knows itself. Who needs `web`, `outbound`
or the event loop of `loop` imports them from there: not everybody is to load them. It must not know what is served.
"""

from pillarbox.net.accept import Acceptor
from pillarbox.net.allocation import give_back_large_blocks
from pillarbox.net.bounds import Bounds
from pillarbox.net.certificates import BadCertificate, Certificates, Challenges, Loaded, Pair, checked, context_of
from pillarbox.net.crowd import Balance, Crowd, Seat
from pillarbox.net.door import Door
from pillarbox.net.entrance import Entrance
from pillarbox.net.guard import ANYWHERE, BadURL, Destination, Guard, destination
from pillarbox.net.listener import REUSE_ADDRESS, CannotBind, Option, bound_tcp, bound_unix
from pillarbox.net.origin import EXTENSION, Origin, origin
from pillarbox.net.protection import CIPHERS, Protection
from pillarbox.net.recognition import PROBE, Recognition
from pillarbox.net.websocket import Rules

__all__ = [
    "ANYWHERE",
    "CIPHERS",
    "EXTENSION",
    "PROBE",
    "REUSE_ADDRESS",
    "Acceptor",
    "BadCertificate",
    "BadURL",
    "Balance",
    "Bounds",
    "CannotBind",
    "Certificates",
    "Challenges",
    "Crowd",
    "Destination",
    "Door",
    "Entrance",
    "Guard",
    "Loaded",
    "Option",
    "Origin",
    "Pair",
    "Protection",
    "Recognition",
    "Rules",
    "Seat",
    "bound_tcp",
    "bound_unix",
    "checked",
    "context_of",
    "destination",
    "give_back_large_blocks",
    "loop",
    "origin",
    "selfsigned",
]
