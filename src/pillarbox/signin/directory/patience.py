"""A directory that is slow or away, kept from holding up those whom others know."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from pillarbox.signin.directory.source import DirectoryAway, Person, Source
from pillarbox.telemetry import Event, emit

__all__ = ["Patient"]

T = TypeVar("T")

MAX_REMEMBERED = 10_000
FORGOTTEN = 60.0
"""Seconds for which it is remembered that a directory does not know a name."""
REST = 5.0
"""Seconds for which nobody asks after there was no answer."""
WAIT = 0.5
"""Seconds that one waits for another's answer, where the last one came."""


class Patient:
    """A source that is asked one question at a time, and not again at once where there was no answer (`Source`).

    A process has two threads for passwords: a server that lets us wait may have one of them, once in a while.
    """

    def __init__(self, directory: str, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._source = source
        self._clock = clock
        self._line = threading.Lock()
        self._is_in_doubt = False
        self._rests_until = 0.0
        self._unknown: OrderedDict[str, float] = OrderedDict()

    def find(self, name: str) -> Person | None:
        """The source's, which is not asked again at once for a name that it does not know. Raises DirectoryAway."""
        now = self._clock()
        if self._unknown.get(name, now) > now:
            return None
        found = self.asked(lambda: self._source.find(name))
        if found is None:
            self._unknown[name] = now + FORGOTTEN
            while len(self._unknown) > MAX_REMEMBERED:
                self._unknown.popitem(last=False)
        return found

    def verified(self, name: str, password: str) -> Person | None:
        """The source's. Raises DirectoryAway."""
        return self.asked(lambda: self._source.verified(name, password))

    def close(self) -> None:
        """The source's."""
        self._source.close()

    def asked(self, question: Callable[[], T]) -> T:
        """What the question gives. Raises DirectoryAway; of what it raises, no other is held against the source."""
        if self._clock() < self._rests_until:
            raise DirectoryAway("it did not answer a moment ago")
        # Where it is doubtful that there will be an answer, one waits for it, and nobody waits for that one.
        if not self._line.acquire(timeout=0.0 if self._is_in_doubt else WAIT):
            self._is_in_doubt = True
            raise DirectoryAway("another question has no answer yet")
        try:
            answer = question()
        except DirectoryAway as problem:
            if not self._rests_until:
                emit(Event.DIRECTORY_AWAY, directory=self._directory, known=problem.known)
            self._is_in_doubt = True
            self._rests_until = self._clock() + REST
            raise
        else:
            if self._rests_until:
                emit(Event.DIRECTORY_ANSWERS, directory=self._directory)
            self._is_in_doubt, self._rests_until = False, 0.0
            return answer
        finally:
            self._line.release()
