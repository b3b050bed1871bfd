"""When something is tried next, and when it is given up (RFC 5321 section 4.5.4.1); pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Schedule"]

_JITTER = 0.1
"""The part of a wait by which it is shorter or longer, so that what failed together does not come back together."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to wait after the first failed attempt, the second and so on, in seconds; the last holds for the rest.

    `notice` is after how many seconds the sender is told that a message is late, None for never; `expire` after how
    many it is given up, of what the server sends by itself.
    """

    waits: Sequence[float]
    notice: float | None
    expire: float

    def next(self, tries: int, now: datetime, expires: datetime, chance: float) -> datetime | None:
        """When it is tried again after so many attempts (at least 1), None for never.

        `chance` is from 0 to 1. There is a last attempt when its time is over, and none after that.
        """
        if now >= expires:
            return None
        wait = self.waits[min(tries, len(self.waits)) - 1] * (1 - _JITTER + 2 * _JITTER * chance)
        return min(now + timedelta(seconds=wait), expires)

    def is_late(self, since: datetime, now: datetime) -> bool:
        """Whether the sender is to be told that a message waits since then."""
        return self.notice is not None and now - since >= timedelta(seconds=self.notice)

    def expires(self, now: datetime) -> datetime:
        """When what is sent now is given up."""
        return now + timedelta(seconds=self.expire)
