"""Sockets, and the HTTP server library behind them.

Begin with `listener` (bound sockets), then `web` (uvicorn, adapted in this one place). It must not know what is served.
"""

from pillarbox.net.listener import CannotBind, bound_tcp, bound_unix
from pillarbox.net.web import WebServer, use_fast_loop

__all__ = ["CannotBind", "WebServer", "bound_tcp", "bound_unix", "use_fast_loop"]
