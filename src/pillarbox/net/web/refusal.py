"""What becomes of a connection that is refused: what its client reads, and what is told of it."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import orjson

from pillarbox.net.framing import Fault
from pillarbox.net.origin import Origin
from pillarbox.net.watching import Watching
from pillarbox.telemetry import Event, emit

__all__ = ["Fields", "Finish", "Impression", "document"]

Fields: TypeAlias = Sequence[tuple[bytes, bytes]]
Finish: TypeAlias = Callable[[Fields, bool], Fields]

_TLS = b"\x16"
"""How a record of TLS begins that opens a connection (RFC 8446 section 5.1)."""


def document(fault: Fault, more: Fields, finish: Finish, *, is_tls: bool) -> bytes:
    """A whole answer that ends the connection, with a problem document (RFC 9457)."""
    told = {"type": "about:blank", "status": fault.status, "detail": fault.detail, "title": fault.title}
    octets = orjson.dumps(told)
    own = (
        (b"content-type", b"application/problem+json"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(octets)),
        *more,
    )
    fields = (*finish(own, is_tls), (b"connection", b"close"))
    first = f"HTTP/1.1 {fault.status} {fault.title}".encode()
    return b"\r\n".join((first, *(b"%s: %s" % field for field in fields), b"", octets))


class Impression:
    """What a client makes of itself, for the log and for whoever watches for those that mean no server of this kind."""

    __slots__ = ("_origin", "_watching", "first", "has_asked")

    def __init__(self, origin: Origin, watching: Watching | None) -> None:
        self._origin = origin
        self._watching = watching
        self.first = b""
        """The octet that came first, empty if none has come."""
        self.has_asked = False
        """Whether a request was understood."""

    def garbage(self) -> None:
        """What came is no HTTP."""
        # Browsers try TLS first where http was asked for.
        if self._watching is not None and self._origin.client is not None and not self.has_asked and self.first != _TLS:
            self._watching.spoke_garbage(self._origin.client)

    def silence(self) -> None:
        """The rest, or anything at all, did not come in time."""
        if self._watching is not None and self._origin.client is not None and not self.first:
            self._watching.said_nothing(self._origin.client)
        self.tell(None, "the rest did not come in time" if self.first else "nothing was said")

    def tell(self, status: int | None, known: str) -> None:
        """It is refused, with this status if there is an answer."""
        origin = self._origin
        emit(Event.HTTP_REFUSED, listener=origin.listener, client=origin.client, status=status, known=known)
