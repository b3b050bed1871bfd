"""The feed of one process: told at once to whoever listens here, and by the hub to all others."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pillarbox.store.feed import Listener, LocalFeed, Notice
from pillarbox.store.hub.hearing import Hearing
from pillarbox.store.hub.line import Line, Word
from pillarbox.store.hub.link import Link
from pillarbox.wire.values import State

__all__ = ["HubFeed"]

MAX_OWED = 4096
"""Accounts whose last states are kept until there is a hub to tell it to."""


class HubFeed:
    """A `Feed` between the processes that have a data folder.

    Without a hub, as on the command line while nothing serves, it is one within this process, and looks for a hub no
    more than once a second. No writer waits for a hub for more than a moment, nor fails with it. `untold` is called
    with each notice that no hub has taken.
    """

    def __init__(self, folder: Path, untold: Listener | None = None) -> None:
        self.here = LocalFeed()
        self._untold = untold
        self._all_heard: list[Callable[[], None]] = []
        self._link = Link(folder)
        self._hearing: Hearing | None = None
        self._lock = threading.Lock()
        # Told to nobody but here; of each of an account's types the last state is enough.
        self._owed: dict[int, dict[str, State]] = {}
        # Commits under way: whichever hub there is has to know of them, should this process die.
        self._expected: Counter[int] = Counter()
        self._joined: socket.socket | None = None
        self.is_linked = False
        """Whether other machines were heard of since this process began."""

    @property
    def is_joined(self) -> bool:
        """Whether the line to other processes is there, as far as is known."""
        return self._link.is_joined

    def expect(self, account: int) -> None:
        self._join()
        with self._lock:
            self._expected[account] += 1
        self._link.say(Line(Word.EXPECT, account).octets())

    def withdraw(self, account: int) -> None:
        self._say(Line(Word.WITHDRAW, account))
        self._met(account)

    def doubt(self, account: int) -> None:
        # All accounts, as other machines have to look as well; a database that does not answer is rare enough.
        self.reread_all()
        self.withdraw(account)

    def publish(self, notice: Notice) -> None:
        self.here.publish(notice)
        self._tell(notice)
        self._met(notice.account)

    def relay(self, notice: Notice) -> None:
        """Tells of another machine's commit to all but those here who listen to all accounts: they brought it."""
        self.here.relay(notice)
        self._tell(notice)

    @contextmanager
    def listen(self, account: int, listener: Listener) -> Iterator[None]:
        try:
            with self.here.listen(account, listener):
                self._touch(account)
                yield
        finally:
            self._touch(account)

    def reread_all(self) -> None:
        """All processes here read again what they listen to: another machine's commits may have been missed."""
        if self._hearing is not None:
            self._hearing.reread_all()
        # Who is not joined now does so by itself when it is.
        self._say(Line(Word.REREAD, None))

    @contextmanager
    def listen_all(self, listener: Listener, begun: Callable[[], None] = lambda: None) -> Iterator[None]:
        """A block in which the listener is called for each notice of every account, by whichever process.

        What is said while the line to the hub is cut is not told later: `begun` is called, on a thread of ours, each
        time from which on all is told. It must not wait.
        """
        self._all_heard.append(begun)
        try:
            with self.here.listen_all(listener):
                self._touch(None)
                yield
        finally:
            self._all_heard.remove(begun)

    @contextmanager
    def hearing(self, reread: Callable[[int], None]) -> Iterator[None]:
        """A block in which commits of other processes are heard, too.

        `reread` is called, on a thread of ours, with each account of which something may have been missed; whoever
        takes it reads the states and publishes them `here`. It must not wait.
        """
        self._hearing = Hearing(self._link, self.here, reread, self._begin, self._hear_all)
        for account in self.here.listened():
            self._hearing.touch(account)
        self._hearing.begin()
        try:
            yield
        finally:
            hearing, self._hearing = self._hearing, None
            hearing.end()

    def close(self) -> None:
        """Tells what is still owed, if there is a hub now, and leaves it."""
        if self._owed and self._link.join_once_more() is not None:
            self._pay()
        self._link.leave()

    def _tell(self, notice: Notice) -> None:
        if not self._say(Line(Word.PUBLISH, notice.account, notice.states)):
            with self._lock:
                there = self._owed.get(notice.account)
                if there is not None or len(self._owed) < MAX_OWED:
                    self._owed[notice.account] = {**(there or {}), **notice.states}
            self._pay_if_joined()
            if self._untold is not None:
                self._untold(notice)

    def _met(self, account: int) -> None:
        """One commit less is under way."""
        with self._lock:
            self._expected[account] -= 1
            if self._expected[account] <= 0:
                del self._expected[account]

    def _say(self, line: Line) -> bool:
        self._join()
        return self._link.say(line.octets())

    def _join(self) -> None:
        """Where nobody hears, whoever writes has to look for a hub."""
        if self._hearing is None and (there := self._link.join()) is not self._joined:
            self._joined = there
            if there is not None:
                self._begin()

    def _begin(self) -> None:
        """Tells a hub just joined what it does not know."""
        self._pay()
        with self._lock:
            expected = list(self._expected.elements())
        for account in expected:
            self._link.say(Line(Word.EXPECT, account).octets())

    def _pay(self) -> None:
        with self._lock:
            owed, self._owed = self._owed, {}
        for account, states in owed.items():
            self._tell_again(account, states)

    def _tell_again(self, account: int, states: Mapping[str, State]) -> None:
        if not self._link.say(Line(Word.PUBLISH, account, states).octets()):
            with self._lock:
                # What is owed since is later.
                self._owed[account] = {**states, **self._owed.get(account, {})}
            self._pay_if_joined()

    def _pay_if_joined(self) -> None:
        """Whoever joined has paid what was owed then, which may have been just before."""
        if self._link.is_joined:
            self._pay()

    def _hear_all(self) -> None:
        self.is_linked = True
        for begun in list(self._all_heard):
            begun()

    def _touch(self, account: int | None) -> None:
        hearing = self._hearing
        if hearing is not None:
            hearing.touch(account)
