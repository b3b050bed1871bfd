"""What was measured: figures, and the arithmetic that makes one of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

__all__ = ["Figure", "NotYet", "Wrong", "a_core", "middle", "percentile"]


class NotYet(Exception):
    """This cannot be measured here; the message says what is missing."""


class Wrong(Exception):
    """The server's answer is not the one that was to be measured; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line's figure, in the unit of its line, and what else was seen while it was measured.

    `rounds` are the single measurements that `value` is the middle of. For rates, `value` is what one core does
    (`a_core`), `wall` what was answered a second, `cpu` the server's CPU time for one request in microseconds, `floor`
    what one core answers with as many octets and nothing behind them. `memory` is the largest process in octets.
    `messages` says how many the account has, where that matters.
    """

    value: float
    rounds: Sequence[float] = ()
    wall: float | None = None
    cpu: float | None = None
    floor: float | None = None
    memory: int | None = None
    messages: int | None = None
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """The part of the floor that this is."""
        return self.value / self.floor if self.floor else None


def a_core(requests: int, wall_seconds: float, cpu_seconds: float) -> float:
    """What one core answers a second.

    A server that waits (for a disk, or because nobody asks) is not credited for the time it left unused; one that ran
    on more than one core is charged for all of them.
    """
    return requests / max(wall_seconds, cpu_seconds)


def middle(values: Sequence[float]) -> float:
    """The median. Raises ValueError if there is nothing."""
    if not values:
        raise ValueError("nothing was measured")
    return float(median(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of the values do not exceed. Raises ValueError."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)
    return ordered[min(max(rank, 1), len(ordered)) - 1]
