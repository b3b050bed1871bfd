"""The bridge between a server's hub and those of the other servers on its database (adr/0030).

What the processes of one server tell their hub goes to all the others, in batches, and what comes from there is told
here. Nothing is told back to where it came from. Whenever something may have been missed in between, by a connection
that was cut on either side or a server that is gone, listeners read again.
"""

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Protocol

from pillarbox.store.error import StoreError
from pillarbox.store.feed import Listener, Notice
from pillarbox.store.hub import Garbled
from pillarbox.store.postgres.channel import Channel
from pillarbox.store.postgres.outbox import Outbox
from pillarbox.store.postgres.parcel import Kind, Parcel, node_name, parcels
from pillarbox.telemetry import Event, emit

__all__ = ["Link"]

BATCH = 0.01
"""Seconds between two batches: each keeps all commits of the database from ending for a moment."""
BEAT = 5.0
"""Seconds between two signs of life."""
SILENCE = 20.0
"""Seconds without a sign of life after which a server is gone. The workers of one that ends in order, which may still
finish what they have begun after their link is gone, have less."""
AGAIN = 1.0
"""Seconds between two attempts to connect."""
LAST_WORD = 5.0
"""Seconds that the last that is said may take, when the process ends."""


class _Hub(Protocol):
    """The feed of a process that is joined to the hub."""

    def relay(self, notice: Notice) -> None:
        """Tells all processes here of another server's commit, and not those who listen to all."""

    def reread_all(self) -> None:
        """Has all processes here read again what they listen to."""

    def listen_all(self, listener: Listener, begun: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which the listener is told of everything, from when `begun` was last called on."""


class Link:
    """One server's link to the others, on a thread of its own; `opens` makes its connection, `clock` gives seconds."""

    def __init__(self, opens: Callable[[], Channel], hub: _Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._opens = opens
        self._hub = hub
        self._clock = clock
        self._node = node_name()
        self._outbox = Outbox(self._wake)
        self._peers: dict[str, float] = {}
        self._begins = True
        self._next_batch = self._next_beat = 0.0
        self._told = self._is_puzzled = False
        self._ending = threading.Event()
        self._waking, self._woken = socket.socketpair()
        for one in (self._waking, self._woken):
            one.setblocking(False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """A block in which the servers hear each other. What fails is tried again each second, and told once."""
        thread = threading.Thread(target=self._run, name="link", daemon=True)
        with self._hub.listen_all(self._outbox.add, self._missed):
            thread.start()
            try:
                yield
            finally:
                self._ending.set()
                self._wake()
                # It may be connecting to a server that does not answer, for which nobody waits.
                thread.join(LAST_WORD)
                if not thread.is_alive():
                    self._waking.close()
                    self._woken.close()

    def _missed(self) -> None:
        """Of what was said at the hub before now, some may not have been heard here."""
        self._begins = True
        self._wake()

    def _wake(self) -> None:
        # Full is as good as written: it is going to look.
        with suppress(BlockingIOError):
            self._waking.send(b".")

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with closing(self._opens()) as channel:
                    self._join(channel)
                    while not self._ending.is_set():
                        self._turn(channel)
                    # Said last by this process itself.
                    self._send_news(channel)
            except StoreError as problem:
                self._failed(known=problem.known)
            except Exception as bug:  # noqa: BLE001 - it would end the thread
                self._failed(known="a bug ended the link", exception=bug)
            if not self._ending.is_set():
                self._wait(None, AGAIN)

    def _join(self, channel: Channel) -> None:
        """From here on all is heard; what was before, on either side, is to be read."""
        now = self._clock()
        self._peers = dict.fromkeys(self._peers, now)
        self._begins = True
        self._next_batch, self._next_beat = now, now + BEAT
        self._outbox.taken()
        self._begin(channel)
        self._hub.reread_all()
        if self._told:
            emit(Event.LINK_JOINED)
        self._told = False

    def _turn(self, channel: Channel) -> None:
        """Sends what there is, hears what has come, and waits for either."""
        now = self._clock()
        if self._begins or self._outbox.has_dropped():
            self._begin(channel)
        if now >= self._next_batch and self._send_news(channel):
            self._next_batch = now + BATCH
        if now >= self._next_beat:
            channel.send([Parcel(self._node, Kind.HERE).text()])
            self._next_beat = now + BEAT
        self._hear(channel.received(), now)
        self._wait(channel.descriptor, self._patience(channel))

    def _patience(self, channel: Channel) -> float:
        now = self._clock()
        until = self._next_beat if self._next_batch <= now else min(self._next_batch, self._next_beat)
        pause = max(0.0, until - now)
        return pause if channel.pause is None else min(pause, channel.pause)

    def _begin(self, channel: Channel) -> None:
        # Before it is said: what is missed while it is being said is said again.
        self._begins = False
        channel.send([Parcel(self._node, Kind.BEGIN).text()])

    def _send_news(self, channel: Channel) -> bool:
        texts = [parcel.text() for parcel in parcels(self._node, self._outbox.taken())]
        if texts:
            channel.send(texts)
        return bool(texts)

    def _hear(self, texts: list[str], now: float) -> None:
        looks = False
        for text in texts:
            try:
                parcel = Parcel.read(text)
            except Garbled:
                # Of a later version, or from a stranger who may use this database.
                self._puzzled_by(text)
                continue
            if parcel.node == self._node:
                continue
            if parcel.kind is not Kind.NEWS:
                self._peers[parcel.node] = now
            looks = looks or parcel.kind is Kind.BEGIN
            for notice in parcel.notices:
                self._hub.relay(notice)
        gone = [node for node, heard in self._peers.items() if now - heard > SILENCE]
        for node in gone:
            del self._peers[node]
        if looks or gone:
            self._hub.reread_all()

    def _wait(self, descriptor: int | None, seconds: float) -> None:
        waiting = select.poll()
        waiting.register(self._woken, select.POLLIN)
        if descriptor is not None:
            waiting.register(descriptor, select.POLLIN)
        waiting.poll(max(0.0, seconds) * 1000)
        with suppress(BlockingIOError):
            self._woken.recv(4096)

    def _puzzled_by(self, text: str) -> None:
        if not self._is_puzzled:
            self._is_puzzled = True
            emit(Event.LINK_FAILED, known=f"no server of this version says {text[:100]!r}")

    def _failed(self, **fields: object) -> None:
        if not self._told:
            self._told = True
            emit(Event.LINK_FAILED, **fields)
