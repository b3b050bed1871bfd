"""A move that is stopped or killed at any moment: nothing is lost or served half, and the same command goes on."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest
from tests.conversations.transfer.images import LARGE, told, troubles
from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.store import LocalFeed, Movable, MovingStore, Standing, StoreError, Unavailable
from pillarbox.transfer.moving import MoveError, move


class Killed(BaseException):
    """The process is no more: nothing of what it would do on its way out is done either."""


class Dying:
    """A store of a process that is killed when it asks its stores for the `last` time."""

    def __init__(self, store: Movable, clock: "Lifetime") -> None:
        self._store = store
        self._lifetime = clock

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._store, name)
        if not callable(value):
            return value

        def ask(*arguments: object, **named: object) -> Any:
            self._lifetime.pass_()
            return value(*arguments, **named)

        return ask


class Lifetime:
    """So many questions to a store."""

    def __init__(self, questions: int) -> None:
        self._left = questions

    def pass_(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed


class Outage:
    """Once it has so many seconds, nobody answers until somebody has waited for as long."""

    seconds = 0.0

    def wait(self, seconds: float) -> None:
        self.seconds -= seconds


class Away:
    """A store in an outage."""

    def __init__(self, store: Movable, outage: Outage) -> None:
        self._store = store
        self._outage = outage

    def __getattr__(self, name: str) -> Any:
        if self._outage.seconds > 0:
            raise Unavailable("away")
        return getattr(self._store, name)


def mail(*people: JMAP) -> None:
    for person in people:
        person.receives("Subject: plans\n\ngarden\n")
        person.receives(LARGE)


def test_a_move_that_is_killed_at_any_moment_goes_on(
    home: Home,
    store: MovingStore,
    alice: JMAP,
    bob: JMAP,
    opens: Callable[[LocalFeed], MovingStore],
    tmp_path: Any,
) -> None:
    """Each time a question later than before, so that it dies at each of them, of a move that was begun or not."""
    mail(alice, bob)
    before = [told(alice), told(bob)]
    other = opens(LocalFeed())
    for questions in range(1, 400):
        lifetime = Lifetime(questions)
        dying = cast("Movable", Dying(other.source, lifetime)), cast("Movable", Dying(other.target, lifetime))
        is_over = False
        with suppress(Killed):
            (*_, last) = move(MovingStore(*dying), REGISTRY)
            is_over = last.is_complete
        assert [told(alice), told(bob)] == before
        if is_over:
            break
    else:
        pytest.fail("it came to no end")
    assert store.target.accounts() == [0, alice.number, bob.number]
    for person in (alice, bob):
        person.asks("Mailbox/set", create={"new": {"name": "New"}})
    assert troubles(home, tmp_path / "doctor") == []


def test_a_move_that_is_stopped_at_any_moment_leaves_nobody_unwritable(
    store: MovingStore, alice: JMAP, bob: JMAP
) -> None:
    """As by Ctrl-C."""
    mail(alice, bob)
    before = [told(alice)[1], told(bob)[1]]
    for steps in range(1, 100):
        moving = move(store, REGISTRY)
        done = [step for step, _ in zip(moving, range(steps), strict=False)]
        moving.close()
        standing = [store.source.standing(number) for number in (0, alice.number, bob.number)]
        assert set(standing) <= {Standing.HERE, Standing.LEFT}
        for person in (alice, bob):
            person.asks("Mailbox/set", create={"new": {"name": f"New {steps}"}})
        assert [told(alice)[1], told(bob)[1]] == before
        if done[-1].is_complete:
            return
    pytest.fail("it came to no end")


def test_a_store_that_is_away_for_a_while_leaves_nobody_unwritable(store: MovingStore, alice: JMAP) -> None:
    """As a database whose place another takes (architecture, section 3.2)."""
    mail(alice)
    outage = Outage()
    both = cast("list[Movable]", [Away(store.source, outage), Away(store.target, outage)])
    steps = move(MovingStore(*both), REGISTRY, wait=outage.wait)
    while store.source.standing(alice.number) is not Standing.LEAVING:
        next(steps)
    outage.seconds = 20.0

    (*_, last) = steps

    assert (last.failures, last.is_complete) == ([], True)
    alice.asks("Mailbox/set", create={"new": {"name": "New"}})


def test_one_that_stays_away_is_told_with_what_is_not_written_to(store: MovingStore, alice: JMAP) -> None:
    mail(alice)
    outage = Outage()
    both = cast("list[Movable]", [Away(store.source, outage), Away(store.target, outage)])
    steps = move(MovingStore(*both), REGISTRY, wait=outage.wait)
    while store.source.standing(alice.number) is not Standing.LEAVING:
        next(steps)
    outage.seconds = 3600.0

    with pytest.raises(MoveError, match=f"{alice.name} is not written to"):
        list(steps)

    outage.seconds = 0.0
    (*_, last) = move(store, REGISTRY)
    assert last.is_complete


class Emptied:
    """A store of which all accounts but account 0 are removed when it is first asked for one after it has that."""

    def __init__(self, store: Movable, home: Home, *people: JMAP) -> None:
        self._store = store
        self._home = home
        self._people = list(people)

    def standing(self, account: int) -> Standing:
        while account and self._people and self._store.standing(0) is Standing.HERE:
            self._home.directory.remove(self._people.pop().name)
        return self._store.standing(account)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_who_is_removed_at_the_end_is_not_missed(home: Home, store: MovingStore, alice: JMAP, bob: JMAP) -> None:
    target = cast("Movable", Emptied(store.target, home, alice, bob))
    (*_, last) = move(MovingStore(store.source, target), REGISTRY)
    assert (last.is_complete, store.accounts()) == (True, [0])


def test_two_moves_at_once_mix_nothing(store: MovingStore, alice: JMAP, bob: JMAP) -> None:
    """They are kept from it by a lock, which a database may lose; nothing that was written is lost all the same."""
    mail(alice, bob)
    before = [told(alice), told(bob)]
    moves = [move(store, REGISTRY), move(store, REGISTRY)]
    written: list[bytes] = []
    while moves:
        for one in list(moves):
            try:
                next(one)
            except (StopIteration, MoveError, StoreError):
                moves.remove(one)
            with suppress(Unavailable), store.write(alice.number) as unit:
                unit.once(b"%d" % len(written), 2**40, 0)
                written.append(b"%d" % len(written))
            assert [told(alice), told(bob)] == before
    (*_, last) = move(store, REGISTRY)
    assert (last.is_complete, last.failures) == (True, [])
    assert [told(alice), told(bob)] == before
    with store.read(alice.number) as unit:
        assert all(unit.seen(key, 0) for key in written)
    assert written != []
