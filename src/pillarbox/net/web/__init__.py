"""uvicorn, adapted: the one package that knows it (adr/0002). Its version is pinned for this package's sake.

Begin with `server`. A client's `connection` bounds what it takes; what it is made of is uvicorn's, `corrected`. How
long it may keep us waiting is `patience`, what becomes of who is refused `refusal`. What is asked to become a WebSocket
leaves it (`net.websocket`, adr/0037). Who does not serve HTTP does not load it: `pillarbox.net` knows nothing of it.
"""

from pillarbox.net.web.server import Application, WebServer

__all__ = ["Application", "WebServer"]
