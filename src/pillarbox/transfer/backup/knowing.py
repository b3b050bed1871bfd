"""What account 0 knew of an account that comes back, and knows again: names, tenant, roles, groups and lists.

A number alone says nothing: the backup may be another server's, where it is somebody else's. So whoever is named in the
backup is taken for somebody here if both the number and a name or an address are the same; a tenant or a role if its
name is. Nobody gets more by a restoration than there was: a tenant or a role that is gone has to be made again first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pillarbox.access import BUILT_IN, BadAddress, normal
from pillarbox.datatypes.directory.lists import MAX_MEMBERS
from pillarbox.datatypes.directory.principals import named
from pillarbox.datatypes.server import (
    ACCOUNT,
    CREDENTIAL,
    DOMAIN,
    LIST,
    MEMBERSHIP,
    ROLE,
    TENANT,
    Account,
    Credential,
    Membership,
    Tenant,
    domain_named,
    numbered,
    selected,
    tenant_named,
)
from pillarbox.objects import Record
from pillarbox.store import Member, Select, Unit, Writing
from pillarbox.transfer.backup.errors import BackupError
from pillarbox.transfer.backup.folder import Folder
from pillarbox.transfer.backup.names import bounded, of_kinds
from pillarbox.wire.collation import unicode_casemap

__all__ = ["Known", "kept_of", "known_of"]


@dataclass(frozen=True, slots=True)
class Known:
    """An account as account 0 knew it, with everybody whom it knew, and the names of tenants."""

    was: Account
    accounts: Mapping[int, Account]
    tenants: Mapping[int, str]

    def now(self, server: Unit) -> Account | None:
        """Who it is here: of its number, with a name or an address of it; or else who is called so."""
        for one in numbered(server, ACCOUNT, (self.was.number,)):
            if _is_same(one, self.was):
                return one
        return next(iter(selected(server, ACCOUNT, Select(Member("names", unicode_casemap(self.was.title))))), None)

    def refuse(self, server: Unit) -> None:
        """Raises BackupError with all that keeps it from being made again."""
        if problems := list(self._problems(server)):
            raise BackupError(f"{self.was.title} cannot be made again: {', '.join(problems)}.")

    def make(self, server: Writing, number: int, kept: list[Record]) -> None:
        """It is there, of this number, with what it is signed in with, and its place in groups and lists."""
        tenant = self._tenant(server)
        for domain in self._domains():
            if domain_named(server, domain) is None:
                server.insert(DOMAIN.table, server.fresh(), {"name": domain, "tenant": tenant})
        document: dict[str, Any] = {**self.was.document, "known": self.was.addresses}
        server.insert(ACCOUNT.table, number, document | {"tenant": tenant})
        for one in kept:
            if isinstance(one, Credential):
                server.insert(CREDENTIAL.table, server.fresh(), {**one.document, "account": number})
            elif isinstance(one, Membership):
                self._join(server, one, number, tenant)
        for one in self.accounts.values():
            self._list(server, one, tenant)

    def _problems(self, server: Unit) -> Iterator[str]:
        for name in dict.fromkeys((self.was.title, *self.was.addresses)):
            there = next(iter(selected(server, ACCOUNT, Select(Member("addresses", name)))), None)
            called = named(server, name)
            if there is not None:
                yield f"{name} is now an address of {there.title}"
            elif called is not None:
                yield f"{name} is now taken by {called.title}"
        for domain in self.was.catch_all:
            for other in selected(server, ACCOUNT, Select(Member("catch-all", domain))):
                yield f"what is for nobody in {domain} now goes to {other.title}"
        roles = {*BUILT_IN, *(role.name for role in selected(server, ROLE))}
        yield from (f"its role {role} is gone, make that first" for role in self.was.roles if role not in roles)
        if self.was.tenant is None:
            return
        tenant = self._tenant(server)
        if tenant is None:
            yield f"its tenant {self.tenants.get(self.was.tenant, 'without a name')} is gone, make that first"
        for domain in self._domains():
            present = domain_named(server, domain)
            if present is not None and present.tenant != tenant:
                yield f"{domain} is not its tenant's any more"

    def _tenant(self, server: Unit) -> int | None:
        name = self.tenants.get(self.was.tenant) if self.was.tenant is not None else None
        tenant = None if name is None else tenant_named(server, name)
        return None if tenant is None else tenant.number

    def _domains(self) -> list[str]:
        return sorted({*(address.rpartition("@")[2] for address in self.was.addresses), *self.was.catch_all})

    def _join(self, server: Writing, one: Membership, number: int, tenant: int | None) -> None:
        ours, other = ("group", one.member) if one.group == self.was.number else ("member", one.group)
        if self._is_there(server, other, tenant):
            server.insert(MEMBERSHIP.table, server.fresh(), {**one.document, ours: number})

    def _list(self, server: Writing, one: Account, tenant: int | None) -> None:
        sent = [address for address in one.members if address in self.was.addresses] if one.kind == LIST else []
        if sent and self._is_there(server, one.number, tenant):
            for there in numbered(server, ACCOUNT, (one.number,)):
                members = [*dict.fromkeys((*there.members, *sent))]
                if len(members) <= MAX_MEMBERS:
                    server.update(ACCOUNT.table, there.number, there.document, {**there.document, "members": members})

    def _is_there(self, server: Unit, number: int, tenant: int | None) -> bool:
        """Whether somebody of the backup is still here, and of the tenant."""
        there = numbered(server, ACCOUNT, (number,))
        was = self.accounts.get(number)
        return bool(there) and was is not None and there[0].tenant == tenant and _is_same(there[0], was)


def known_of(folder: Folder, wanted: str) -> Known:
    """What a backup knows of who has this address or name. Raises BackupError."""
    accounts: dict[int, Account] = {}
    tenants: dict[int, str] = {}
    for one in bounded(of_kinds(folder.rows(folder.manifest.server), ACCOUNT, TENANT)):
        if isinstance(one, Account):
            accounts[one.number] = one
        elif isinstance(one, Tenant):
            tenants[one.number] = one.name
    try:
        address = normal(wanted)
    except BadAddress:
        address = ""
    called = unicode_casemap(wanted.strip())
    for account in accounts.values():
        if address in account.addresses or unicode_casemap(account.title) == called:
            return Known(account, accounts, tenants)
    raise BackupError(f"the backup has no account {address or wanted}.")


def kept_of(folder: Folder, account: int) -> list[Record]:
    """What an account is signed in with, and its memberships, in a backup."""
    return list(
        bounded(
            one
            for one in of_kinds(folder.rows(folder.manifest.server), CREDENTIAL, MEMBERSHIP)
            if (isinstance(one, Credential) and one.account == account)
            or (isinstance(one, Membership) and account in (one.group, one.member))
        )
    )


def _is_same(there: Account, was: Account) -> bool:
    """Whether two accounts of one number are one."""
    is_called_so = unicode_casemap(there.title) == unicode_casemap(was.title)
    return there.kind == was.kind and (is_called_so or not frozenset(there.addresses).isdisjoint(was.addresses))
