"""The volatile state of several servers: unlogged tables of the database that they share (adr/0024).

A call is one exchange with the database, and so nothing for an event loop.
"""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.failure import Lost
from pillarbox.store.postgres.server import volatile as tables
from pillarbox.store.postgres.session import Session
from pillarbox.store.volatile import (
    MAX_CODE,
    MAX_CODES,
    MAX_KEY,
    MAX_MARKS,
    MAX_RATES,
    MAX_SLOTS,
    PATIENCE,
    Hit,
)

__all__ = ["PostgresVolatile"]

T = TypeVar("T")

_MOST = {tables.RATE: MAX_RATES, tables.CODE: MAX_CODES, tables.MARK: MAX_MARKS, tables.SLOT: MAX_SLOTS}
_SWEPT = 4
"""Ended entries that are dropped for each new one; more than one, so that they become fewer."""
_SPARE = 64
"""A part of what is kept of a kind, one in so many, is dropped when there are too many."""
_MAKING = 10.0
"""Seconds that the first opening waits for other processes, which at a start all open it at once."""
_AGAIN = 1.0
"""Seconds between two attempts to connect."""
_UNANSWERED = 2.0
"""Seconds after which a server that answers nothing is away."""


class PostgresVolatile:
    """`store.Volatile` in a database, by one connection that is made when it is first needed."""

    def __init__(self, place: Place, patience: float = PATIENCE) -> None:
        # What a call is for fails open or is tried again; so it waits less for a server that does not answer.
        self._place = replace(place, timeout=min(place.timeout, _UNANSWERED))
        self._patience = patience
        self._me = secrets.randbits(62)
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._next = float("-inf")
        self._closed = False
        # So many may be added before it is counted again how many there are: 0 before the first.
        self._room = dict.fromkeys(_MOST, 0)

    def take(self, key: bytes, most: int, now: float) -> bool:
        _checked(key)

        def call(session: Session) -> bool:
            self._make_room(session, tables.SLOT, now)
            return tables.take(session, self._me, key, most, now)

        return self._done(call)

    def give_back(self, key: bytes, count: int) -> None:
        _checked(key)
        self._done(lambda session: tables.give_back(session, self._me, key, count))

    def wanted(self, now: float) -> dict[bytes, int]:
        return self._done(lambda session: tables.wanted(session, self._me, now))

    def renew(self, now: float) -> bool:
        return self._done(lambda session: tables.renew(session, self._me, now))

    def leave(self) -> None:
        self._done(lambda session: tables.leave(session, self._me))

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        _checked(key)

        def call(session: Session) -> Hit:
            found = tables.hit(session, key, most, window, now)
            ends, number = found or (now + window, None)
            if number is None:
                return Hit(allowed=False, left=0, ends=ends)
            if number == 1:
                self._make_room(session, tables.RATE, now)
            return Hit(allowed=True, left=most - number, ends=ends)

        return self._done(call)

    def keep(self, key: bytes, octets: bytes, until: float, now: float) -> bool:
        _checked(key)
        if len(octets) > MAX_CODE:
            raise ValueError(f"a code has no more than {MAX_CODE} octets")

        def call(session: Session) -> bool:
            self._make_room(session, tables.CODE, now)
            return tables.keep(session, key, octets, until, now)

        return self._done(call)

    def redeem(self, key: bytes, now: float) -> bytes | None:
        _checked(key)
        return self._done(lambda session: tables.redeem(session, key, now))

    def mark(self, key: bytes, until: float, now: float) -> None:
        _checked(key)

        def call(session: Session) -> None:
            if until > now:
                self._make_room(session, tables.MARK, now)
            tables.mark(session, key, until, now)

        self._done(call)

    def marked(self, key: bytes, now: float) -> float | None:
        _checked(key)
        return self._done(lambda session: tables.marked(session, key, now))

    def close(self) -> None:
        if self._session is not None:
            # Where that fails, the lease runs out.
            with suppress(Unavailable):
                self.leave()
        with self._lock:
            self._closed = True
            self._drop()

    def _make_room(self, session: Session, kind: int, now: float) -> None:
        """Room for one more of a kind. Raises Unavailable if there are too many that nobody may drive out.

        Counting takes long where there are many, so it is done when a quarter of what was free may be taken; others who
        add at the same time can bring it a little over the bound.
        """
        if kind != tables.SLOT:
            tables.sweep(session, kind, now, _SWEPT)
        if not self._room[kind]:
            free = _MOST[kind] - tables.crowd(session, kind)
            if free <= 0 and kind in {tables.CODE, tables.SLOT}:
                raise Unavailable(f"{self._place}: more than {_MOST[kind]} codes wait, or slots are taken")
            if free <= 0:
                spare = _MOST[kind] // _SPARE
                tables.drop_soonest(session, kind, spare - free)
                free = spare
            self._room[kind] = -(-free // 4)
        self._room[kind] -= 1

    def _done(self, call: Callable[[Session], T]) -> T:
        """What the call gives. Raises Unavailable."""
        with self._lock:
            try:
                return call(self._connected())
            except Lost as cut:
                # Whatever it was asked within has not lost its own connection.
                raise Unavailable(cut.known) from cut
            except Unavailable:
                raise
            except StoreError as problem:
                # Somebody has taken the tables away, perhaps: they are looked for on a new connection.
                self._drop()
                raise Unavailable(problem.known) from problem

    def _connected(self) -> Session:
        if self._closed:
            raise Unavailable(f"{self._place}: what is shared is closed")
        if self._session is not None and not self._session.is_lost:
            return self._session
        if time.monotonic() < self._next:
            raise Unavailable(f"{self._place} was not to be reached a moment ago")
        self._drop()
        self._next = time.monotonic() + _AGAIN
        session = connected(self._place, patience=_MAKING)
        try:
            tables.make_volatile(session)
            tables.wait_at_most(session, self._patience)
        except BaseException:
            session.close()
            raise
        self._next = float("-inf")
        self._session = session
        return session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


def _checked(key: bytes) -> bytes:
    if len(key) > MAX_KEY:
        raise ValueError(f"a key has no more than {MAX_KEY} octets")
    return key
