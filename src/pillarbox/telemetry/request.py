"""The id that ties together all log lines of one request or one session."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["request_id", "request_scope"]

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


@contextmanager
def request_scope(identity: str) -> Iterator[None]:
    """Marks every event emitted inside with `request=identity`, awaited calls included.

    The identity is chosen by the face that accepted the request. A task takes it along; a thread does
    only if it runs in a copy of the context, as those of `asyncio.to_thread` do.
    """
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


def request_id() -> str | None:
    """The id of the request being served here, if one is."""
    return _current.get()
