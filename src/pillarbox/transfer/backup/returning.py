"""One account comes back from a backup, into a server that serves or not.

An account that is there keeps its number, name, password and all else that the server knows of it; what it holds
becomes what it held, in one unit, so that nobody sees half of it. One that is gone is made anew, with what the backup's
server knew of it (`knowing`).
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from pillarbox.datatypes.mail import know_addresses
from pillarbox.datatypes.server import ACCOUNT, PUSH, QUEUE, Account, expect, numbered
from pillarbox.objects import Registry
from pillarbox.store import Store, Writing
from pillarbox.transfer.backup.errors import BackupError, refused
from pillarbox.transfer.backup.folder import Folder, opened
from pillarbox.transfer.backup.knowing import Known, kept_of, known_of
from pillarbox.transfer.backup.manifest import Entry
from pillarbox.transfer.backup.restoring import Damage, Restored, loaded, worked_on

__all__ = ["restore_account"]


def restore_account(
    store: Store, registry: Registry, root: Path, address: str, now: datetime, damage: Damage = Damage.REFUSED
) -> Iterator[Restored]:
    """Brings an account, by an address or its name, back as it was when the backup was made; yields on the way.

    When it has come to its end, it is there; until then everything is as it was. Raises BackupError, and
    store.StoreError.
    """
    with refused(root, "The account is as it was before."):
        folder = opened(root)
        folder.check(folder.manifest.server)
        known = known_of(folder, address)
        entry = next((one for one in folder.manifest.people if one.number == known.was.number), None)
        if entry is None:
            raise BackupError(f"the backup has not what {known.was.title} held.")
        folder.check(entry)
        yield from _Returning(store, registry, folder, entry, known, now, damage).run()


class _Returning:
    """One account coming back."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        folder: Folder,
        entry: Entry,
        known: Known,
        now: datetime,
        damage: Damage,
    ) -> None:
        self._store = store
        self._registry = registry
        self._folder = folder
        self._entry = entry
        self._known = known
        self._now = now
        self._damage = damage
        self._progress = Restored(1, doing=known.was.title)

    def run(self) -> Iterator[Restored]:
        yield self._progress
        with self._store.read(0) as server:
            there = self._known.now(server)
        if there is not None:
            self._replace(there)
        else:
            self._make()
        yield self._progress

    def _replace(self, there: Account) -> None:
        if there.kind != self._known.was.kind:
            raise BackupError(f"{there.title} is a {there.kind} now, and in the backup a {self._known.was.kind}.")
        # Said before it is so: there may be one too many, never one too few.
        for work in (QUEUE, PUSH):
            expect(self._store, there.number, work, self._now)
        with self._store.write(there.number) as unit:
            unit.clear()
            self._fill(unit, there.addresses)
        self._acquaint(there.number)

    def _make(self) -> None:
        kept = kept_of(self._folder, self._known.was.number)
        number = self._place()
        try:
            with self._store.write(number) as unit:
                self._fill(unit, self._known.was.addresses)
            with self._store.write(0) as server:
                self._known.refuse(server)
                if number not in self._store.accounts():
                    # A server that was started meanwhile took it for one whose making was interrupted.
                    raise BackupError(f"what {self._known.was.title} held was swept away meanwhile; do it again.")
                self._known.make(server, number, kept)
        except BaseException:
            self._store.remove(number)
            raise
        worked_on(self._store, number, self._now)

    def _fill(self, unit: Writing, addresses: Collection[str]) -> None:
        loaded(self._store, unit, self._registry, self._folder, self._entry, self._progress, self._damage)
        know_addresses(unit, addresses)

    def _place(self) -> int:
        """The number of an account that is empty, and has no name yet."""
        with self._store.write(0) as server:
            self._known.refuse(server)
            number, taken = server.fresh(), set(self._store.accounts())
            while number in taken:
                number = server.fresh()
            self._store.create(number)
            return number

    def _acquaint(self, number: int) -> None:
        """Tells the account of the addresses that it has now, should these have changed while it came back."""
        with self._store.write(0) as server:
            for account in numbered(server, ACCOUNT, (number,)):
                with self._store.write(number) as unit:
                    know_addresses(unit, account.addresses)
