"""Two stores as one while accounts move from one to the other: each account is served from where it is (adr/0062).

Where that is, the units say themselves: what an account's own row says in the snapshot that they read. Nothing is
decided beforehand, so nothing can change in between.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import TypeVar

from pillarbox.store.contract import Staged, Unit, Writing
from pillarbox.store.error import Elsewhere, NoAccount
from pillarbox.store.feed import Feed
from pillarbox.store.glance import Glancing, Moment, Passed
from pillarbox.store.standing import Movable, Standing, seems_to_stand, stands

__all__ = ["MovingStore"]

T = TypeVar("T")


class MovingStore:
    """All accounts of the store that they leave, and of that in which they arrive.

    New ones are made where they arrive, once the first mover has begun: from then on account 0 is ARRIVING there. Of an
    account that has left, what the source still has is nobody's.
    """

    def __init__(self, source: Movable, target: Movable) -> None:
        self.source = source
        self.target = target
        self._gone: set[int] = set()
        """Accounts that were met at the target: these are looked for there first."""

    @property
    def feed(self) -> Feed:
        return self.source.feed

    def create(self, account: int) -> None:
        if stands(self.source, account) is not None:
            return
        if self._has_begun():
            self.target.create(account)
            # Who knows of the source alone must not take it for none.
            self.source.pass_over(account)
        else:
            self.source.create(account)

    def remove(self, account: int) -> None:
        # As long as the source has it, what the target has is either what the source says it is, or half a copy.
        self.source.remove(account)
        self.target.remove(account)
        self._gone.discard(account)

    def accounts(self) -> list[int]:
        return self._of_both(lambda store: store.accounts())

    def untended(self, now: int) -> list[int]:
        return self._of_both(lambda store: store.untended(now))

    @contextmanager
    def read(self, account: int) -> Iterator[Unit]:
        with ExitStack() as stack:
            yield self._where(account, lambda store: stack.enter_context(store.read(account)))

    @contextmanager
    def glance(self, account: int, moment: Moment) -> Iterator[Unit]:
        def glance(store: Movable) -> Unit:
            if not isinstance(store, Glancing):
                raise Passed
            return stack.enter_context(store.glance(account, moment))

        with ExitStack() as stack:
            yield self._where(account, glance)

    @contextmanager
    def write(self, account: int) -> Iterator[Writing]:
        with ExitStack() as stack:
            yield self._where(account, lambda store: stack.enter_context(store.write(account)))

    def stage(self, account: int) -> AbstractContextManager[Staged]:
        def stage(store: Movable) -> AbstractContextManager[Staged]:
            store.version(account)
            return store.stage(account)

        return self._where(account, stage)

    def version(self, account: int) -> int:
        return self._where(account, lambda store: store.version(account))

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        return self._where(account, lambda store: store.sweep(account, needs))

    def remains(self) -> list[str]:
        return [*self.source.remains(), *self.target.remains()]

    def probe(self) -> list[str]:
        return [*self.source.probe(), *self.target.probe()]

    def advice(self) -> list[str]:
        then = "is not written to until `pillarbox migrate` has moved it; if none is at work, begin one"
        leaving = [one for one in self.source.accounts() if seems_to_stand(self.source, one) is Standing.LEAVING]
        told = [*self.source.advice(), *self.target.advice()]
        return [*told, *(f"account {one} {then}" for one in leaving)]

    def close(self) -> None:
        try:
            self.source.close()
        finally:
            self.target.close()

    def _where(self, account: int, ask: Callable[[Movable], T]) -> T:
        """What is asked of the store that has the account. Raises what both of them do."""
        if account in self._gone:
            with suppress(Elsewhere, NoAccount):
                return ask(self.target)
            self._gone.discard(account)
        try:
            return ask(self.source)
        except Elsewhere:
            answer = self._at_target(account, ask)
        except NoAccount:
            try:
                answer = ask(self.target)
            except Elsewhere:
                # Half a copy of one that was removed meanwhile.
                raise NoAccount(f"account {account} is in neither store") from None
        self._gone.add(account)
        return answer

    def _of_both(self, ask: Callable[[Movable], list[int]]) -> list[int]:
        """Of what the target has before anything moves there, nobody is to hear."""
        here = ask(self.source)
        return sorted({*here, *ask(self.target)}) if self._has_begun() else here

    def _at_target(self, account: int, ask: Callable[[Movable], T]) -> T:
        try:
            return ask(self.target)
        except NoAccount as problem:
            if stands(self.source, account) is None:
                raise
            # It is not gone: another server has moved it, to a folder of its own perhaps.
            known = f"account {account} has moved to another store than storage.migrate-to names"
            raise Elsewhere(known) from problem

    def _has_begun(self) -> bool:
        """Whether accounts move, or have moved, to this target."""
        there = stands(self.target, 0)
        return there is Standing.ARRIVING or (
            there is Standing.HERE and stands(self.source, 0) in (Standing.LEAVING, Standing.LEFT)
        )
