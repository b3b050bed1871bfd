"""All accounts of a server move to another store, one after the other, and account 0 last.

What keeps everything together is the order of what is made durable. An account that is LEAVING is written to by nobody
from then on; it is copied to where it is ARRIVING, which nobody reads; all of it is compared; then it is HERE there,
and only then LEFT where it was. Whoever is interrupted in between begins that account anew, or finds it moved.
Account 0 is last, since it says which accounts there are: until then each server knows them from where it always did,
and a server that is started with the new store too early finds account 0 ARRIVING, and serves nobody half of it.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

from pillarbox.objects import Registry
from pillarbox.store import (
    Glancing,
    Movable,
    MovingStore,
    NoAccount,
    Notice,
    Standing,
    StoreError,
    Unavailable,
    seems_to_stand,
    stands,
)
from pillarbox.transfer.backup import BackupError, account_names
from pillarbox.transfer.moving.comparing import differences
from pillarbox.transfer.moving.copying import Copied, copied
from pillarbox.transfer.moving.preparing import MoveError, prepare, refuse

__all__ = ["Failure", "Moved", "move"]

_TOLD = 10
"""Differences that are told of one account."""
_ATTEMPTS = 3
"""Of an account that is busy when its turn comes: by an import, for example."""
_AWAY = 60.0
"""Seconds that a store is waited for which has an account that nobody can write to until it answers."""
_PAUSE = 2.0


class _Other(StoreError):
    """What arrived is not what left."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An account that stays where it is, and why."""

    account: int
    name: str
    why: str


@dataclass(slots=True)
class Moved:
    """How far it is: of so many accounts, those that are at the target, and what was copied and compared.

    `doing` is the account at hand. `is_complete` says that nothing is left at the source.
    """

    total: int
    done: int = 0
    doing: str = ""
    copied: Copied = field(default_factory=Copied)
    failures: list[Failure] = field(default_factory=list)
    is_complete: bool = False


def move(
    store: MovingStore, registry: Registry, wait: Callable[[float], object] = time.sleep
) -> Generator[Moved, None, None]:
    """Moves what has not moved yet; yields on the way. Nobody else may do so at the same time.

    An account that cannot be moved stays as it was, is among the failures of the last step, and keeps account 0 where
    it is. If this is ended early, the account at hand is as it was; a store that is away is waited for by `wait` until
    that can be said. Raises MoveError, store.StoreError.
    """
    yield from _Moving(store, registry, wait).run()


class _Moving:
    """One attempt at all accounts, and what it knows of them."""

    def __init__(self, store: MovingStore, registry: Registry, wait: Callable[[float], object]) -> None:
        self._store = store
        self._wait = wait
        self._source: Movable = store.source
        self._target: Movable = store.target
        self._registry = registry
        self._moved = Moved(0)
        self._names: dict[int, str] = {}
        self._tried: dict[int, int] = {}
        self._left: set[int] = set()
        """Those that are known to have left: an account is opened to be asked."""

    def run(self) -> Iterator[Moved]:
        refuse(self._store)
        prepare(self._store)
        yield from self._others()
        while not self._moved.failures and self._at_source(0) is not Standing.LEFT:
            try:
                # Whoever makes an account does so while it writes to account 0: from here on none is made.
                self._leave(0)
                yield from self._others()
                if not self._moved.failures:
                    yield from self._one(0)
            finally:
                self._stay(0)
        if not self._moved.failures:
            self._check()
            self._moved.is_complete = True
        yield self._moved

    def _others(self) -> Iterator[Moved]:
        """All accounts but account 0, those included that are made meanwhile."""
        while waiting := self._waiting():
            with self._store.read(0) as server:
                self._names = account_names(server)
            for number in waiting:
                yield from self._one(number)

    def _waiting(self) -> list[int]:
        """Those that are still to be tried."""
        everyone = self._source.accounts()
        asked = [one for one in everyone if one and one not in self._left]
        staying = [one for one in asked if seems_to_stand(self._source, one) not in (Standing.LEFT, None)]
        self._left.update(set(asked).difference(staying))
        failed = {one.account for one in self._moved.failures}
        self._moved.total = len(everyone)
        self._moved.done = len(everyone) - len(staying) - (self._at_source(0) is not Standing.LEFT)
        return [one for one in staying if one not in failed]

    def _one(self, number: int) -> Iterator[Moved]:
        self._moved.doing = self._name(number)
        yield self._moved
        before = self._moved.copied
        self._tried[number] = self._tried.get(number, 0) + 1
        try:
            yield from self._account(number)
        except (StoreError, BackupError) as problem:
            if isinstance(problem, NoAccount) and self._at_source(number) is None:
                # It was removed meanwhile; what had arrived of it since nobody else might remove.
                self._target.remove(number)
                return
            self._moved.copied = before
            if not isinstance(problem, Unavailable) or self._tried[number] == _ATTEMPTS:
                why = problem.known if isinstance(problem, StoreError) else problem.told
                self._moved.failures.append(Failure(number, self._moved.doing, why))
            yield self._moved
            return
        self._moved.done += 1
        yield self._moved

    def _account(self, number: int) -> Iterator[Moved]:
        """Moves one. If that does not come to its end, it is written to again."""
        version = self._leave(number)
        try:
            if self._at_target(number) is Standing.HERE:
                # Of somebody who came no further; nobody was served it.
                yield from self._examine(number)
            if self._at_target(number) is not Standing.HERE:
                yield from self._bring(number)
            # In this moment it is there for everybody. Nobody has written to it since it was read, or marked it.
            if not self._source.stand(number, Standing.LEAVING, Standing.LEFT, version=version):
                raise _Other(f"account {number} was met by another `pillarbox migrate`")
        except BaseException:
            self._stay(number)
            raise
        with self._store.read(number) as unit:
            states = self._registry.states(unit)
        self._store.feed.expect(number)
        self._store.feed.publish(Notice(number, states))

    def _examine(self, number: int) -> Iterator[Moved]:
        """What is complete at the target stays so only if it is what the account is."""
        with self._source.read(number) as source, self._target.read(number) as target:
            for problem in differences(source, target, self._registry):
                if problem is not None:
                    break
                yield self._moved
            else:
                return
        self._target.stand(number, Standing.HERE, Standing.ARRIVING)

    def _bring(self, number: int) -> Iterator[Moved]:
        done = self._moved.copied
        epoch = self._target.receive(number)
        with self._source.read(number) as source:
            now = Copied(done.objects, done.blobs, done.octets)
            # What can be glanced at is at hand, and not a network away.
            texts = source if isinstance(self._source, Glancing) else None
            for _ in copied(source, self._target, epoch, self._registry, now, texts):
                self._moved.copied = now
                yield self._moved
            with self._target.examine(number, epoch) as target:
                problems: list[str] = []
                for problem in differences(source, target, self._registry):
                    if problem is None:
                        yield self._moved
                    elif len(problems) < _TOLD:
                        problems.append(problem)
        with self._target.examine(number, epoch) as target:
            problems += [f"{one.place}: {one.problem}" for one in target.inspect(self._registry.tables)][:_TOLD]
        if problems:
            raise _Other(f"what arrived is not what left: {'; '.join(problems)}")
        if not self._target.stand(number, Standing.ARRIVING, Standing.HERE, epoch):
            raise _Other(f"account {number} was begun anew by somebody else meanwhile")

    def _leave(self, number: int) -> int:
        """From here on nobody writes to it; its version."""
        is_ours = self._source.stand(number, Standing.HERE, Standing.LEAVING)
        if not is_ours and self._source.standing(number) is not Standing.LEAVING:
            raise _Other(f"account {number} was moved by somebody else meanwhile")
        return self._source.version(number)

    def _stay(self, number: int) -> None:
        """It is written to again, if it has not left. Raises MoveError if nobody can say so."""
        waited = 0.0
        while True:
            try:
                self._source.stand(number, Standing.LEAVING, Standing.HERE)
            except Unavailable as problem:
                if waited >= _AWAY:
                    name = self._name(number)
                    known = f"the store that {name} is leaving does not answer ({problem.known})"
                    raise MoveError(f"{known}; do it again when it does: until then {name} is not written to") from None
            except StoreError:
                # It is damaged, or was removed.
                return
            else:
                return
            self._wait(_PAUSE)
            waited += _PAUSE

    def _name(self, number: int) -> str:
        return self._names.get(number, f"number {number}") if number else "server"

    def _at_source(self, number: int) -> Standing | None:
        """Where it stands there; None if it is not there at all."""
        return stands(self._source, number)

    def _at_target(self, number: int) -> Standing | None:
        return stands(self._target, number)

    def _check(self) -> None:
        """That every account which the server knows is at the target."""
        with self._target.read(0) as server:
            named = account_names(server)
        elsewhere = [one for one in sorted(named) if self._at_target(one) is not Standing.HERE]
        with self._target.read(0) as server:
            # Without those that were removed meanwhile.
            named = account_names(server)
        missing = [named[one] for one in elsewhere if one in named]
        if missing:
            raise MoveError(f"these accounts are not in the new store: {', '.join(missing[:_TOLD])}. Do it again.")
