"""The id that ties together all log lines of one request or one session."""

from contextlib import AbstractContextManager
from contextvars import ContextVar

__all__ = ["request_id", "request_scope"]

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_scope(identity: str) -> AbstractContextManager[None]:
    """Marks every event emitted inside with `request=identity`, awaited calls included.

    The identity is chosen by the face that accepted the request. A task takes it along; a thread does
    only if it runs in a copy of the context, as those of `asyncio.to_thread` do.
    """
    return _Scope(identity)


class _Scope:
    """No generator: thousands wait within one for hours, and of that each would keep half a kilobyte."""

    __slots__ = ("_identity", "_token")

    def __init__(self, identity: str) -> None:
        self._identity = identity

    def __enter__(self) -> None:
        self._token = _current.set(self._identity)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def request_id() -> str | None:
    """The id of the request being served here, if one is."""
    return _current.get()
