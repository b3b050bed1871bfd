"""One account comes back from a backup, into a server that serves or not.

An account that is there keeps its number, name, password and all else that the server knows of it; what it holds
becomes what it held, in one unit, so that nobody sees half of it. One that is gone is made anew, with what the backup's
server knew of it.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pillarbox.access import BUILT_IN, BadAddress, normal
from pillarbox.datatypes.mail import know_addresses
from pillarbox.datatypes.server import (
    ACCOUNT,
    CREDENTIAL,
    DOMAIN,
    MEMBERSHIP,
    PUSH,
    QUEUE,
    ROLE,
    Account,
    Credential,
    Membership,
    expect,
    numbered,
    selected,
)
from pillarbox.objects import Record, Registry
from pillarbox.store import Equal, Member, Select, Store, Unit, Writing
from pillarbox.transfer.backup.errors import BackupError, refused
from pillarbox.transfer.backup.folder import Folder, opened
from pillarbox.transfer.backup.manifest import Entry
from pillarbox.transfer.backup.names import of_kinds
from pillarbox.transfer.backup.restoring import Restored, loaded, worked_on
from pillarbox.wire.collation import unicode_casemap

__all__ = ["restore_account"]


def restore_account(store: Store, registry: Registry, root: Path, address: str, now: datetime) -> Iterator[Restored]:
    """Brings an account back as it was when the backup was made; yields on the way.

    When it has come to its end, it is there; until then everything is as it was. Raises BackupError, and
    store.StoreError.
    """
    with refused(root, "The account is as it was before."):
        folder = opened(root)
        folder.check(folder.manifest.server)
        wanted = _normal(address)
        was = _found(folder, wanted)
        entry = next((one for one in folder.manifest.people if one.number == was.number), None)
        if entry is None:
            raise BackupError(f"the backup has not what {was.address} held.")
        folder.check(entry)
        yield from _Returning(store, registry, folder, entry, was, now).run(wanted)


class _Returning:
    """One account coming back; `was` is what the backup's server knew of it."""

    def __init__(
        self, store: Store, registry: Registry, folder: Folder, entry: Entry, was: Account, now: datetime
    ) -> None:
        self._store = store
        self._registry = registry
        self._folder = folder
        self._entry = entry
        self._was = was
        self._now = now
        self._progress = Restored(1, doing=was.address)

    def run(self, wanted: str) -> Iterator[Restored]:
        yield self._progress
        with self._store.read(0) as server:
            there = _at(server, wanted)
        if there is not None:
            self._replace(there)
        else:
            self._make()
        yield self._progress

    def _replace(self, there: Account) -> None:
        if there.kind != self._was.kind:
            raise BackupError(f"{there.address} is a {there.kind} now, and in the backup a {self._was.kind}.")
        # Said before it is so: there may be one too many, never one too few.
        for work in (QUEUE, PUSH):
            expect(self._store, there.number, work, self._now)
        with self._store.write(there.number) as unit:
            unit.clear()
            self._fill(unit, there.addresses)
        self._acquaint(there.number)

    def _make(self) -> None:
        kept = list(of_kinds(self._folder.rows(self._folder.manifest.server), CREDENTIAL, MEMBERSHIP))
        number = self._place()
        try:
            with self._store.write(number) as unit:
                self._fill(unit, self._was.addresses)
            with self._store.write(0) as server:
                self._name(server, number, kept)
        except BaseException:
            self._store.remove(number)
            raise
        worked_on(self._store, number, self._now)

    def _fill(self, unit: Writing, addresses: list[str]) -> None:
        loaded(self._store, unit, self._registry, self._folder, self._entry, self._progress)
        know_addresses(unit, addresses)

    def _place(self) -> int:
        """The number of an account that is empty, and has no name yet."""
        with self._store.write(0) as server:
            self._refuse_taken(server)
            number, taken = server.fresh(), set(self._store.accounts())
            while number in taken:
                number = server.fresh()
            self._store.create(number)
            return number

    def _refuse_taken(self, server: Unit) -> None:
        taken = {address: who for address in self._was.addresses if (who := _at(server, address)) is not None}
        if taken:
            told = ", ".join(f"{address} is now an address of {who.address}" for address, who in taken.items())
            raise BackupError(f"{self._was.address} cannot be made again: {told}.")

    def _name(self, server: Writing, number: int, kept: list[Record]) -> None:
        """From here on the account is there, with its password, what else it is signed in with, and its groups."""
        self._refuse_taken(server)
        if number not in self._store.accounts():
            # A server that was started meanwhile took it for one whose making was interrupted.
            raise BackupError(f"what {self._was.address} held was swept away meanwhile; do it again.")
        for address in self._was.addresses:
            _know_domain(server, address)
        roles = {*BUILT_IN, *(role.name for role in selected(server, ROLE))}
        document = {**self._was.document, "known": self._was.addresses}
        document["roles"] = [role for role in self._was.roles if role in roles]
        server.insert(ACCOUNT.table, number, document)
        for one in kept:
            if isinstance(one, Credential) and one.account == self._was.number:
                server.insert(CREDENTIAL.table, server.fresh(), {**one.document, "account": number})
            elif isinstance(one, Membership) and self._was.number in (one.group, one.member):
                self._join(server, one, number)

    def _join(self, server: Writing, one: Membership, number: int) -> None:
        """It is in the groups that are still there, or has the members that are, by the numbers that they had."""
        ours, other = ("group", "member") if one.group == self._was.number else ("member", "group")
        document: dict[str, Any] = {**one.document, ours: number}
        if numbered(server, ACCOUNT, (int(document[other]),)):
            server.insert(MEMBERSHIP.table, server.fresh(), document)

    def _acquaint(self, number: int) -> None:
        """Tells the account of the addresses that it has now, should these have changed while it came back."""
        with self._store.write(0) as server:
            for account in numbered(server, ACCOUNT, (number,)):
                with self._store.write(number) as unit:
                    know_addresses(unit, account.addresses)


def _found(folder: Folder, wanted: str) -> Account:
    for one in of_kinds(folder.rows(folder.manifest.server), ACCOUNT):
        if isinstance(one, Account) and wanted in one.addresses:
            return one
    raise BackupError(f"the backup has no account {wanted}.")


def _normal(address: str) -> str:
    try:
        return normal(address)
    except BadAddress as problem:
        raise BackupError(str(problem)) from None


def _at(server: Unit, address: str) -> Account | None:
    return next(iter(selected(server, ACCOUNT, Select(Member("addresses", address)))), None)


def _know_domain(server: Writing, address: str) -> None:
    name = address.rpartition("@")[2]
    if not server.page(DOMAIN.table, Select(Equal("name", unicode_casemap(name))), 0, 1):
        server.insert(DOMAIN.table, server.fresh(), {"name": name})
