"""Principals as they are told: the fields of the reference's management API, section 4.2, and never a secret.

What is a list there is a list always; what is no list is left out where there is nothing to say.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast, overload

from pillarbox.access import Manager, Rights
from pillarbox.datatypes.directory.known import account_at
from pillarbox.datatypes.directory.principals.address import addresses_of
from pillarbox.datatypes.directory.principals.belonging import lists_to, roles_with
from pillarbox.datatypes.directory.principals.errand import Draft
from pillarbox.datatypes.directory.principals.finding import by_number, every
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, GROUPS, Entry, Kind, names_of
from pillarbox.datatypes.server import (
    ACCOUNT,
    MEMBERSHIP,
    PERSON,
    TENANT,
    Account,
    groups_of,
    members_of,
    selected,
    tenants_numbered,
)
from pillarbox.store import AllOf, Equal, Member, Select, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON

__all__ = ["Listing", "listed", "told"]


@dataclass
class _Ties:
    """What others say of principals: by number of account, by address, or by name of role."""

    names: dict[int, str] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    readers: dict[int, list[int]] = field(default_factory=dict)
    """The members of a group that may only read."""
    whose: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """The account that has an address, and its tenant."""
    lists: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    """The lists that send to an address, by that and their tenant."""
    tenants: Mapping[int, str] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    """The roles that have a role."""
    counts: Mapping[tuple[Kind, str, int | None], int] = field(default_factory=dict)
    """How many of a tenant have addresses in a domain, or how many people a tenant has; by its name."""


def told(server: Unit, entry: Entry) -> dict[str, JSON]:
    """All that is told of one; `usedQuota` is for who can look into accounts."""
    return _told(entry, _around(server, entry))


class Listing(Sequence[Mapping[str, JSON]]):
    """Principals in order of name, each of which is told when it is asked for: only while the unit is there."""

    def __init__(self, entries: Iterable[Entry], tell: Callable[[Entry], dict[str, JSON]]) -> None:
        self.entries = sorted(entries, key=lambda one: (one.name, one.kind.value))
        self._tell = tell

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, at: int) -> dict[str, JSON]: ...
    @overload
    def __getitem__(self, at: slice) -> list[Mapping[str, JSON]]: ...
    def __getitem__(self, at: int | slice) -> Mapping[str, JSON] | list[Mapping[str, JSON]]:
        if isinstance(at, slice):
            return [self._tell(one) for one in self.entries[at]]
        return self._tell(self.entries[at])


def listed(
    server: Unit, manager: Manager, kinds: Collection[Kind], words: Sequence[str] = (), tenant: int | None = None
) -> Listing:
    """All of these types that a manager sees and that have every word somewhere in their texts, in order of name.

    Each type is read once, however many there are. The case of letters does not matter.
    """
    # What is told of these is said by accounts.
    is_about_accounts = not _OF_ACCOUNTS.isdisjoint(kinds)
    accounts = every(server, manager, ACCOUNTS, tenant) if is_about_accounts else []
    others = every(server, manager, [kind for kind in kinds if kind not in ACCOUNTS], tenant)
    entries = [*(one for one in accounts if one.kind in kinds), *others]

    @cache
    def ties() -> _Ties:
        return _all(server, accounts, others)

    if words:
        wanted = [unicode_casemap(word) for word in words]
        entries = [one for one in entries if _matches(_told(one, ties()), wanted)]
    return Listing(entries, lambda one: _told(one, ties()))


def _matches(one: Mapping[str, JSON], words: Iterable[str]) -> bool:
    texts: list[str] = []
    for name, value in one.items():
        if isinstance(value, str) and name not in ("id", "type"):
            texts.append(value)
        elif isinstance(value, list):
            texts += [text for text in value if isinstance(text, str)]
    whole = unicode_casemap("\n".join(texts))
    return all(word in whole for word in words)


def _told(entry: Entry, ties: _Ties) -> dict[str, JSON]:
    found: dict[str, JSON] = {"id": entry.id, "type": entry.kind.value, "name": entry.name}
    for name in ("description", "picture"):
        text = _metadata(entry).get(_METADATA[name]) if entry.kind is Kind.OAUTH_CLIENT else entry.document.get(name)
        if text:
            found[name] = text
    if entry.tenant is not None and entry.tenant in ties.tenants:
        found["tenant"] = ties.tenants[entry.tenant]
    if entry.kind in ACCOUNTS:
        found |= _of_account(entry, ties)
    match entry.kind:
        case Kind.DOMAIN:
            found["members"] = ties.counts.get((Kind.DOMAIN, entry.name, entry.tenant), 0)
        case Kind.TENANT:
            found["members"] = ties.counts.get((Kind.TENANT, entry.name, None), 0)
            found["quota"] = entry.document.get("quota", [])
        case Kind.ROLE:
            found["members"] = sorted(ties.roles.get(entry.name, []))
        case Kind.API_KEY:
            found["networks"] = [*names_of(entry, "networks")]
            found |= {name: entry.document[name] for name in ("created", "expires") if entry.document.get(name)}
        case Kind.OAUTH_CLIENT:
            found |= {"emails": _metadata(entry).get("contacts", []), "urls": _metadata(entry).get("redirect_uris", [])}
    if entry.kind in _WITH_ROLES:
        found["roles"] = [*names_of(entry, "roles")]
    if entry.kind in _WITH_PERMISSIONS:
        found |= {name: [*names_of(entry, name)] for name in ("enabledPermissions", "disabledPermissions")}
    return found


def _of_account(entry: Entry, ties: _Ties) -> dict[str, JSON]:
    account = Account(entry.number, entry.document)
    found: dict[str, JSON] = {"emails": [*addresses_of(Draft.of(entry))]}
    if entry.kind is Kind.LIST:
        here, away = dict[str, None](), []
        for address in account.members:
            number, tenant = ties.whose.get(address, (None, None))
            if number is None or tenant != account.tenant:
                away.append(address)
            else:
                here[ties.names[number]] = None
        return found | {"members": [*here], "externalMembers": [*away]}
    if account.directory:
        found["directory"] = account.directory
    if account.quota is not None:
        found["quota"] = account.quota
    found["memberOf"] = _names(ties, ties.groups.get(entry.number, ()))
    lists = {number for address in account.addresses for number in ties.lists.get((address, entry.tenant), ())}
    found["lists"] = _names(ties, lists)
    if entry.kind in GROUPS:
        found["members"] = _names(ties, ties.members.get(entry.number, ()))
        found["readers"] = _names(ties, ties.readers.get(entry.number, ()))
    return found


def _names(ties: _Ties, numbers: Iterable[int]) -> list[JSON]:
    return [*sorted(ties.names[number] for number in numbers if number in ties.names)]


def _metadata(entry: Entry) -> Mapping[str, JSON]:
    return cast("Mapping[str, JSON]", entry.document["metadata"])


_METADATA = {"description": "client_name", "picture": "logo_uri"}
_WITH_ROLES = frozenset((Kind.INDIVIDUAL, Kind.TENANT, Kind.ROLE, Kind.API_KEY))
_WITH_PERMISSIONS = _WITH_ROLES | {Kind.GROUP}
_OF_ACCOUNTS = ACCOUNTS | {Kind.DOMAIN, Kind.TENANT}


def _around(server: Unit, entry: Entry) -> _Ties:
    """What others say of one alone."""
    ties = _Ties(tenants={one.number: one.name for one in tenants_numbered(server, (entry.tenant,)).values()})
    match entry.kind:
        case Kind.DOMAIN:
            holders = (Member("domains", entry.name), Equal("tenant", entry.tenant))
            ties.counts = {(Kind.DOMAIN, entry.name, entry.tenant): server.count(ACCOUNT.table, Select(AllOf(holders)))}
        case Kind.TENANT:
            people = AllOf((Equal("tenant", entry.number), Equal("kind", unicode_casemap(PERSON))))
            ties.counts = {(Kind.TENANT, entry.name, None): server.count(ACCOUNT.table, Select(people))}
        case Kind.ROLE:
            ties.roles = {entry.name: [one.name for one in roles_with(server, entry.name)]}
    if entry.kind not in ACCOUNTS:
        return ties
    account = Account(entry.number, entry.document)
    ties.groups = {entry.number: [*groups_of(server, entry.number)]}
    rights = members_of(server, entry.number)
    ties.members = {entry.number: [*rights]}
    ties.readers = {entry.number: [number for number, has in rights.items() if has is Rights.READ]}
    numbers = {*ties.groups[entry.number], *ties.members[entry.number]}
    ties.names = {one.number: one.name for one in by_number(server, ACCOUNT, numbers)}
    for one in lists_to(server, account):
        ties.names[one.number] = one.title
        for address in one.members:
            ties.lists.setdefault((address, one.tenant), []).append(one.number)
    for address in account.members:
        there = account_at(server, address)
        if there is not None:
            ties.whose[address] = (there.number, there.tenant)
            ties.names[there.number] = there.title
    return ties


def _all(server: Unit, accounts: Iterable[Entry], others: Iterable[Entry]) -> _Ties:
    """What all of these say of each other."""
    ties = _Ties(tenants={one.number: one.name for one in selected(server, TENANT)})
    for role in others:
        for name in names_of(role, "roles") if role.kind is Kind.ROLE else ():
            ties.roles.setdefault(name, []).append(role.name)
    counts = Counter[tuple[Kind, str, int | None]]()
    for entry in accounts:
        account = Account(entry.number, entry.document)
        addresses = account.addresses
        ties.names[entry.number] = entry.name
        domains = {*(one.rpartition("@")[2] for one in addresses), *account.catch_all}
        counts.update((Kind.DOMAIN, domain, entry.tenant) for domain in domains)
        if entry.tenant is not None and entry.tenant in ties.tenants and entry.kind is Kind.INDIVIDUAL:
            counts[Kind.TENANT, ties.tenants[entry.tenant], None] += 1
        for address in addresses:
            ties.whose[address] = (entry.number, entry.tenant)
        for address in account.members:
            ties.lists.setdefault((address, entry.tenant), []).append(entry.number)
    ties.counts = counts
    for one in selected(server, MEMBERSHIP) if ties.names else ():
        ties.groups.setdefault(one.member, []).append(one.group)
        ties.members.setdefault(one.group, []).append(one.member)
        if one.rights == Rights.READ.value:
            ties.readers.setdefault(one.group, []).append(one.member)
    return ties
