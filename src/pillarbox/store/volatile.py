"""What the processes of a server share and may lose: counts, rates, codes, marks (adr/0024).

None of it is mail or a promise to anybody. It may be gone at any time, all at once, as after a power failure; what
stays away is then counted anew, and asked for again. `tests/contracts/volatile` is the specification.

Each call is short: a few look-ups, and at most PATIENCE seconds of waiting for other processes. All raise `Unavailable`
if it cannot be had in that time, and nothing else. The caller decides what that means, and there are only two
ways: a limit **fails open** (the request is served, and the operator told), a code **fails closed** (it is not
accepted; the exception, left alone, becomes "try again later").

Keys are octets, at most MAX_KEY of them (more is a bug, a ValueError); each use begins its own with its name, as
`b"upload:7"`. Times are seconds since 1970, and the caller's: where clocks of several machines differ, limits are as
much less exact. Only so many entries of a kind are kept: what ended is dropped in passing, a few at a time, and then
what would end soonest; codes alone are refused, so that nobody can drive out another's by asking for many.
"""

from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "LEASE",
    "MAX_CODE",
    "MAX_CODES",
    "MAX_KEY",
    "MAX_MARKS",
    "MAX_RATES",
    "MAX_SLOTS",
    "PATIENCE",
    "WANTED",
    "Codes",
    "Counts",
    "Hit",
    "Marks",
    "Rates",
    "Volatile",
]

PATIENCE = 0.005
"""Seconds that a call waits for other processes."""
LEASE = 10.0
"""Seconds after which a holder that did not renew has lost its slots."""
WANTED = 0.5
"""Seconds for which a slot that could not be taken is known to be wanted."""
MAX_KEY = 256
"""Octets of a key."""
MAX_CODE = 16_384
"""Octets kept under a code."""
MAX_SLOTS = 65_536
"""Keys with slots taken, each counted for each of its holders."""
MAX_RATES = 100_000
"""Windows that are kept."""
MAX_CODES = 10_000
"""Codes that wait to be redeemed."""
MAX_MARKS = 100_000
"""Marks that are set."""


class Counts(Protocol):
    """Slots, of which only so many are taken at a time by all holders together; an opened Volatile is one holder."""

    def take(self, key: bytes, most: int, now: float) -> bool:
        """Whether one more slot is this holder's, where all together have no more than `most`.

        If not, the other holders see for WANTED seconds that it is wanted.
        """

    def give_back(self, key: bytes, count: int) -> None:
        """So many of this holder's slots are free again; all of them, if it has fewer."""

    def wanted(self, now: float) -> dict[bytes, int]:
        """The keys of which this holder has slots and others want some, with how many the poorest of those has."""

    def renew(self, now: float) -> bool:
        """Keeps this holder's slots for LEASE more seconds; whether it still had any to keep.

        A holder that was away for longer, or whose slots were lost, begins anew by `leave` and `take`.
        """

    def leave(self) -> None:
        """Gives back all that this holder has, and wants nothing any more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rate says to one more: whether it is within it, how many more are, and when the window ends."""

    allowed: bool
    left: int
    ends: float


class Rates(Protocol):
    """How often something happened within a time."""

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        """One more, if no more than `most` are then in the window; one that is refused is not counted.

        The window lasts so many seconds from the key's first hit; the next hit after it begins another one. So
        around the end of one window, twice as many as `most` may come within its length.
        """


class Codes(Protocol):
    """Octets that can be had once, and in time."""

    def keep(self, key: bytes, octets: bytes, until: float, now: float) -> bool:
        """Whether the key was free and has these octets now; no more than MAX_CODE. Raises Unavailable if full."""

    def redeem(self, key: bytes, now: float) -> bytes | None:
        """The octets, for the first who asks and if their time has not passed."""


class Marks(Protocol):
    """Keys that are marked until a time, as who is banned."""

    def mark(self, key: bytes, until: float, now: float) -> None:
        """Marked until then and no longer, whatever was said before; a time that has passed takes the mark away."""

    def marked(self, key: bytes, now: float) -> float | None:
        """Until when the key is marked, if it is."""


class Volatile(Counts, Rates, Codes, Marks, Protocol):
    """All of it, from one place. May be called from any thread."""

    def close(self) -> None:
        """Leaves, as far as that can be told to the others. Every later call raises Unavailable."""
