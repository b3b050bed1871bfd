"""Orders certificates and renews them, one after the other: one task for the whole server."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from pillarbox.acme.issuing import Issuing, Through
from pillarbox.acme.refused import Refused
from pillarbox.acme.schedule import again, due, sought
from pillarbox.datatypes.server import (
    CERTIFICATE,
    IssuedCertificate,
    KeptCertificate,
    certificate,
    keep_certificate,
    looked_at,
)
from pillarbox.settings import Authority
from pillarbox.store import Store, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import utc_date

__all__ = ["Renewing"]

_LOOK = timedelta(minutes=10)
"""Until it is looked again, if nobody says that there is something to do: a clock may be set, a notice be lost."""
_SOON = timedelta(seconds=1)
_AFTER_BUG = timedelta(hours=1)


class Renewing:
    """Has the certificates that are wanted, for as long as `run` runs; `issue` has one, or raises Refused."""

    def __init__(
        self,
        store: Store,
        wanted: Sequence[Authority],
        through: Through,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        issue: Callable[[Authority], Awaitable[IssuedCertificate]] | None = None,
    ) -> None:
        self._store = store
        self._wanted = wanted
        self._through = through
        self._clock = clock
        self._chance = chance
        self._issue = issue or Issuing(store, through, clock, chance).issue

    async def run(self) -> None:
        """Looks and orders until it is cancelled. What fails is told in the log and tried again, ever later."""

        async def look() -> float:
            return (await self.look()).total_seconds()

        await looked_at(self._store.feed, (CERTIFICATE,), look, asyncio.Event())

    async def look(self) -> timedelta:
        """Orders what is due now; how long to wait until the next look."""
        upcoming = [await self._look(one) for one in self._wanted]
        return max(_SOON, min((when - self._clock() for when in upcoming), default=_LOOK))

    async def _look(self, wanted: Authority) -> datetime:
        """When to look again."""
        now = self._clock()
        latest = now + _LOOK
        try:
            kept = await self._through(certificate, self._store, wanted.id)
            if due(kept, wanted, now) <= now:
                kept = await self._attempt(wanted, kept)
            return min(due(kept, wanted, self._clock()), latest)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            return latest

    async def _attempt(self, wanted: Authority, kept: KeptCertificate) -> KeptCertificate:
        """What is kept after one more attempt. Raises store.StoreError."""
        # Written down before the authority hears of it, so that it is not asked again and again by a server that is
        # started again and again, or that cannot write. Who has mended the settings begins anew.
        tries = 1 + (kept.tries if kept.sought == sought(wanted) else 0)
        await self._keep(kept.failed("it was interrupted", sought(wanted), tries, self._again(tries, None)))
        try:
            issued = await self._issue(wanted)
        except StoreError:
            raise
        except Refused as problem:
            return await self._failed(wanted, kept, tries, problem)
        except Exception as bug:  # noqa: BLE001 - the face: one that cannot be had ends no other's renewal
            return await self._failed(wanted, kept, tries, Refused("a bug ended the attempt", _AFTER_BUG), bug)
        emit(Event.ACME_ISSUED, authority=wanted.id, names=list(issued.names), ends=utc_date(issued.ends))
        return await self._keep(kept.succeeded(issued))

    async def _failed(
        self, wanted: Authority, kept: KeptCertificate, tries: int, problem: Refused, bug: Exception | None = None
    ) -> KeptCertificate:
        when = self._again(tries, problem.asked)
        emit(
            Event.ACME_FAILED,
            authority=wanted.id,
            names=list(wanted.domains),
            known=problem.told,
            again=utc_date(when),
            ends=None if kept.issued is None else utc_date(kept.issued.ends),
            **({} if bug is None else {"exception": bug}),
        )
        return await self._keep(kept.failed(problem.told, sought(wanted), tries, when))

    async def _keep(self, kept: KeptCertificate) -> KeptCertificate:
        await self._through(keep_certificate, self._store, kept)
        return kept

    def _again(self, tries: int, asked: timedelta | None) -> datetime:
        return again(tries, self._chance(), asked, self._clock())
