"""What one process of all servers on a database does, and no other: whoever has the lock."""

import time
from contextlib import suppress

from pillarbox.store.error import StoreError
from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.server import lock_alone
from pillarbox.store.postgres.session import Session
from pillarbox.telemetry import Event, emit

__all__ = ["Sole"]

_PATIENCE = 10.0
_AGAIN = 1.0
"""Seconds between two attempts to connect."""


class Sole:
    """Has the lock as long as a connection of its own lives, made when it is first asked for.

    For one thread at a time.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._session: Session | None = None
        self._next = float("-inf")
        self._told = False

    def is_ours(self) -> bool:
        """Whether we have it, now taken if nobody had; to be asked again and again, since a connection may be cut.

        Who has lost it may believe to have it until the next time.
        """
        try:
            if self._session is None or self._session.is_lost:
                self.close()
                if time.monotonic() < self._next:
                    return False
                self._next = time.monotonic() + _AGAIN
                self._session = connected(self._place, patience=_PATIENCE)
            # A server that takes no writes any more has locks all the same.
            is_ours = lock_alone(self._session) and not self._session.is_lost
        except StoreError as problem:
            self.close()
            if not self._told:
                self._told = True
                emit(Event.STORE_FAILED, known=problem.known)
            return False
        self._told = False
        return is_ours

    def close(self) -> None:
        """Gives it up, if we have it."""
        if self._session is not None:
            with suppress(StoreError):
                self._session.close()
        self._session = None
