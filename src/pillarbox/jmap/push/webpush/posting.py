"""One push: encrypted, signed, sent; and what its answer means (RFC 8620 section 7.2, RFC 8030 section 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum

from pillarbox.datatypes.push import Subscribed
from pillarbox.net import destination
from pillarbox.net.outbound import Answer, Outbound, Refused, Unreachable
from pillarbox.wire.webpush import KeyPair, authorization, encrypted

__all__ = ["Fate", "Outcome", "Post"]

_SIGNED_SECONDS = 12 * 3600
"""RFC 8292 section 2 allows 24 hours; clocks differ."""
_LONGEST_TTL = 86_400
_ANSWER = 4096


class Fate(Enum):
    """What became of a push."""

    TAKEN = "taken"
    GONE = "gone"
    """There is no such subscription any more."""
    SLOWED = "slowed"
    """Not so often."""
    FAILED = "failed"
    """It may be taken later."""
    UNSENT = "unsent"
    """The same, and it is certain that nobody was asked."""
    REFUSED = "refused"
    """It leads where we do not send."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A push's fate; after how many seconds the service wants the next; and what to say of it in the log."""

    fate: Fate
    after: float | None
    known: str


@dataclass(frozen=True)
class Post:
    """Sends pushes: `patience` seconds each, signed with `key`; `contact` is a URI (RFC 8292 section 2.1).

    `clock` gives seconds since 1970, `chance` so many octets that nobody can guess.
    """

    outbound: Outbound
    key: KeyPair
    contact: str
    patience: float
    clock: Callable[[], float]
    chance: Callable[[int], bytes]

    async def push(self, to: Subscribed, plain: bytes, urgency: str) -> Outcome:
        """What became of it. It is kept for the device no longer than the subscription lives, or a day."""
        now = self.clock()
        fields = {
            "Content-Type": "application/json",
            "TTL": str(max(0, min(_LONGEST_TTL, int(to.ends.timestamp() - now)))),
            "Urgency": urgency,
            "Authorization": authorization(
                self.key, destination(to.url).origin, int(now) + _SIGNED_SECONDS, self.contact
            ),
        }
        body = plain
        if to.recipient is not None:
            fields["Content-Encoding"] = "aes128gcm"
            body = encrypted(plain, to.recipient, self.chance(16), KeyPair(self.chance(48)))
        try:
            answer = await self.outbound.send("POST", to.url, fields, body, seconds=self.patience, most=_ANSWER)
        except Refused as problem:
            return Outcome(Fate.REFUSED, None, problem.known)
        except Unreachable as problem:
            return Outcome(Fate.FAILED if problem.was_asked else Fate.UNSENT, None, problem.known)
        return Outcome(_fate(answer.status), _after(answer, now), f"answered {answer.status}")


def _fate(status: int) -> Fate:
    if 200 <= status < 300:
        return Fate.TAKEN
    if status in (404, 410):
        return Fate.GONE
    # A redirect could lead anywhere, so it is no success.
    return Fate.SLOWED if status == 429 else Fate.FAILED


def _after(answer: Answer, now: float) -> float | None:
    """The seconds of Retry-After (RFC 9110 section 10.2.3), if it can be read."""
    text = answer.fields.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now) if text else None
    except (ValueError, OverflowError):
        return None
