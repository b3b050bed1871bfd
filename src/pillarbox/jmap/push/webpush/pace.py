"""How often one push subscription is tried, and when again (RFC 8620 section 7.2); pure."""

from dataclasses import dataclass, field

__all__ = ["Pace", "Pacing"]

_LONGEST = 3600.0
"""Seconds between two attempts at most, unless the push service itself wants more."""
_LONGEST_ASKED = 86_400.0


@dataclass(frozen=True, slots=True)
class Pacing:
    """Seconds between two pushes, and after a failure until the next attempt; `attempts` without more to tell."""

    throttle: float = 1.0
    interval: float = 60.0
    attempts: int = 3


@dataclass(slots=True)
class Pace:
    """When the next attempt may be, by any clock that goes on evenly.

    Each failure doubles the wait. Who answers that it is too much is told less often from then on: a 429 doubles the
    time between two pushes, a success takes a tenth of what was added off again.
    """

    pacing: Pacing
    ready: float = 0.0
    """The time of the next attempt."""
    failures: int = 0
    throttle: float = field(init=False)

    def __post_init__(self) -> None:
        self.throttle = self.pacing.throttle

    def succeeded(self, now: float) -> None:
        """What there was to tell was taken."""
        self.failures = 0
        self.throttle = self.pacing.throttle + (self.throttle - self.pacing.throttle) * 0.9
        self.ready = now + self.throttle

    def slowed(self, now: float, asked: float | None) -> None:
        """It was too much, so it is less from now on; after `asked` seconds at the earliest, if that was said."""
        self.throttle = min(max(2 * self.throttle, 1.0), _LONGEST)
        self.ready = now + max(min(asked or 0.0, _LONGEST_ASKED), self.throttle)

    def failed(self, now: float, asked: float | None) -> bool:
        """Whether that was the last attempt, until there is more to tell."""
        self.failures += 1
        # Two to the power of what may be thousands is no number of seconds.
        doubled = self.pacing.interval * 2 ** min(self.failures - 1, 16)
        self.ready = now + max(min(asked or 0.0, _LONGEST_ASKED), min(doubled, _LONGEST))
        return self.failures % self.pacing.attempts == 0
