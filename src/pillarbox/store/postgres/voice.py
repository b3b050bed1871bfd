"""How a process without a hub tells the servers on its database of its commits, as a command where none serves."""

import threading
from collections.abc import Callable
from contextlib import closing

from pillarbox.store.error import StoreError
from pillarbox.store.feed import Notice
from pillarbox.store.postgres.channel import Channel
from pillarbox.store.postgres.link import AGAIN, BATCH, LAST_WORD
from pillarbox.store.postgres.outbox import Outbox
from pillarbox.store.postgres.parcel import Kind, Parcel, node_name, parcels
from pillarbox.telemetry import Event, emit

__all__ = ["Voice"]


class Voice:
    """Speaks, and hears nothing; costs nothing until there is something to say. `opens` makes its connection."""

    def __init__(self, opens: Callable[[], Channel]) -> None:
        self._opens = opens
        self._node = node_name()
        self._spoken = threading.Event()
        self._outbox = Outbox(self._spoken.set)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._told = False

    def tell(self, notice: Notice) -> None:
        """Says it soon; a `store.Listener`."""
        self._outbox.add(notice)
        with self._lock:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Says what is left, as far as that can be done in a few seconds."""
        with self._lock:
            self._ending.set()
            thread = self._thread
        self._spoken.set()
        if thread is not None:
            thread.join(LAST_WORD)

    def _run(self) -> None:
        left: list[Notice] = []
        while True:
            try:
                with closing(self._opens()) as channel:
                    while True:
                        # Asked first: what is added later is nobody's any more.
                        is_last = self._ending.is_set()
                        left = left or self._outbox.taken()
                        if left:
                            self._say(channel, left)
                            left = []
                            self._ending.wait(BATCH)
                        elif is_last:
                            return
                        else:
                            self._spoken.wait()
                            self._spoken.clear()
            except StoreError as problem:
                self._failed(problem)
            if self._ending.is_set():
                return
            self._ending.wait(AGAIN)

    def _say(self, channel: Channel, notices: list[Notice]) -> None:
        texts = [parcel.text() for parcel in parcels(self._node, notices)]
        if self._outbox.has_dropped():
            texts.append(Parcel(self._node, Kind.BEGIN).text())
        channel.send(texts)

    def _failed(self, problem: StoreError) -> None:
        if not self._told:
            self._told = True
            emit(Event.LINK_FAILED, known=problem.known)
