"""What one process is told by the hub: a thread that listens there."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from pillarbox.store.feed import LocalFeed, Notice
from pillarbox.store.hub.line import Garbled, Line, Lines, Word
from pillarbox.store.hub.link import AGAIN, Link

__all__ = ["Hearing"]

_READ = 64 * 1024


class Hearing:
    """Keeps the link joined, tells the hub which accounts are listened to here, and hands on what it says.

    `reread` is called with each account of which something may have been missed: when somebody begins to listen to it,
    when a writer of it died, and after each new connection. It must not wait. `joined` is called after each connection,
    `all_heard` whenever the hub begins to tell of all accounts.
    """

    def __init__(
        self,
        link: Link,
        here: LocalFeed,
        reread: Callable[[int], None],
        joined: Callable[[], None],
        all_heard: Callable[[], None],
    ) -> None:
        self._link = link
        self._here = here
        self._reread = reread
        self._joined = joined
        self._all_heard = all_heard
        self._lock = threading.Lock()
        # Whose listeners came or went since the hub was told.
        self._touched: set[int | None] = set()
        self._told: set[int | None] = set()
        self._lines = Lines()
        self._current: socket.socket | None = None
        self._ending = False
        self._waking, self._woken = socket.socketpair()
        for one in (self._waking, self._woken):
            one.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)

    def begin(self) -> None:
        """Starts to listen."""
        self._thread.start()

    def touch(self, account: int | None) -> None:
        """Listeners of the account, or of all, have come or gone."""
        with self._lock:
            self._touched.add(account)
        self._wake()

    def reread_all(self) -> None:
        """Of each account that is listened to here something may have been missed."""
        for account in self._here.listened():
            if account is not None:
                self._reread(account)

    def end(self) -> None:
        """Listens no more."""
        self._ending = True
        self._wake()
        self._thread.join()
        self._link.leave()
        self._waking.close()
        self._woken.close()

    def _wake(self) -> None:
        # Full is as good as written: it is going to look.
        with suppress(BlockingIOError):
            self._waking.send(b".")

    def _run(self) -> None:
        while not self._ending:
            there = self._link.join()
            if there is not self._current:
                self._begin_anew(there)
            if there is not None:
                self._say_touched()
            if self._wait(there) and there is not None:
                self._take(there)

    def _begin_anew(self, there: socket.socket | None) -> None:
        self._current = there
        self._lines = Lines()
        self._told.clear()
        if there is not None:
            with self._lock:
                self._touched = set(self._here.listened())
            self._joined()

    def _say_touched(self) -> None:
        with self._lock:
            touched, self._touched = self._touched, set()
        for account in touched:
            wanted = self._here.is_listened_to(account)
            if wanted and account not in self._told:
                self._told.add(account)
                self._link.say(Line(Word.LISTEN, account).octets())
            elif not wanted and account in self._told and account is not None:
                self._told.discard(account)
                self._link.say(Line(Word.IGNORE, account).octets())

    def _wait(self, there: socket.socket | None) -> bool:
        """Whether the hub has said something, or hung up."""
        waiting = select.poll()
        waiting.register(self._woken, select.POLLIN)
        if there is not None:
            waiting.register(there, select.POLLIN)
        ready = {number for number, _ in waiting.poll(None if there is not None else AGAIN * 1000)}
        if self._woken.fileno() in ready:
            with suppress(BlockingIOError):
                self._woken.recv(_READ)
        return there is not None and there.fileno() in ready

    def _take(self, there: socket.socket) -> None:
        try:
            octets = there.recv(_READ)
            if octets:
                for line in self._lines.fed(octets):
                    self._hear(line)
                return
        except (OSError, Garbled):
            pass
        self._link.leave()

    def _hear(self, line: Line) -> None:
        match line.word, line.account:
            case Word.PUBLISH, int(account):
                self._here.publish(Notice(account, line.states))
            case Word.REREAD, int(account):
                self._reread(account)
            case Word.REREAD, None:
                self.reread_all()
                self._all_heard()
            case _:
                raise Garbled
