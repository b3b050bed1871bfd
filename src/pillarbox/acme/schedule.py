"""When a certificate is ordered, and when again after it could not be had (pure)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate
from pillarbox.settings import Authority

__all__ = ["again", "due", "renewal", "retry_after", "sought"]

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(days=1)
_LONGEST_ASKED = timedelta(days=7)
"""An authority that asks to be left alone for longer is asked after this again."""
_SPREAD = 0.1
"""The part of the time before a certificate's end by which chance makes its renewal earlier, at most."""


def due(kept: KeptCertificate, wanted: Authority, now: datetime) -> datetime:
    """When the next attempt is to be made at what is wanted: `now` or earlier, where that is at once."""
    if kept.is_hurried:
        return now
    issued = kept.issued
    is_good = issued is not None and issued.directory == wanted.directory and set(issued.names) == set(wanted.domains)
    ideal = renewal(issued, wanted) if issued is not None and is_good else now
    # Whoever has mended the settings need not wait for what they were before.
    is_same = kept.sought == sought(wanted)
    return max(ideal, kept.next_attempt) if kept.next_attempt is not None and is_same else ideal


def renewal(issued: IssuedCertificate, wanted: Authority) -> datetime:
    """When a certificate is to be renewed: so long before its end, but no sooner than when a third of its life is left.

    Else one whose whole life is shorter than that would be ordered again and again.
    """
    ahead = min(timedelta(milliseconds=wanted.renew_before.milliseconds), (issued.ends - issued.begins) / 3)
    return issued.ends - ahead * (1 + _SPREAD * issued.spread)


def again(tries: int, chance: float, asked: timedelta | None, now: datetime) -> datetime:
    """When it is tried again after so many attempts in a row that failed: a minute at first, doubled up to a day.

    `chance`, between 0 and 1, makes it up to a quarter longer; `asked` is how long the authority is to be left alone.
    """
    wait = min(_FIRST * (1 << min(tries - 1, 16)), _LONGEST) * (1 + chance / 4)
    return now + max(wait, min(asked or timedelta(), _LONGEST_ASKED))


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After asks for (RFC 9110 section 10.2.3), None if it cannot be read. It is not negative."""
    given = (text or "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=int(given[:9]))
    try:
        when = parsedate_to_datetime(given)
    except ValueError:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return max(when - now, timedelta())


def sought(wanted: Authority) -> str:
    """What tells one certificate that is wanted, and the way to it, from another; for a comparison alone."""
    key = "" if wanted.eab is None else wanted.eab.secret.reveal()
    kid = "" if wanted.eab is None else wanted.eab.kid
    said = "\n".join((wanted.directory, wanted.challenge, *wanted.contacts, "", *wanted.domains, "", kid, key))
    return sha256(said.encode()).hexdigest()[:32]
