"""Certificates that clients will not trust, or soon not any more: for `pillarbox doctor`."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pillarbox.acme import due
from pillarbox.app.certifying import examined
from pillarbox.datatypes.server import KeptCertificate, certificates
from pillarbox.net import BadCertificate
from pillarbox.settings import Authority, Snapshot, catalogue
from pillarbox.store import Store
from pillarbox.upkeep import Trouble

__all__ = ["expiring"]

_SOON = timedelta(days=14)
_LATE = timedelta(days=1)
"""After it was due one that is had by ACME should have been renewed, by a server that runs."""


def expiring(settings: Snapshot, store: Store, now: datetime) -> Iterator[Trouble]:
    """What is wrong with the certificates that there are, and the lack of those that there should be.

    Raises store.StoreError.
    """
    yield from _written(settings, now)
    kept = {one.authority: one for one in certificates(store)}
    for wanted in settings[catalogue.AUTHORITIES]:
        yield from _had(wanted, kept.get(wanted.id) or KeptCertificate(wanted.id), now)


def _written(settings: Snapshot, now: datetime) -> Iterator[Trouble]:
    for id_, found in examined(settings):
        place = f"certificate.{id_}"
        if isinstance(found, BadCertificate):
            yield Trouble("server", place, str(found))
        elif found.doubt:
            yield Trouble("server", place, found.doubt)
        elif found.ends - now < _SOON:
            yield Trouble("server", place, f"{_end(found.ends)}: put a new one in its place", "remark")


def _had(wanted: Authority, kept: KeptCertificate, now: datetime) -> Iterator[Trouble]:
    place = f"acme.{kept.authority}"
    upcoming = due(kept, wanted, now)
    why = f"; the last attempt failed: {kept.failure}; the next is at {_minute(upcoming)}" if kept.failure else ""
    if kept.issued is None:
        yield Trouble("server", place, f"there is no certificate yet{why}", "remark")
    elif kept.issued.ends <= now:
        yield Trouble("server", place, f"it expired at {_minute(kept.issued.ends)}{why}")
    elif kept.failure or now - upcoming > _LATE:
        yield Trouble("server", place, f"{_end(kept.issued.ends)}, and is not renewed{why}", "remark")


def _end(ends: datetime) -> str:
    return f"it ends at {_minute(ends)}"


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
