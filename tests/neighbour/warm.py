"""Connections to PostgreSQL that go from test to test.

A new one is a new process of the server's, which has yet to learn what all tables look like: for most tests that would
be three quarters of their time. What is about connections themselves opens its stores without this.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from pillarbox.store.postgres import Place, PostgresStore
from pillarbox.store.postgres.pool import Pool
from pillarbox.store.postgres.session import Session

__all__ = ["kept", "opened"]

_Shelf = dict[tuple[Place, float], list[Session]]
_shelves: list[_Shelf] = []


@contextmanager
def kept() -> Iterator[None]:
    """A block in which stores that are closed leave their connections to the next ones."""
    shelf: _Shelf = defaultdict(list)
    _shelves.append(shelf)
    try:
        yield
    finally:
        _shelves.remove(shelf)
        for sessions in shelf.values():
            for session in sessions:
                session.close()


def opened(place: Place, patience: float, make: Callable[[], PostgresStore]) -> PostgresStore:
    """The store that is made, with connections that others to this place, as patient as it is, have left."""
    if not _shelves:
        return make()
    pool = partial(_Pool, shelf=_shelves[-1][place, patience])
    with patch("pillarbox.store.postgres.store.Pool", pool):
        return make()


class _Pool(Pool):
    """What it closes and is sound lies on the shelf; what turns out to be dead is thrown away as always."""

    def __init__(self, connect: Callable[[], Session], *, most: int, patience: float, shelf: list[Session]) -> None:
        super().__init__(connect, most=most, patience=patience)
        self._shelf = shelf

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        self._shelf.extend(idle)
        super().close()

    def _taken(self) -> Session | None:
        session = super()._taken()
        return self._shelf.pop() if session is None and self._shelf else session
