"""How much of a client's octets and time one HTTP connection takes."""

from dataclasses import dataclass

__all__ = ["USUAL", "Bounds"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a connection that begins may take.

    `head` is how many octets all before a body may have, give or take one read of a socket; nginx and Apache take 32 kB
    and 800 kB. The others are seconds: `patience` for all before a body, and for what stands between its parts and
    after it; `unread` for leaving an answer lie without reading any of it; `idle` between two requests.
    """

    head: int = 64 * 1024
    patience: float = 10.0
    unread: float = 30.0
    idle: float = 75.0


USUAL = Bounds()
"""Where nothing else is said."""
