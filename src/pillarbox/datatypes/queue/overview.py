"""Messages on their way out of all accounts, as whoever manages the queue finds them (management API section 7)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from pillarbox.access import domain_of
from pillarbox.datatypes.queue.message import QUEUED_MESSAGE
from pillarbox.datatypes.queue.sending import Queued, messages, numbers_of, queued_message
from pillarbox.datatypes.server import ACCOUNT, DOMAIN, QUEUE, due, selected
from pillarbox.store import NoAccount, Store, Unit

__all__ = [
    "Key",
    "Wanted",
    "by_account",
    "domains_seen",
    "found",
    "id_of",
    "key_of",
    "read_each",
    "seen",
    "show_change",
    "view",
]

_MOST_LOOKED_AT = 100_000
"""Messages that are looked at for one call."""
_AT_ONCE = 500
"""Messages that are read in one unit."""

_STANDS_FOR_ALL = 1
"""A number under which account 0 has no message: nothing of its own is sent from it."""

Key = tuple[int, int]
"""A message: the number of its account, and its own there."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: what the sender, a recipient, or either has in it; when the next attempt is; which keys.

    `domains` are those that a manager sees (`domains_seen`), one of which the message has to touch.
    """

    text: str | None = None
    sender: str | None = None
    recipient: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    start: Key | None = None
    end: Key | None = None
    domains: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether a message need not be read to know that it is meant."""
        return all(
            one is None for one in (self.text, self.sender, self.recipient, self.before, self.after, self.domains)
        )

    def has(self, message: Queued) -> bool:
        """Whether this is one of them, whatever its key; letters are the same in either case."""
        shown = view(message, self.domains)
        return shown is not None and self._has(shown)

    def _has(self, message: Queued) -> bool:
        if self.before is not None and message.next_attempt >= self.before:
            return False
        if self.after is not None and message.next_attempt <= self.after:
            return False
        sender, to = message.sender.casefold(), [one.address.casefold() for one in message.recipients]
        if self.text is not None:
            return any(self.text.casefold() in one for one in (sender, *to))
        if self.sender is not None and self.sender.casefold() not in sender:
            return False
        return self.recipient is None or any(self.recipient.casefold() in one for one in to)


def key_of(id_: str) -> Key | None:
    """What an id stands for, as in `a1.q5`; None for what is none."""
    account, _, message = id_.partition(".")
    first, second = ACCOUNT.number(account), QUEUED_MESSAGE.number(message)
    return None if first is None or second is None else (first, second)


def id_of(key: Key) -> str:
    """The id of a message."""
    return f"{ACCOUNT.id(key[0])}.{QUEUED_MESSAGE.id(key[1])}"


def domains_seen(store: Store, tenant: int | None) -> frozenset[str] | None:
    """The domains whose messages who manages this tenant sees; None for all there are, who is of none.

    Raises store.StoreError.
    """
    if tenant is None:
        return None
    with store.read(0) as server:
        return frozenset(one.name for one in selected(server, DOMAIN) if one.document.get("tenant") == tenant)


def found(store: Store, wanted: Wanted, most: int | None = None) -> list[Key]:
    """The messages that are wanted, no more than `most`, of the first 100000 in range; in order of account and age.

    Raises store.StoreError.
    """
    keys: list[Key] = []
    left = _MOST_LOOKED_AT
    for account in sorted(due(store, QUEUE)):
        for key in _of(store, account, wanted, left):
            left -= 1
            if key is not None:
                keys.append(key)
            if most is not None and len(keys) >= most:
                return keys
        if left <= 0:
            break
    return keys


def show_change(store: Store) -> None:
    """Whoever watches the queue in account 0 hears that something in it is another. Raises store.StoreError."""
    with store.write(0) as server:
        server.touch(QUEUED_MESSAGE.table, _STANDS_FOR_ALL)


def seen(store: Store, key: Key, domains: frozenset[str] | None) -> Queued | None:
    """A message as `view` has it; None for one that is gone, too. Raises store.StoreError."""
    try:
        with store.read(key[0]) as unit:
            message = queued_message(unit, key[1])
    except NoAccount:
        return None
    return None if message is None else view(message, domains)


def view(message: Queued, domains: frozenset[str] | None) -> Queued | None:
    """What is shown of a message to who sees these domains: all of it where its sender is of one, or for None.

    Of other messages it is the recipients of these domains, and not to whom else somebody writes. None for a message
    that touches none of them.
    """
    if domains is None or domain_of(message.sender) in domains:
        return message
    theirs = [one for one in message.recipients if domain_of(one.address) in domains]
    return message.moved(theirs) if theirs else None


def read_each(
    store: Store, keys: Sequence[Key], domains: frozenset[str] | None, read: Callable[[Unit, Queued], T]
) -> list[T]:
    """What is read of each of these in `view`, without those that are gone. Raises store.StoreError."""
    told: list[T] = []
    for account, numbers in by_account(keys):
        try:
            with store.read(account) as unit:
                views = [view(one, domains) for one in messages(unit, numbers)]
                told += [read(unit, one) for one in views if one is not None]
        except NoAccount:
            continue
    return told


def by_account(keys: Sequence[Key]) -> Iterator[tuple[int, list[int]]]:
    """Keys in order, as accounts with the numbers of their messages."""
    for account, those in groupby(keys, key=lambda key: key[0]):
        yield account, [number for _, number in those]


def _of(store: Store, account: int, wanted: Wanted, limit: int) -> Iterator[Key | None]:
    """For each message of the account in the range that is looked at: its key, or None if it is not meant."""
    start, end = wanted.start or (0, 0), wanted.end
    if account < start[0] or (end is not None and account > end[0]):
        return
    try:
        with store.read(account) as unit:
            numbers = [
                one
                for one in numbers_of(unit, 2**31)
                if (account, one) >= start and (end is None or (account, one) <= end)
            ][:limit]
        if wanted.is_everything:
            yield from ((account, one) for one in numbers)
            return
        for at in range(0, len(numbers), _AT_ONCE):
            with store.read(account) as unit:
                some = messages(unit, numbers[at : at + _AT_ONCE])
            yield from ((account, one.number) if wanted.has(one) else None for one in some)
    except NoAccount:
        # Removed, with all that it had.
        return
