"""How many connections there are: of one listener, and of each of the workers that accept from the same sockets."""

import mmap
import os

from pillarbox.net.origin import Origin

__all__ = ["Balance", "Crowd", "Seat"]

_ABSENT = -1
_SLOT = 8


class Balance:
    """How many connections each of some workers has, in memory that all of them see."""

    def __init__(self, descriptor: int, workers: int, mine: int) -> None:
        """`descriptor` is a file that `shared` made, `mine` the number of this worker, from 0."""
        self._memory = memoryview(mmap.mmap(descriptor, workers * _SLOT)).cast("q")
        self._mine = mine
        self._others = [number for number in range(workers) if number != mine]

    @classmethod
    def alone(cls) -> "Balance":
        """That of one worker."""
        descriptor = cls.shared(1)
        try:
            return cls(descriptor, 1, 0)
        finally:
            os.close(descriptor)

    @staticmethod
    def shared(workers: int) -> int:
        """A descriptor of memory for so many workers, none of which is there yet."""
        descriptor = os.memfd_create("balance", os.MFD_CLOEXEC)
        os.write(descriptor, _ABSENT.to_bytes(_SLOT, "little", signed=True) * workers)
        return descriptor

    @staticmethod
    def ended(descriptor: int, number: int) -> None:
        """A worker is not there any more."""
        os.pwrite(descriptor, _ABSENT.to_bytes(_SLOT, "little", signed=True), number * _SLOT)

    def came(self) -> None:
        """This worker has one connection more."""
        self._memory[self._mine] = max(self._memory[self._mine], 0) + 1

    def left(self) -> None:
        """This worker has one connection less."""
        self._memory[self._mine] -= 1

    def begin(self) -> None:
        """This worker is there, without connections."""
        self._memory[self._mine] = 0

    def is_anothers_turn(self) -> bool:
        """Whether one of the others has fewer connections."""
        mine = self._memory[self._mine]
        return any(_ABSENT < self._memory[other] < mine for other in self._others)


class Crowd:
    """The connections of one listener in this process, whichever of its sockets they came by.

    Beyond `most` they are too many. They are counted from the moment they are accepted.
    """

    def __init__(self, balance: Balance, most: int | None = None) -> None:
        self.balance = balance
        self._most = most
        self.count = 0

    def seat(self, origin: Origin) -> "Seat":
        """That of one more."""
        self.count += 1
        self.balance.came()
        return Seat(self, origin, is_excess=self._most is not None and self.count > self._most)

    def left(self) -> None:
        """There is one less."""
        self.count -= 1
        self.balance.left()


class Seat:
    """One connection's: where it comes from, and whether it is one too many."""

    __slots__ = ("_crowd", "is_excess", "origin")

    def __init__(self, crowd: Crowd, origin: Origin, *, is_excess: bool) -> None:
        self._crowd: Crowd | None = crowd
        self.origin = origin
        self.is_excess = is_excess

    def leave(self) -> None:
        """The connection has ended; it may be told twice."""
        if self._crowd is not None:
            crowd, self._crowd = self._crowd, None
            crowd.left()
