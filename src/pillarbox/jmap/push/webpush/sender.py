"""Pushes to the URLs of PushSubscriptions (RFC 8620 section 7.2): one task for the whole server.

It begins with the accounts that account 0 names, and hears of more by the feed. Of each owner of subscriptions it
keeps the latest states; of each subscription what its URL was told, also across restarts. A subscription costs no task
unless there is something to tell it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from pillarbox.access import Reach
from pillarbox.datatypes.push import (
    PUSH_SUBSCRIPTION,
    Subscribed,
    destroy,
    note,
    note_asked,
    subscribed,
)
from pillarbox.datatypes.server import DUE, MEMBERSHIP, PUSH, due, settle
from pillarbox.jmap.push.subscription import states, untold
from pillarbox.jmap.push.webpush.line import Line, States, added, change, verification
from pillarbox.jmap.push.webpush.pace import Pacing
from pillarbox.jmap.push.webpush.posting import Fate, Outcome, Post
from pillarbox.objects import Registry
from pillarbox.store import NoAccount, Notice, Rounds, Store, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import State

__all__ = ["Through", "WebPush"]

P = ParamSpec("P")
T = TypeVar("T")

_AT_ONCE, _AT_ONCE_EACH = 64, 4
"""Pushes on their way, of all and of one owner: whose URLs answer slowly keeps only their own others waiting."""
_SWEEP = 3600.0
"""Seconds until what has ended is looked for again."""
_AGAIN = 1.0
"""Seconds until it is tried again to read what could not be."""


class Through(Protocol):
    """The way to call what blocks."""

    def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class _Read:
    """What is kept of an owner: the accounts they have, their subscriptions, and all states."""

    reached: Mapping[int, Reach]
    subscribed: list[Subscribed]
    states: States
    is_known: bool
    """Whether account 0 still names them."""


class _Owner:
    """Somebody with subscriptions."""

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}
        self.now: States = {}
        self.reading = asyncio.Lock()
        self.room = asyncio.Semaphore(_AT_ONCE_EACH)
        self.reached: Mapping[int, Reach] = {}
        self.listening = ExitStack()
        self.directory = 0
        """How many changes of account 0 had been heard when it was read."""


class WebPush:
    """Tells subscriptions what changes, for as long as `run` runs.

    `reach` gives the accounts that the owner of an account has, by number; it raises store.StoreError.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        post: Post,
        through: Through,
        pacing: Pacing,
        reach: Callable[[int], Mapping[int, Reach]],
    ) -> None:
        self._store = store
        self._registry = registry
        self._post = post
        self._through = through
        self._pacing = pacing
        self._reach = reach
        self._owners: dict[int, _Owner] = {}
        self._rounds = Rounds(self._look, self._stumbled)
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._directory = 0
        self._is_ending = False

    async def run(self) -> None:
        """Reads, listens and pushes until it is cancelled. What fails is told in the log and tried again."""
        self._loop = asyncio.get_running_loop()
        try:
            with self._store.feed.listen(0, partial(self._hear, 0)):
                async with asyncio.TaskGroup() as self._tasks:
                    sweeping = self._tasks.create_task(self._sweep())
                    try:
                        await self._rounds.run()
                    finally:
                        self._is_ending = True
                        sweeping.cancel()
        finally:
            for owner in self._owners.values():
                owner.listening.close()

    # Hearing.

    def _hear(self, number: int, notice: Notice) -> None:
        """Called on the writer's thread, for the owner with this number."""
        # A loop that was closed in this very moment tells nobody.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._heard, number, notice)

    def _heard(self, number: int, notice: Notice) -> None:
        if number == 0:
            self._directory += 1
            if DUE.name in notice.states:
                self._rounds.ask(0)
            if MEMBERSHIP.name in notice.states:
                for owner_number in self._owners:
                    self._rounds.ask(owner_number)
            return
        owner = self._owners.get(number)
        account = owner.reached.get(notice.account) if owner else None
        if owner is None or account is None:
            return
        if notice.account == number and PUSH_SUBSCRIPTION.name in notice.states:
            self._rounds.ask(number)
        if added(owner.now, account.id, self._shown(account, self._registry.told(notice.states))):
            self._start(number, owner)

    def _shown(self, account: Reach, states: Mapping[str, State]) -> dict[str, State]:
        """Those of types that the owner of the subscription may be told of."""
        hidden = untold(self._registry, account, account.permissions)
        return {name: state for name, state in states.items() if name not in hidden}

    # Reading.

    async def _look(self, account: int) -> None:
        await (self._read_all() if account == 0 else self._read(account))

    def _stumbled(self, account: int, bug: Exception) -> None:
        emit(Event.PUSH_FAILED, account=account, known="a bug ended the look", exception=bug)

    async def _read_all(self) -> None:
        for account in await self._through(due, self._store, PUSH):
            if account not in self._owners:
                self._rounds.ask(account)

    async def _read(self, number: int) -> None:
        owner = self._owners.setdefault(number, _Owner())
        async with owner.reading:
            # Whoever was first may have found that there is nothing any more.
            if self._owners.get(number) is owner:
                await self._read_owner(number, owner)

    async def _read_owner(self, number: int, owner: _Owner) -> None:
        heard = self._directory
        reached = await self._through(self._reach, number)
        if reached != owner.reached:
            # Listening first: what happens while it is read is heard.
            with owner.listening:
                owner.listening = ExitStack()
                for account in reached:
                    owner.listening.enter_context(self._store.feed.listen(account, partial(self._hear, number)))
            owner.reached = reached
            owner.now = {one.id: self._shown(one, owner.now[one.id]) for one in reached.values() if one.id in owner.now}
        # Not before: until here, what is due may be of an account that is not theirs any more.
        owner.directory = heard
        read = await self._through(self._found, number, reached)
        for account_id, current in read.states.items():
            added(owner.now, account_id, current)
        for gone in owner.lines.keys() - {one.number for one in read.subscribed}:
            owner.lines.pop(gone).is_open = False
        for one in read.subscribed:
            line = owner.lines.setdefault(one.number, Line(one, self._pacing))
            line.refresh(one, owner.now)
        if not read.is_known:
            owner.listening.close()
            del self._owners[number]
        self._start(number, owner)

    def _found(self, number: int, reached: Mapping[int, Reach]) -> _Read:
        now = datetime.fromtimestamp(self._post.clock(), UTC)
        kept = subscribed(self._store, number, now)
        is_known = bool(kept) or not settle(self._store, number, PUSH, now)
        there: States = {}
        for account, reach in reached.items() if kept else ():
            with suppress(NoAccount):
                there[reach.id] = self._shown(reach, states(self._store, self._registry, account))
        return _Read(reached, kept, there, is_known)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            for account in (0, *self._owners):
                self._rounds.ask(account)

    # Pushing.

    def _start(self, number: int, owner: _Owner) -> None:
        for line in () if self._is_ending else owner.lines.values():
            if not line.is_flying and line.is_due(owner.now):
                line.is_flying = True
                self._tasks.create_task(self._fly(number, owner, line))

    async def _fly(self, number: int, owner: _Owner, line: Line) -> None:
        """Until there is nothing more to push. What is due once this has ended starts another one."""
        try:
            # Nothing is awaited between the last look and the end, so nothing is missed in between.
            while line.is_due(owner.now):
                await asyncio.sleep(max(0.0, line.pace.ready - self._loop.time()))
                async with owner.room, self._room:
                    if await self._may_be_told(number, owner, line):
                        await (self._verify(number, line) if line.wants_code else self._tell(number, owner, line))
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            self._loop.call_later(_AGAIN, self._start, number, owner)
        except Exception as bug:  # noqa: BLE001 - the face: a bug with one ends no other's pushes
            id_ = line.subscribed.id
            emit(Event.PUSH_FAILED, account=number, subscription=id_, known="a bug ended it", exception=bug)
        finally:
            line.is_flying = False

    async def _may_be_told(self, number: int, owner: _Owner, line: Line) -> bool:
        """Whether the subscription has not ended meanwhile: by time, or as its owner has another password."""
        if owner.directory != self._directory or line.subscribed.ends.timestamp() <= self._post.clock():
            await self._read(number)
        return line.is_due(owner.now)

    async def _verify(self, number: int, line: Line) -> None:
        """Pushes the code, once (section 7.2); again only if it is certain that nobody was asked."""
        to = line.subscribed
        if line.code is None:
            is_first = await self._through(note_asked, self._store, number, to.number)
            line.is_asked = True
            line.code = to.code if is_first else None
        if line.code is None:
            return
        outcome = await self._post.push(to, verification(to, line.code), "high")
        if outcome.fate is Fate.UNSENT and not line.pace.failed(self._loop.time(), outcome.after):
            return
        line.code = None
        if outcome.fate is Fate.TAKEN:
            line.pace.succeeded(self._loop.time())
        elif outcome.fate in (Fate.GONE, Fate.REFUSED):
            await self._end(number, line, outcome)
        else:
            emit(Event.PUSH_FAILED, account=number, subscription=to.id, known=f"verification: {outcome.known}")

    async def _tell(self, number: int, owner: _Owner, line: Line) -> None:
        """Pushes what it does not know."""
        to, news = line.subscribed, line.news(owner.now)
        told, octets = change(news)
        outcome = await self._post.push(to, octets, "normal")
        now = self._loop.time()
        match outcome.fate:
            case Fate.TAKEN:
                line.pace.succeeded(now)
                line.learn(told)
                if not line.news(owner.now):
                    await self._through(note, self._store, number, to.number, line.told)
            case Fate.GONE:
                await self._end(number, line, outcome)
            case Fate.SLOWED:
                line.pace.slowed(now, outcome.after)
            case Fate.FAILED | Fate.UNSENT | Fate.REFUSED:
                if line.pace.failed(now, outcome.after):
                    emit(Event.PUSH_FAILED, account=number, subscription=to.id, known=outcome.known)
                    line.given_up = news

    async def _end(self, number: int, line: Line, outcome: Outcome) -> None:
        await self._through(destroy, self._store, number, line.subscribed.number)
        emit(Event.PUSH_ENDED, account=number, subscription=line.subscribed.id, known=outcome.known)
        line.is_open = False
