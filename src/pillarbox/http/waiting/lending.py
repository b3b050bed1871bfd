"""What is said to the shared counts in one go, and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pillarbox.store import Counts

__all__ = ["Ask", "Said", "Told"]


@dataclass(frozen=True, slots=True)
class Ask:
    """So many more slots of a key, where all holders together have no more than `most`."""

    key: bytes
    most: int
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """How many slots each who asked was given, what others want, and whether what was held before is still held."""

    granted: Sequence[int]
    wanted: Mapping[bytes, int]
    known: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What is given back, and who asks; `anew` if all that was held before is to be forgotten first."""

    anew: bool
    back: Sequence[tuple[bytes, int]]
    asks: Sequence[Ask]
    looks: bool
    renews: bool
    now: float

    def to(self, counts: Counts) -> Told:
        """The answer. Raises Unavailable, and then some of it may have been heard."""
        if self.anew:
            counts.leave()
        for key, count in self.back:
            counts.give_back(key, count)
        granted = [_taken(counts, ask, self.now) for ask in self.asks]
        wanted = counts.wanted(self.now) if self.looks else {}
        known = counts.renew(self.now) if self.renews else True
        return Told(granted, wanted, known)


def _taken(counts: Counts, ask: Ask, now: float) -> int:
    taken = 0
    while taken < ask.count and counts.take(ask.key, ask.most, now):
        taken += 1
    return taken
