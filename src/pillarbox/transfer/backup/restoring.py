"""A backup becomes a server again: every account of it, where there is none yet.

Account 0 comes last, so that what is begun and not finished has no accounts that anybody could sign in to; that it was
begun is remembered, and the same command begins it anew.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique
from pathlib import Path

from pillarbox.datatypes.mail import know_addresses
from pillarbox.datatypes.push import PUSH_SUBSCRIPTION
from pillarbox.datatypes.queue import QUEUED_MESSAGE
from pillarbox.datatypes.server import (
    ACCOUNT,
    API_KEY,
    CERTIFICATE,
    DOMAIN,
    OAUTH_CLIENT,
    PUSH,
    QUEUE,
    ROLE,
    SETTING,
    TENANT,
    expect,
)
from pillarbox.objects import Registry
from pillarbox.store import Store, Writing
from pillarbox.transfer.backup.errors import BackupError, BadBackup, refused
from pillarbox.transfer.backup.folder import Folder, opened
from pillarbox.transfer.backup.loading import BadBlob, load
from pillarbox.transfer.backup.manifest import Entry
from pillarbox.transfer.backup.names import known

__all__ = ["Damage", "Restored", "loaded", "restore", "worked_on"]

_RESTORING = b"restoring"
_FOR_EVER = 2**53
_INSTEAD = (
    "`pillarbox verify` tells all that is damaged; accounts that are whole can be had one by one, with --account, and"
    " all but the messages that are damaged with --without-damaged"
)
_MADE_BY_SOMEBODY = (ACCOUNT, API_KEY, CERTIFICATE, DOMAIN, OAUTH_CLIENT, ROLE, SETTING, TENANT)
_WORK = ((QUEUED_MESSAGE, QUEUE), (PUSH_SUBSCRIPTION, PUSH))


@dataclass(slots=True)
class Restored:
    """How far a restoration is: of so many accounts, those that are there, and what is in them.

    `lost` are blobs that the backup had lost already when it was made, `damaged` those that were damaged since.
    """

    total: int
    done: int = 0
    doing: str = ""
    objects: int = 0
    blobs: int = 0
    lost: int = 0
    damaged: int = 0


@unique
class Damage(Enum):
    """What is done about blobs that are damaged in the backup."""

    REFUSED = "refused"
    """Nothing is restored."""
    LOST = "lost"
    """All but these is."""


def restore(
    store: Store, registry: Registry, root: Path, now: datetime, damage: Damage = Damage.REFUSED
) -> Iterator[Restored]:
    """Everything that a backup has, in a store that has nothing yet, and that no server serves; yields on the way.

    When it has come to its end, everything is there. Raises BackupError, where the store has something or the backup is
    not whole, and store.StoreError.
    """
    with refused(root, "What was restored is not complete; the same command begins it anew."):
        folder = opened(root)
        try:
            yield from _all(store, registry, folder, now, damage)
        except BadBackup as problem:
            raise BadBackup(f"{problem.told}; {_INSTEAD}") from None


def _all(store: Store, registry: Registry, folder: Folder, now: datetime, damage: Damage) -> Iterator[Restored]:
    for entry in folder.manifest.entries:
        folder.check(entry)
    accounts = known(folder.rows(folder.manifest.server))
    people = folder.manifest.people
    if {entry.number for entry in people} != accounts.keys():
        raise BadBackup("the backup has not the accounts that it says there are")
    _begin(store, now)
    progress = Restored(len(people) + 1)
    for entry in people:
        progress.doing = accounts[entry.number].title
        yield progress
        store.create(entry.number)
        with store.write(entry.number) as unit:
            loaded(store, unit, registry, folder, entry, progress, damage)
            know_addresses(unit, accounts[entry.number].addresses)
        yield progress
    progress.doing = "server"
    yield progress
    with store.write(0) as server:
        server.clear()
        loaded(store, server, registry, folder, folder.manifest.server, progress, damage)
    for entry in people:
        worked_on(store, entry.number, now)
    yield progress


def loaded(
    store: Store,
    unit: Writing,
    registry: Registry,
    folder: Folder,
    entry: Entry,
    progress: Restored,
    damage: Damage,
) -> None:
    """An account's image is in the unit's account. Raises BadBackup."""
    damaged = 0

    def met(problem: BadBlob) -> None:
        nonlocal damaged
        if damage is Damage.REFUSED:
            raise problem
        damaged += 1

    try:
        end = load(store, unit, registry, folder.rows(entry), folder.shelf.open, met)
    except BadBackup as problem:
        raise BadBackup(f"{entry.place}: {problem.told.removeprefix(f'{entry.place}: ')}") from None
    progress.done += 1
    progress.objects += end.objects
    progress.blobs += end.blobs - damaged
    progress.lost += end.lost
    progress.damaged += damaged


def worked_on(store: Store, account: int, now: datetime) -> None:
    """What the account has to do is due: messages on their way out, and subscriptions to push to."""
    with store.read(account) as unit:
        due = [work for kind, work in _WORK if unit.numbers(kind.table, 1)]
    for work in due:
        expect(store, account, work, now)


def _begin(store: Store, now: datetime) -> None:
    """The store is empty from here on. Raises BackupError if it is not, and was not by an earlier attempt of this."""
    with store.write(0) as server:
        if _is_in_use(server, store.accounts(), int(now.timestamp())):
            raise BackupError(
                "there are accounts here already, and a whole backup goes where nothing is yet: name another folder"
                " with --data, or one account with --account."
            )
        server.once(_RESTORING, _FOR_EVER, 0)
    for number in store.accounts():
        if number != 0:
            store.remove(number)


def _is_in_use(server: Writing, accounts: Collection[int], now: int) -> bool:
    if any(server.numbers(kind.table, 1) for kind in _MADE_BY_SOMEBODY):
        return True
    return len(accounts) > 1 and not server.seen(_RESTORING, now)
