"""Who changed what, told after a commit to whoever listens.

A notice is a hint: it says that an account's types are at some state, never what changed. A listener that
missed one loses nothing that it cannot ask for. A writer says that a commit is coming before it commits, so that
whoever waits for the notice of one who died in between knows that there may be something to ask for.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pillarbox.wire.values import State

__all__ = ["Feed", "Listener", "LocalFeed", "Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """After a commit, these types of an account are at these states."""

    account: int
    states: Mapping[str, State]


Listener: TypeAlias = Callable[[Notice], None]
"""Hands a notice on. It must neither wait nor raise: the writer whose commit it tells of would. Of two commits close to
each other the later may be told first."""


class Feed(Protocol):
    """Notices from writers to listeners.

    Around each commit that changes a state a store calls `expect`, and then one of `publish`, `withdraw` and `doubt`,
    all from the writer's thread.
    """

    def expect(self, account: int) -> None:
        """The account is about to change."""

    def publish(self, notice: Notice) -> None:
        """Tells everyone who listens to the account: the commit was made."""

    def withdraw(self, account: int) -> None:
        """What was expected has failed, as far as the writer can know."""

    def doubt(self, account: int) -> None:
        """Whether the account has changed cannot be known now: whoever listens has to look for itself."""

    def listen(self, account: int, listener: Listener) -> AbstractContextManager[None]:
        """A block in which the listener is called, on the writer's thread, for each notice of the account."""


class LocalFeed:
    """A feed between the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, list[Listener]] = {}
        self._to_all: list[Listener] = []

    def expect(self, account: int) -> None:
        """Nobody here outlives the writer."""

    def withdraw(self, account: int) -> None:
        """Nobody was told anything."""

    def doubt(self, account: int) -> None:
        """Nobody here can look without the writer's store."""

    def publish(self, notice: Notice) -> None:
        self.relay(notice)
        with self._lock:
            listeners = list(self._to_all)
        for listener in listeners:
            listener(notice)

    def relay(self, notice: Notice) -> None:
        """Tells those who listen to the account, and not those who listen to all."""
        with self._lock:
            listeners = list(self._listeners.get(notice.account, ()))
        for listener in listeners:
            listener(notice)

    @contextmanager
    def listen(self, account: int, listener: Listener) -> Iterator[None]:
        with self._lock:
            self._listeners.setdefault(account, []).append(listener)
        try:
            yield
        finally:
            with self._lock:
                here = self._listeners[account]
                here.remove(listener)
                if not here:
                    del self._listeners[account]

    @contextmanager
    def listen_all(self, listener: Listener) -> Iterator[None]:
        """A block in which the listener is called for each notice of every account."""
        with self._lock:
            self._to_all.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._to_all.remove(listener)

    def listened(self) -> list[int | None]:
        """The accounts that somebody listens to; None among them if somebody listens to all."""
        with self._lock:
            return [*self._listeners, *([None] if self._to_all else [])]

    def is_listened_to(self, account: int | None) -> bool:
        """Whether it is among those."""
        with self._lock:
            return bool(self._to_all) if account is None else account in self._listeners
