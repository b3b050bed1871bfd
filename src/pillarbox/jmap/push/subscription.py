"""One client that listens: from the feed's threads to the client's loop."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any

from pillarbox.access import Actor, Grant, Reach, permission_of
from pillarbox.jmap.capability import supports
from pillarbox.jmap.push.changes import Changes
from pillarbox.objects import DataType, Registry
from pillarbox.store import NoAccount, Notice, Store
from pillarbox.wire.values import Id, State

__all__ = ["Subscription", "states", "untold"]


def states(store: Store, registry: Registry, account: int) -> dict[str, State]:
    """The states of an account's types now, of those that clients can ask for. Raises store.StoreError."""
    with store.read(account) as unit:
        return registry.pushed_states(unit)


def untold(registry: Registry, account: Grant | Reach, permissions: frozenset[str]) -> frozenset[str]:
    """The types that somebody is not told of: those that the account lacks, as they have it, or that they may not get.

    Those are of the types that clients are told of.
    """
    return frozenset(name for name, kind in registry.told_as.items() if not _is_for(kind, account, permissions))


def _is_for(kind: DataType[Any], account: Grant | Reach, permissions: frozenset[str]) -> bool:
    return permission_of(kind.name, "get") in permissions and supports(account, kind.capability)


def _numbered(actor: Actor) -> dict[int, Id]:
    return {grant.number: account_id for account_id, grant in actor.accounts.items()}


class Subscription:
    """An actor's accounts, listened to for as long as the block lasts; used on one event loop."""

    __slots__ = (
        "_accounts",
        "_changes",
        "_has_ended",
        "_has_news",
        "_listening",
        "_loop",
        "_permissions",
        "_registry",
        "_store",
        "_untold",
        "_waiter",
    )

    def __init__(self, store: Store, registry: Registry, actor: Actor, types: Collection[str] | None) -> None:
        self._store = store
        self._registry = registry
        self._accounts = _numbered(actor)
        self._permissions = actor.permissions
        self._untold = {one.number: untold(registry, one, actor.permissions) for one in actor.accounts.values()}
        self._changes = Changes(types)
        self._loop = asyncio.get_running_loop()
        # Thousands wait at once, for hours: what they wait with is small. An Event and a timeout took 2 kB.
        self._has_news, self._has_ended = False, False
        self._waiter: asyncio.Future[None] | None = None
        self._listening: list[AbstractContextManager[None]] = []

    def __enter__(self) -> "Subscription":
        try:
            for account in self._accounts:
                listening = self._store.feed.listen(account, self._hear)
                listening.__enter__()
                self._listening.append(listening)
        except BaseException:
            self._unlisten()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unlisten()

    @property
    def has_ended(self) -> bool:
        """Whether `end` was called."""
        return self._has_ended

    def end(self) -> None:
        """Whoever waits for news is told at once that there is none, and so is whoever does so from now on."""
        self._has_ended = True
        self._wake()

    def is_of(self, actor: Actor) -> bool:
        """Whether it tells of what the actor may be told now; where not, whoever listens is to begin anew."""
        return self._permissions == actor.permissions and self._accounts == _numbered(actor)

    def current(self) -> dict[Id, dict[str, State]]:
        """All states now. Reads the store: not on the loop."""
        found: dict[Id, dict[str, State]] = {}
        for number, id_ in self._accounts.items():
            # A group that was removed a moment ago.
            with suppress(NoAccount):
                found[id_] = self._shown(number, states(self._store, self._registry, number))
        return found

    def begin(self, now: Mapping[Id, Mapping[str, State]], last: str | None) -> None:
        """These are the states at the start; `last` is the id of the last event that the client had, if any."""
        if self._changes.begin(now, last):
            self._begin_news()

    async def news(self, seconds: float) -> tuple[str, bytes] | None:
        """The next StateChange object and its event's id, or None after so many seconds without one, or at the end."""
        until = self._loop.time() + seconds
        while not self._has_ended:
            if self._has_news:
                self._has_news = False
                change = self._changes.taken()
                if change is not None:
                    return change
            elif self._loop.time() >= until:
                return None
            else:
                await self._wait(until)
        return None

    async def pause(self, seconds: float) -> None:
        """Waits so long, whatever is news meanwhile; or until the end."""
        until = self._loop.time() + seconds
        while not self._has_ended and self._loop.time() < until:
            await self._wait(until)

    async def _wait(self, until: float) -> None:
        self._waiter = self._loop.create_future()
        timer = self._loop.call_at(until, self._wake)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _begin_news(self) -> None:
        self._has_news = True
        self._wake()

    def _hear(self, notice: Notice) -> None:
        """Called on the writer's thread."""
        account_id = self._accounts[notice.account]
        shown = self._shown(notice.account, self._registry.told(notice.states))
        if shown:
            # A loop that was closed in this very moment has nobody to be told.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._tell, account_id, shown)

    def _shown(self, account: int, states: Mapping[str, State]) -> dict[str, State]:
        """Those of types that this actor may be told of."""
        hidden = self._untold[account]
        return {name: state for name, state in states.items() if name not in hidden}

    def _tell(self, account_id: Id, there: Mapping[str, State]) -> None:
        if self._changes.add(account_id, there):
            self._begin_news()

    def _unlisten(self) -> None:
        while self._listening:
            self._listening.pop().__exit__(None, None, None)
