"""States read again, for those who listen, where the feed may have missed something."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pillarbox.objects import Registry
from pillarbox.store import LocalFeed, NoAccount, Notice, Store, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import State

__all__ = ["Rereading"]

_AGAIN = 1.0
"""Seconds until it is tried again to read what could not be."""


class Rereading:
    """Publishes to this process's listeners the states that accounts have now, when somebody asks for it.

    It reads in a thread of its own, because whoever asks must not wait.
    """

    def __init__(self, store: Store, registry: Registry, here: LocalFeed) -> None:
        self._store = store
        self._registry = registry
        self._here = here
        self._asked = threading.Condition()
        self._waiting: set[int] = set()
        self._failing: set[int] = set()
        self._ending = False

    def ask(self, account: int) -> None:
        """The account is read soon, and once however often that was asked."""
        with self._asked:
            self._waiting.add(account)
            self._asked.notify()

    @contextmanager
    def running(self) -> Iterator[None]:
        """A block in which it is done. What fails is tried again each second, and told in the log once."""
        thread = threading.Thread(target=self._run, name="reread", daemon=True)
        thread.start()
        try:
            yield
        finally:
            with self._asked:
                self._ending = True
                self._asked.notify()
            thread.join()

    def look(self) -> None:
        """Reads once all that was asked for. What cannot be read of one account keeps nobody else from hearing."""
        with self._asked:
            waiting, self._waiting = self._waiting, set()
        # Those nobody listens to any more have nobody to tell.
        for account in waiting:
            if self._here.is_listened_to(account) or self._here.is_listened_to(None):
                self._read(account)
            else:
                self._failing.discard(account)

    def _run(self) -> None:
        while True:
            with self._asked:
                self._asked.wait_for(lambda: self._ending or self._waiting - self._failing, _AGAIN)
                if self._ending:
                    return
            self.look()

    def _read(self, account: int) -> None:
        try:
            there = self._states(account)
        except NoAccount:
            self._failing.discard(account)
        except StoreError as problem:
            self._failed(account, known=problem.known)
        except Exception as bug:  # noqa: BLE001 - it would end the thread
            self._failed(account, known=f"a bug ended the look at account {account}", exception=bug)
        else:
            self._failing.discard(account)
            self._here.publish(Notice(account, there))

    def _states(self, account: int) -> dict[str, State]:
        """Of all types: those that clients cannot ask for, too, as the server's own parts listen to them."""
        with self._store.read(account) as unit:
            return self._registry.states(unit)

    def _failed(self, account: int, **fields: object) -> None:
        if account not in self._failing:
            self._failing.add(account)
            emit(Event.STORE_FAILED, **fields)
        self.ask(account)
