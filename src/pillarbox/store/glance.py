"""Reading where nothing may take long, as on an event loop: for a moment, and without waiting (adr/0031)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, runtime_checkable

from pillarbox.store.contract import Unit

__all__ = ["Glances", "Glancing", "Moment", "Passed"]


class Passed(BaseException):
    """The moment was too short, or there was something to wait for: what was asked is to be asked in another way.

    No error, so nothing that deals with errors may take it for one.
    """


class Moment:
    """So many seconds from now on, by a clock of seconds.

    A thread that was kept from running for a part of them, as on a busy machine, has `most` seconds for as much work:
    `worked` is the clock of what it did itself. Where none is given, waiting counts as work.
    """

    __slots__ = ("_begun", "_clock", "_end", "_last", "_seconds", "_worked")

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float],
        worked: Callable[[], float] | None = None,
        most: float = 0.0,
    ) -> None:
        now = clock()
        self._clock = clock
        self._end = now + seconds
        self._last = now + max(seconds, most)
        self._seconds = seconds
        self._worked = worked
        self._begun = worked() if worked else 0.0

    def check(self) -> None:
        """Raises Passed once it is over."""
        now = self._clock()
        if now <= self._end:
            return
        if self._worked is None or now > self._last or self._worked() - self._begun > self._seconds:
            raise Passed


@runtime_checkable
class Glancing(Protocol):
    """A store that can also be read like this."""

    def glance(self, account: int, moment: Moment) -> AbstractContextManager[Unit]:
        """A reading unit that raises Passed, whatever it is asked, once the moment is over.

        It waits for nobody and opens nothing: where an account is not open yet, or octets are in a file of their own,
        Passed is raised at once. Raises NoAccount, Unavailable.
        """


class Glances:
    """What is read of accounts within a moment: a unit is begun once for each, and ends with this block.

    So whoever asks several things of an account sees it as it was at the first.
    """

    def __init__(self, begin: Callable[[int, Moment], AbstractContextManager[Unit]], moment: Moment) -> None:
        """`begin` is a store's `glance`."""
        self.moment = moment
        self._begin = begin
        self._begun: dict[int, tuple[AbstractContextManager[Unit], Unit]] = {}

    def __enter__(self) -> "Glances":
        return self

    def __exit__(self, *_: object) -> None:
        while self._begun:
            self._begun.popitem()[1][0].__exit__(None, None, None)

    @contextmanager
    def read(self, account: int) -> Iterator[Unit]:
        """The account's unit. Raises what `Glancing.glance` does; where the block raises, the unit ends with it."""
        begun = self._begun.get(account)
        if begun is None:
            block = self._begin(account, self.moment)
            begun = self._begun[account] = block, block.__enter__()
        try:
            yield begun[1]
        except BaseException as problem:
            # The store has its own words for some of them.
            self._begun.pop(account, begun)[0].__exit__(type(problem), problem, problem.__traceback__)
            raise
