"""Principals as they are told: the fields of the reference's management API, section 4.2, and never a secret.

What is a list there is a list always; what is no list is left out where there is nothing to say.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pillarbox.access import Manager
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
    ROLE,
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

__all__ = ["listed", "told"]


@dataclass
class _Ties:
    """What others say of principals: by number of account, by address, or by name of role."""

    names: dict[int, str] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    whose: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """The account that has an address, and its tenant."""
    lists: dict[str, list[int]] = field(default_factory=dict)
    """The lists that send to an address."""
    tenants: Mapping[int, str] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    """The roles that have a role."""
    counts: Mapping[tuple[Kind, Any], int] = field(default_factory=dict)
    """How many have addresses in a domain, by its name; or how many people a tenant has, by its number."""


def told(server: Unit, entry: Entry) -> dict[str, JSON]:
    """All that is told of one; `usedQuota` is for who can look into accounts."""
    return _told(entry, _around(server, entry))


def listed(
    server: Unit, manager: Manager, kinds: Collection[Kind], words: Sequence[str] = (), tenant: int | None = None
) -> list[dict[str, JSON]]:
    """All of these types that a manager sees and that have every word somewhere in their texts, in order of name.

    Each type is read once, however many there are. The case of letters does not matter.
    """
    entries = every(server, manager, kinds, tenant)
    ties = _all(server, kinds)
    found = [_told(entry, ties) for entry in entries]
    if words:
        wanted = [unicode_casemap(word) for word in words]
        found = [one for one in found if _matches(one, wanted)]
    return sorted(found, key=lambda one: (cast("str", one["name"]), cast("str", one["type"])))


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
            found["members"] = ties.counts.get((Kind.DOMAIN, entry.name), 0)
        case Kind.TENANT:
            found["members"] = ties.counts.get((Kind.TENANT, entry.number), 0)
            found["quota"] = entry.document.get("quota", [])
        case Kind.ROLE:
            found["members"] = sorted(ties.roles.get(entry.name, []))
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
    if account.quota is not None:
        found["quota"] = account.quota
    found["memberOf"] = _names(ties, ties.groups.get(entry.number, ()))
    lists = {number for address in account.addresses for number in ties.lists.get(address, ())}
    found["lists"] = _names(ties, lists)
    if entry.kind in GROUPS:
        found["members"] = _names(ties, ties.members.get(entry.number, ()))
    return found


def _names(ties: _Ties, numbers: Iterable[int]) -> list[JSON]:
    return [*sorted(ties.names[number] for number in numbers if number in ties.names)]


def _metadata(entry: Entry) -> Mapping[str, JSON]:
    return cast("Mapping[str, JSON]", entry.document["metadata"])


_METADATA = {"description": "client_name", "picture": "logo_uri"}
_WITH_ROLES = frozenset((Kind.INDIVIDUAL, Kind.TENANT, Kind.ROLE, Kind.API_KEY))
_WITH_PERMISSIONS = _WITH_ROLES | {Kind.GROUP}


def _around(server: Unit, entry: Entry) -> _Ties:
    """What others say of one alone."""
    ties = _Ties(tenants={one.number: one.name for one in tenants_numbered(server, (entry.tenant,)).values()})
    match entry.kind:
        case Kind.DOMAIN:
            ties.counts = {
                (Kind.DOMAIN, entry.name): server.count(ACCOUNT.table, Select(Member("domains", entry.name)))
            }
        case Kind.TENANT:
            people = AllOf((Equal("tenant", entry.number), Equal("kind", unicode_casemap(PERSON))))
            ties.counts = {(Kind.TENANT, entry.number): server.count(ACCOUNT.table, Select(people))}
        case Kind.ROLE:
            ties.roles = {entry.name: [one.name for one in roles_with(server, entry.name)]}
    if entry.kind not in ACCOUNTS:
        return ties
    account = Account(entry.number, entry.document)
    ties.groups = {entry.number: [*groups_of(server, entry.number)]}
    ties.members = {entry.number: [*members_of(server, entry.number)]}
    numbers = {*ties.groups[entry.number], *ties.members[entry.number]}
    ties.names = {one.number: one.name for one in by_number(server, ACCOUNT, numbers)}
    for one in lists_to(server, account.addresses):
        ties.names[one.number] = one.title
        for address in one.members:
            ties.lists.setdefault(address, []).append(one.number)
    for address in account.members:
        there = account_at(server, address)
        if there is not None:
            ties.whose[address] = (there.number, there.tenant)
            ties.names[there.number] = there.title
    return ties


def _all(server: Unit, kinds: Collection[Kind]) -> _Ties:
    """What others say of all there are, read once."""
    ties = _Ties(tenants={one.number: one.name for one in selected(server, TENANT)})
    if Kind.ROLE in kinds:
        for role in selected(server, ROLE):
            for name in role.roles:
                ties.roles.setdefault(name, []).append(role.name)
    if ACCOUNTS.isdisjoint(kinds) and Kind.DOMAIN not in kinds and Kind.TENANT not in kinds:
        return ties
    counts = Counter[tuple[Kind, Any]]()
    for account in selected(server, ACCOUNT):
        ties.names[account.number] = account.title
        domains = {*(one.rpartition("@")[2] for one in account.addresses), *account.catch_all}
        counts.update((Kind.DOMAIN, domain) for domain in domains)
        if account.tenant is not None and account.kind == PERSON:
            counts[Kind.TENANT, account.tenant] += 1
        for address in account.addresses:
            ties.whose[address] = (account.number, account.tenant)
        for address in account.members:
            ties.lists.setdefault(address, []).append(account.number)
    ties.counts = counts
    for one in selected(server, MEMBERSHIP):
        ties.groups.setdefault(one.member, []).append(one.group)
        ties.members.setdefault(one.group, []).append(one.member)
    return ties
