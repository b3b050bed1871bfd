"""Ways from node to node through the database: its LISTEN, or a table for poolers and engines that have none."""

import time
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from pillarbox.store.error import Unavailable
from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.parcel import node_name
from pillarbox.store.postgres.server import feed
from pillarbox.store.postgres.session import Session

__all__ = ["Channel", "Listening", "Polling", "Way", "channel"]

Way: TypeAlias = Literal["listen", "poll"]

_PATIENCE = 10.0
_PAUSE = 0.025
"""Seconds between two looks at the table: half of the 50 ms in which a change is to be heard elsewhere."""
_TRIM = 10.0


class Channel(Protocol):
    """An open connection, on which all that any node says is heard from the moment it is open.

    All raise Unavailable, StoreError; then it is of no use any more. For one thread.
    """

    @property
    def descriptor(self) -> int | None:
        """What becomes readable when something has come; None where one has to look."""

    @property
    def pause(self) -> float | None:
        """Seconds between two looks, where one has to."""

    def send(self, texts: Sequence[str]) -> None:
        """Says these to all others."""

    def received(self) -> list[str]:
        """What was said since it was last asked, without waiting for more; perhaps also by us."""

    def close(self) -> None: ...


def channel(place: Place, way: Way) -> Channel:
    """The one that was chosen, opened. Raises Unavailable, StoreError."""
    session = connected(place, patience=_PATIENCE)
    try:
        return Listening(session) if way == "listen" else Polling(session)
    except BaseException:
        session.close()
        raise


class Listening:
    """By LISTEN and NOTIFY."""

    pause = None

    def __init__(self, session: Session) -> None:
        self._session = session
        feed.hear(session)

    @property
    def descriptor(self) -> int:
        return self._session.descriptor

    def send(self, texts: Sequence[str]) -> None:
        feed.notify(self._session, texts)

    def received(self) -> list[str]:
        return self._session.notified()

    def close(self) -> None:
        self._session.close()


class Polling:
    """By a table, in which each who speaks numbers what it says, one commit after the other.

    So a reader needs to know no more than the last number of each, and misses nothing that is committed late.
    """

    descriptor = None
    pause = _PAUSE

    def __init__(self, session: Session) -> None:
        self._session = session
        # Another one each time, since its numbers begin anew.
        self._name = node_name()
        self._number = 0
        feed.make_feed(session)
        feed.trim(session)
        self._known = feed.last_told(session)
        self._read = self._trimmed = time.monotonic()

    def send(self, texts: Sequence[str]) -> None:
        first = self._number + 1
        self._number += len(texts)
        feed.tell(self._session, self._name, dict(enumerate(texts, first)))

    def received(self) -> list[str]:
        began = time.monotonic()
        if began - self._read > feed.KEPT / 2:
            raise Unavailable("the table of what servers tell each other was not looked at in time")
        rows = feed.told(self._session, self._known | {self._name: self._number})
        self._read = began
        for node, number, _ in rows:
            self._known[node] = number
        if began - self._trimmed > _TRIM:
            self._trimmed = began
            feed.trim(self._session)
            # Of whom nothing is left there is nothing to be left out.
            there = feed.last_told(self._session)
            self._known = {node: number for node, number in self._known.items() if node in there}
        return [said for _, _, said in rows]

    def close(self) -> None:
        self._session.close()
