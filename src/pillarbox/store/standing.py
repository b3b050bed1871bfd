"""Where an account stands while it moves from one store to another (adr/0062).

Its own row says so, which each unit reads as it begins: no unit begins under one mark and commits under another, by
whichever process, and whether or not that process knows that anything is moving.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import IntEnum, unique
from typing import Protocol, TypeAlias

from pillarbox.store.contract import Store, Unit, Writing
from pillarbox.store.error import Elsewhere, NoAccount, StoreError, Unavailable

__all__ = [
    "UNNAMED",
    "Admit",
    "Marking",
    "Movable",
    "Standing",
    "emptied",
    "kinds_of_none",
    "marked",
    "same_epoch",
    "seems_to_stand",
    "standing_of",
    "stands",
    "to_be_marked",
    "to_fill",
    "to_read",
    "to_write",
]

UNNAMED = ""
"""The name of no type: under it the types of an account's row have its standing, unless that is HERE."""


@unique
class Standing(IntEnum):
    """The numbers are in databases: none is ever given to another one."""

    HERE = 0
    """Read and written here, as all accounts of which nothing is said."""
    LEAVING = 1
    """Being copied: read here, and written nowhere."""
    LEFT = 2
    """Another store has it; what is left here is as it was then."""
    ARRIVING = 3
    """Being filled, and nobody's yet."""


def kinds_of_none(standing: Standing) -> str:
    """The types of a new account's row, as JSON."""
    return "{}" if standing is Standing.HERE else f'{{"{UNNAMED}":{standing.value}}}'


def standing_of(kinds: str) -> Standing:
    """The standing in a row's types, of which it is the first; cheaper than to read all of them."""
    begun = f'{{"{UNNAMED}":'
    return Standing(int(kinds[len(begun)])) if kinds.startswith(begun) else Standing.HERE


def to_read(account: int, standing: Standing) -> None:
    """Raises Elsewhere for an account that nobody may read here."""
    if standing is Standing.LEFT:
        raise Elsewhere(f"account {account} has moved to another store, which storage.migrate-to or storage.data names")
    if standing is Standing.ARRIVING:
        raise Elsewhere(f"account {account} has not arrived in this store yet: `pillarbox migrate` brings it")


def to_write(account: int, standing: Standing) -> None:
    """Raises Elsewhere for one that nobody may read here, Unavailable for one that is leaving."""
    to_read(account, standing)
    if standing is Standing.LEAVING:
        raise Unavailable(f"account {account} is moving to another store, and is not written to meanwhile")


def to_fill(account: int, standing: Standing) -> None:
    """Raises StoreError for all but those that are arriving."""
    if standing is not Standing.ARRIVING:
        raise StoreError(f"account {account} is not arriving in this store")


def same_epoch(account: int, epoch: str, begun: str) -> None:
    """Raises StoreError where an account that arrives was begun anew by somebody else."""
    if epoch != begun:
        raise StoreError(f"account {account} was begun anew meanwhile, by another `pillarbox migrate`")


def to_be_marked(account: int, standing: Standing) -> None:
    """Raises nothing: wherever it stands, it can be said that it stands elsewhere."""


Admit: TypeAlias = Callable[[int, Standing], None]
"""One of the four above whose names begin with `to`: raises for an account that a unit is not for."""


class Marking(Writing, Protocol):
    """A unit that can say where its account stands."""

    @property
    def standing(self) -> Standing:
        """Where the account stands, as far as this unit goes."""

    @property
    def commits(self) -> int:
        """The account's version when this began."""

    def settle(self, standing: Standing) -> None:
        """From this unit's commit on the account stands so."""


def marked(unit: Marking, was: Standing, now: Standing, epoch: str | None, version: int | None) -> bool:
    """What `Movable.stand` promises, within one unit."""
    if unit.standing is not was or epoch not in (None, unit.epoch) or version not in (None, unit.commits):
        return False
    unit.settle(now)
    return True


def emptied(unit: Marking) -> str:
    """What `Movable.receive` promises of an account that is there, within one unit."""
    if unit.standing not in (Standing.ARRIVING, Standing.LEFT):
        raise StoreError(f"this store has an account {unit.account} already")
    unit.settle(Standing.ARRIVING)
    unit.clear()
    return unit.epoch


class Movable(Store, Protocol):
    """A store that accounts can leave, and arrive in. Each raises NoAccount, and Unavailable."""

    def standing(self, account: int) -> Standing:
        """Where the account stands."""

    def stand(
        self, account: int, was: Standing, now: Standing, epoch: str | None = None, version: int | None = None
    ) -> bool:
        """Marks the account, durably, if it stood so, in this epoch and at this version, which is another one then.

        Whether it did. Waits for who writes to it.
        """

    def pass_over(self, account: int) -> None:
        """An account that is made in another store has LEFT this one, durably. Nothing happens if it is there."""

    def receive(self, account: int) -> str:
        """The account is there, ARRIVING, and has nothing, whatever it had; its epoch, which is a new one.

        Raises StoreError for one that is HERE or LEAVING.
        """

    def fill(self, account: int, epoch: str) -> AbstractContextManager[Writing]:
        """A block that changes an account that is ARRIVING, of which the feed says nothing.

        Raises StoreError if it is not, or is in another epoch: then somebody else has begun it anew.
        """

    def examine(self, account: int, epoch: str | None = None) -> AbstractContextManager[Unit]:
        """The same for reading; of whichever epoch, if none is said."""


def stands(store: Movable, account: int) -> Standing | None:
    """Where an account stands in a store; None for one that it has not. Raises Unavailable."""
    try:
        return store.standing(account)
    except NoAccount:
        return None


def seems_to_stand(store: Movable, account: int) -> Standing | None:
    """The same of an account that may be damaged: then it is HERE, where whoever asks for more is told. Raises
    Unavailable.
    """
    try:
        return stands(store, account)
    except Unavailable:
        raise
    except StoreError:
        return Standing.HERE
