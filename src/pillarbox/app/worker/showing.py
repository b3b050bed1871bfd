"""What a worker shows of what is had by ACME: certificates, and what authorities come to see by TLS."""

import asyncio
from datetime import UTC, datetime

from pillarbox.acme import Answers
from pillarbox.datatypes.server import (
    ACME_CHALLENGE,
    CERTIFICATE,
    KeptCertificate,
    ShownChallenge,
    certificates,
    challenges,
    looked_at,
)
from pillarbox.net import BadCertificate, Certificates, Door, Loaded, Pair, checked
from pillarbox.settings import Snapshot, catalogue
from pillarbox.store import Store, StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["Showing"]

_AGAIN = 5.0
"""Seconds until it is tried again to read what could not be."""
_LOOK = 60.0
"""Seconds until it is looked again without a notice, since one may be lost."""
_SOURCE = "acme"


class Showing:
    """Keeps what is shown as the store has it, for as long as `run` runs."""

    def __init__(self, settings: Snapshot, store: Store, shown: Certificates, door: Door) -> None:
        self._settings = settings
        self._store = store
        self._shown = shown
        self._door = door
        self._answers = Answers(lambda: datetime.now(UTC))
        self._changed = asyncio.Event()
        self._pairs: list[Pair] = []
        shown.challenges = self._answers

    def use(self, settings: Snapshot) -> None:
        """From now on these are the settings."""
        self._settings = settings
        self._changed.set()

    async def run(self) -> None:
        """Shows what there is, from each change of it on, until it is cancelled."""
        await looked_at(self._store.feed, (CERTIFICATE, ACME_CHALLENGE), self.look, self._changed)

    async def look(self) -> float:
        """Reads what there is, and shows it; how many seconds to wait until the next look."""
        wanted = {one.id: one for one in self._settings[catalogue.AUTHORITIES]}
        if not wanted and not self._pairs:
            # Whoever has no such certificates reads nothing for them.
            return _LOOK
        try:
            kept, shown = await self._door.through(_read, self._store)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            return _AGAIN
        self._answers.replace(shown)
        self._show(
            [
                Pair(one.issued.chain.encode(), one.issued.private, is_default=wanted[one.authority].is_default)
                for one in kept
                if one.issued is not None and one.authority in wanted
            ]
        )
        return _LOOK

    def _show(self, pairs: list[Pair]) -> None:
        if pairs == self._pairs:
            return
        loaded: list[Loaded] = []
        for one in pairs:
            try:
                loaded.append(checked(one))
            except BadCertificate as problem:
                # One that is damaged takes the place of no other.
                emit(Event.STORE_FAILED, known=f"a certificate that is kept cannot be shown: {problem}")
        self._shown.use(loaded, _SOURCE)
        self._pairs = pairs


def _read(store: Store) -> tuple[list[KeptCertificate], list[ShownChallenge]]:
    kept = certificates(store)
    with store.read(0) as server:
        return kept, challenges(server, "tls-alpn-01")
