"""Spans: how long a piece of work took, and of which other it is a part, for who traces the server.

Nothing is kept until `trace` names who keeps them; until then a span is nothing, and costs a call. Faces alone make
them, and tell in them what the log may have: no address of anybody, and nothing of a message.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum, unique
from typing import Protocol, TypeAlias

__all__ = ["NO_SPAN", "Attributes", "Side", "Span", "Tracing", "span", "trace"]

Attributes: TypeAlias = Mapping[str, str | int | float | bool]
"""By the names of OpenTelemetry's semantic conventions, where these have one."""


@unique
class Side(Enum):
    """Who wants a piece of work done."""

    SERVER = "server"
    """Somebody else."""
    CLIENT = "client"
    """This server, of another."""
    INTERNAL = "internal"


class Span(Protocol):
    """A piece of work, while it is done."""

    @property
    def is_kept(self) -> bool:
        """Whether anybody wants to know more of it."""

    def call(self, name: str, /) -> None:
        """Gives it another name, as what it is about is known now."""

    def tell(self, attributes: Attributes, /) -> None:
        """Says more of it."""


class Tracing(Protocol):
    """Who keeps spans."""

    def begin(self, name: str, side: Side, attributes: Attributes) -> AbstractContextManager[Span]:
        """A span until the block is left; what raises is told by its class alone. It may be left in any thread."""


class _NoSpan:
    is_kept = False

    def call(self, _: str, /) -> None:
        return

    def tell(self, _: Attributes, /) -> None:
        return

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        return


class _Kept:
    by: Tracing | None = None


NO_SPAN: AbstractContextManager[Span] = _NoSpan()
_NOTHING: Attributes = {}


def trace(tracing: Tracing | None) -> None:
    """From now on these keep what begins; None for nobody."""
    _Kept.by = tracing


def span(name: str, side: Side = Side.INTERNAL, attributes: Attributes = _NOTHING) -> AbstractContextManager[Span]:
    """A piece of work, which is a part of the one at hand, as long as the block."""
    return NO_SPAN if _Kept.by is None else _Kept.by.begin(name, side, attributes)
