"""Reading where nothing may take long, as on an event loop: for a moment, and without waiting (adr/0031)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from pillarbox.store.contract import Unit

__all__ = ["Glancing", "Moment", "Passed"]


class Passed(BaseException):
    """The moment was too short, or there was something to wait for: what was asked is to be asked in another way.

    No error, so nothing that deals with errors may take it for one.
    """


class Moment:
    """So many seconds from now on, by a clock of seconds."""

    __slots__ = ("_clock", "_end")

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def check(self) -> None:
        """Raises Passed once it is over."""
        if self._clock() > self._end:
            raise Passed


@runtime_checkable
class Glancing(Protocol):
    """A store that can also be read like this."""

    def glance(self, account: int, moment: Moment) -> AbstractContextManager[Unit]:
        """A reading unit that raises Passed, whatever it is asked, once the moment is over.

        It waits for nobody and opens nothing: where an account is not open yet, or octets are in a file of their own,
        Passed is raised at once. Raises NoAccount, Unavailable.
        """
