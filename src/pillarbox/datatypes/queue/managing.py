"""What an administrator does about messages on their way out: tries them at another time, or gives them up.

Who writes it down is passed in, for the sender of what is given up is told, and how that is done is not known here.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from pillarbox.access import domain_of
from pillarbox.datatypes.queue.overview import Key, Wanted, by_account, found, seen
from pillarbox.datatypes.queue.sending import Addressee
from pillarbox.store import NoAccount, Store

__all__ = ["FARTHEST", "Clerk", "cancel_found", "cancel_message", "postpone_found", "postpone_message"]

FARTHEST = timedelta(days=366)
"""How far from now the next attempt may be put."""
_AT_ONCE = 100
"""Messages that are changed in one unit."""


Chosen = Callable[[Addressee], bool]
"""Says of a recipient whether something is done about it."""


class Clerk(Protocol):
    """Who writes down what becomes of an account's messages; `queue.Books` does.

    Each raises store.NoAccount, store.StoreError.
    """

    def postpone(self, account: int, numbers: Sequence[int], at: datetime, chosen: Chosen) -> int:
        """Those who are chosen and wait are next tried then, or now if that is over; of how many messages."""

    def cancel_each(self, account: int, numbers: Sequence[int]) -> int:
        """The messages are given up for everybody who does not have them, and gone; how many there were."""

    def cancel_for(self, account: int, number: int, chosen: Chosen) -> bool:
        """Whether the message is given up for some who wait, and are chosen."""


def postpone_found(store: Store, clerk: Clerk, wanted: Wanted, at: datetime) -> int:
    """The messages that are wanted are next tried then, or now if that is over; of how many anybody waits.

    Raises store.StoreError.
    """
    if wanted.domains is None:
        return _all(store, wanted, lambda account, numbers: clerk.postpone(account, numbers, at, _everybody))
    return _each(store, wanted, lambda key: postpone_message(store, clerk, key, at, wanted.domains))


def cancel_found(store: Store, clerk: Clerk, wanted: Wanted) -> int:
    """The messages that are wanted are given up, and their senders told; how many there were.

    Raises store.StoreError.
    """
    if wanted.domains is None:
        return _all(store, wanted, clerk.cancel_each)
    return _each(store, wanted, lambda key: cancel_message(store, clerk, key, wanted.domains))


def postpone_message(
    store: Store, clerk: Clerk, key: Key, at: datetime, domains: frozenset[str] | None, part: str = ""
) -> bool | None:
    """Whether anybody with `part` in the domain waits for it, who is next tried then, or now if that is over.

    Who sees `domains` changes nothing but what is shown of it (`view`); None where that is nothing.
    Raises store.StoreError.
    """
    part = part.casefold()

    def change(is_meant: Chosen) -> bool:
        return bool(clerk.postpone(key[0], (key[1],), at, lambda one: is_meant(one) and part in domain_of(one.address)))

    return _one(store, key, domains, change)


def cancel_message(store: Store, clerk: Clerk, key: Key, domains: frozenset[str] | None, part: str = "") -> bool | None:
    """Whether it is given up for those who wait and have `part` in their address; its sender is told.

    A message that is shown whole is given up for everybody without a part. Else as `postpone_message`.
    Raises store.StoreError.
    """
    part = part.casefold()

    def change(is_meant: Chosen) -> bool:
        if is_meant is _everybody and not part:
            return bool(clerk.cancel_each(key[0], (key[1],)))
        return clerk.cancel_for(key[0], key[1], lambda one: is_meant(one) and part in one.address.casefold())

    return _one(store, key, domains, change)


def _everybody(_: Addressee) -> bool:
    return True


def _one(store: Store, key: Key, domains: frozenset[str] | None, change: Callable[[Chosen], bool]) -> bool | None:
    """Changes it for those of its recipients that are shown."""
    shown = seen(store, key, domains)
    if shown is None:
        return None
    is_whole = domains is None or domain_of(shown.sender) in domains
    try:
        return change(_everybody if is_whole else lambda one: domain_of(one.address) in (domains or ()))
    except NoAccount:
        return None


def _all(store: Store, wanted: Wanted, change: Callable[[int, Sequence[int]], int]) -> int:
    count = 0
    for account, numbers in by_account(found(store, wanted)):
        # Removed meanwhile, with all that it had.
        with suppress(NoAccount):
            for at in range(0, len(numbers), _AT_ONCE):
                count += change(account, numbers[at : at + _AT_ONCE])
    return count


def _each(store: Store, wanted: Wanted, change: Callable[[Key], bool | None]) -> int:
    return sum(bool(change(key)) for key in found(store, wanted))
