"""Commits of other processes, such as an import by command line: seen by looking now and then.

The feed tells of this process's own commits at once. Until processes share a feed, accounts that somebody listens to
are looked at each second; that costs a microsecond where nothing has changed.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pillarbox.jmap.push.subscription import states
from pillarbox.objects import Registry
from pillarbox.store import LocalFeed, NoAccount, Notice, Store, StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["Watch"]


class Watch:
    """Publishes what other processes changed in the accounts that somebody listens to."""

    def __init__(self, store: Store, registry: Registry, feed: LocalFeed, seconds: float = 1.0) -> None:
        self._store = store
        self._registry = registry
        self._feed = feed
        self._seconds = seconds
        self._versions: dict[int, int] = {}
        self._failing: set[int] = set()

    async def run(self, off_loop: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        """Looks for as long as it is not cancelled; `off_loop` runs what reads the store."""
        while True:
            await asyncio.sleep(self._seconds)
            await off_loop(self.look)

    def look(self) -> None:
        """Looks once. What cannot be seen of one account keeps nobody else from hearing, and is told once."""
        listened = self._feed.accounts()
        self._failing.intersection_update(listened)
        self._versions = {account: seen for account, seen in self._versions.items() if account in listened}
        for account in listened:
            try:
                version = self._store.version(account)
                # Also at the first look: something may have been between it and the beginning of a listener, who knows
                # what it was told already.
                if self._versions.get(account) != version:
                    self._feed.publish(Notice(account, states(self._store, self._registry, account)))
            except NoAccount:
                continue
            except StoreError as problem:
                # The next look tells.
                self._failed(account, known=problem.known)
                continue
            except Exception as bug:  # noqa: BLE001 - it would end the server
                self._failed(account, known=f"a bug ended the look at account {account}", exception=bug)
                continue
            self._versions[account] = version
            self._failing.discard(account)

    def _failed(self, account: int, **fields: object) -> None:
        if account not in self._failing:
            self._failing.add(account)
            emit(Event.STORE_FAILED, **fields)
