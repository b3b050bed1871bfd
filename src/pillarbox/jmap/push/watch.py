"""Commits of other processes, such as an import by command line: seen by looking now and then.

The feed tells of this process's own commits at once. Until processes share a feed, accounts that somebody listens to
are looked at each second; that costs a microsecond where nothing has changed.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pillarbox.jmap.push.subscription import states
from pillarbox.objects import Registry
from pillarbox.store import LocalFeed, Notice, Store, StoreError

__all__ = ["Watch"]


class Watch:
    """Publishes what other processes changed in the accounts that somebody listens to."""

    def __init__(self, store: Store, registry: Registry, feed: LocalFeed, seconds: float = 1.0) -> None:
        self._store = store
        self._registry = registry
        self._feed = feed
        self._seconds = seconds
        self._versions: dict[int, int] = {}

    async def run(self, off_loop: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        """Looks for as long as it is not cancelled; `off_loop` runs what reads the store."""
        while True:
            await asyncio.sleep(self._seconds)
            await off_loop(self.look)

    def look(self) -> None:
        """Looks once."""
        listened = self._feed.accounts()
        self._versions = {account: seen for account, seen in self._versions.items() if account in listened}
        for account in listened:
            try:
                version = self._store.version(account)
                # Also at the first look: something may have been between it and the beginning of a listener, who knows
                # what it was told already.
                if self._versions.get(account) != version:
                    self._feed.publish(Notice(account, states(self._store, self._registry, account)))
            except StoreError:
                # Gone, or not now: the next look tells.
                continue
            self._versions[account] = version
