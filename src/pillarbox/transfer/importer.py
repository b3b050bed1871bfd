"""Messages from files become Emails, in batches (RFC 8621 has no word for it; `Email/import` is its sibling).

Each message is remembered by where it was found and what it is, in the unit that files it: a run that was cut off goes
on where it ended, and a second run adds nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from pillarbox.datatypes.mail import Arrival, NewEmail, Tallies, Wanted, arrange, arrival, file, mailbox_at
from pillarbox.objects import Registry
from pillarbox.store import Store, Writing, retried
from pillarbox.transfer.found import Folder, Found, Item, Place, Skipped
from pillarbox.wire.values import UTCDate, utc_date

__all__ = ["Imported", "imported"]

_BATCH = 250
_BATCH_OCTETS = 16_000_000
_FOR_EVER = 2**53


@dataclass(slots=True)
class Imported:
    """How far an import is: messages added, messages that were there already, those that could not be taken, octets."""

    added: int = 0
    known: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    position: int = 0


def imported(
    store: Store,
    registry: Registry,
    account: int,
    items: Iterable[Item],
    clock: Callable[[], datetime],
    quota: int | None = None,
) -> Iterator[Imported]:
    """Files what is found; yields after each batch, durably filed by then.

    What would take the account over its quota, in octets, is skipped. Raises store.StoreError.
    """
    progress = Imported()
    wanted: list[Wanted] = []
    for batch in _batches(items):
        found = []
        for item in batch:
            progress.position = item.position
            match item:
                case Skipped():
                    progress.skipped.append(item)
                case Place():
                    wanted.append(Wanted(item.path, item.role, item.sort_order, item.is_subscribed))
                case Found():
                    found.append(item)
        _file(store, registry, account, (wanted, found), progress, clock(), quota)
        yield progress


def _file(
    store: Store,
    registry: Registry,
    account: int,
    told: tuple[list[Wanted], list[Found]],
    progress: Imported,
    now: datetime,
    quota: int | None,
) -> None:
    wanted, batch = told
    # Known ones are not read again, which makes a second run fast.
    with store.read(account) as unit:
        keys = ((found, _key(found)) for found in batch)
        new = [(found, key) for found, key in keys if not unit.seen(key, int(now.timestamp()))]
    read = [(found, key, arrival(found.raw)) for found, key in new]
    # Older ones first, so that a reply meets what it replies to; those of an export are in such an order already.
    read.sort(key=lambda pair: "" if pair[0].dated else _received(pair[0], pair[2], now))

    def filed() -> tuple[int, list[Skipped]]:
        added, refused = 0, []
        # Few Mailboxes, many messages: each path is looked up once in a unit, which sees no change but its own.
        places: dict[Folder, int] = {}
        with store.write(account) as unit:
            if wanted and (read or not batch):
                # Once more in each unit, for people change their Mailboxes; what is there already stays.
                places |= arrange(unit, registry, wanted)
            tallies = Tallies(unit, registry)
            for found, key, message in read:
                if quota is not None and unit.held_size() + len(found.raw) > quota:
                    refused.append(Skipped(found.key, "the account's quota is full", found.position))
                elif unit.once(key, _FOR_EVER, int(now.timestamp())):
                    blob = unit.add_blob(found.raw, 0)
                    file(unit, registry, blob, message, _new(unit, found, message, places, now), tallies)
                    added += 1
            tallies.settle()
        return added, refused

    added, refused = retried(filed)
    progress.added += added
    progress.skipped += refused
    progress.known += len(batch) - added - len(refused)


def _new(unit: Writing, found: Found, message: Arrival, places: dict[Folder, int], now: datetime) -> NewEmail:
    """What a message is besides its octets; its Mailboxes are made if they are not there."""
    paths = tuple(dict.fromkeys(chain((found.folder,), found.also_in)))
    for path in paths:
        if path not in places:
            places[path] = mailbox_at(unit, path)
    mailboxes = tuple(dict.fromkeys(places[path] for path in paths))
    return NewEmail(mailboxes, sorted(found.keywords), _received(found, message, now))


def _received(found: Found, message: Arrival, now: datetime) -> UTCDate:
    return found.dated or utc_date(found.received_at or message.received or message.sent or now)


def _key(found: Found) -> bytes:
    digest = hashlib.sha256(found.key.encode("utf-8", "surrogateescape"))
    digest.update(b"\0")
    digest.update(found.raw)
    return b"import:" + digest.digest()


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    messages = octets = 0
    for item in items:
        # The mailboxes of an export are one batch with its first messages, so that they are arranged all at once.
        batch.append(item)
        messages += not isinstance(item, Place)
        octets += len(item.raw) if isinstance(item, Found) else 0
        if messages >= _BATCH or octets >= _BATCH_OCTETS:
            yield batch
            batch, messages, octets = [], 0, 0
    if batch:
        yield batch
