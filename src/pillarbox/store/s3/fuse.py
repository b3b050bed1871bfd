"""Keeps callers from waiting, one after the other, for a server that is away."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pillarbox.store.error import OutOfSpace, StoreError, Unavailable
from pillarbox.telemetry import Event, emit

__all__ = ["Fuse"]

_LEAST = 1.0
_MOST = 30.0


class Fuse:
    """After a call that failed, others fail at once, for as long as that one took: a second at least, thirty at most.

    Then one is let through; the rest wait for nothing until that one has come back. What is wrong is logged when it
    begins and when it has ended, not in between.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._known = ""
        self._until = 0.0
        self._is_tried = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """A block that calls the server. Raises Unavailable instead of beginning it."""
        begun = self._clock()
        is_trial = self._begin(begun)
        try:
            yield
        except StoreError as problem:
            # Also who has no room, or misses an object, has been answered.
            if isinstance(problem, Unavailable) and not isinstance(problem, OutOfSpace):
                self._blow(problem.known, begun)
            else:
                self._mend()
            raise
        else:
            self._mend()
        finally:
            if is_trial:
                self._is_tried = False

    def _begin(self, now: float) -> bool:
        with self._lock:
            if not self._known:
                return False
            if self._is_tried or now < self._until:
                raise Unavailable(self._known)
            self._is_tried = True
            return True

    def _blow(self, known: str, begun: float) -> None:
        now = self._clock()
        with self._lock:
            is_new = not self._known
            self._known = known
            self._until = now + min(max(now - begun, _LEAST), _MOST)
        if is_new:
            emit(Event.BLOBS_AWAY, known=known)

    def _mend(self) -> None:
        with self._lock:
            was_blown, self._known = bool(self._known), ""
        if was_blown:
            emit(Event.BLOBS_BACK, place=self._name)
