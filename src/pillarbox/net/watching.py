"""Who is told of connections that nobody opens who means this server."""

from typing import Protocol

__all__ = ["Watching"]


class Watching(Protocol):
    """Is told on the event loop, and neither waits nor raises."""

    def spoke_garbage(self, address: str) -> None:
        """What came first over a connection from this IP address is no HTTP, nor TLS."""

    def said_nothing(self, address: str) -> None:
        """A connection from this IP address was closed, since nothing ever came over it."""
