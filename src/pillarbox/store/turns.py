"""Writers of one account within a process, one after the other, without asking a database to make them wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from pillarbox.store.error import Unavailable

__all__ = ["Turns"]


class Turns:
    """Locks by name; `patience` is how many seconds one waits for its turn."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """A block that no other thread of this process has at the same time under this name. Raises Unavailable."""
        with self._lock:
            turn = self._turns.get(name)
            if turn is None:
                turn = self._turns[name] = _Turn()
        if not turn.lock.acquire(timeout=self._patience):
            raise Unavailable(f"{name}: other writers did not finish in time")
        try:
            yield
        finally:
            turn.lock.release()


class _Turn:
    """A lock that is forgotten when nobody has it or waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
