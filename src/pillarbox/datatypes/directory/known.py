"""What account 0 knows, looked up: accounts by address, and what they are to others."""

from collections.abc import Callable, Iterable, Mapping

from pillarbox import access
from pillarbox.access import BadAddress, Principal, Reach, Rights, RoleSet, Shared
from pillarbox.access.permission import AUTHENTICATE, SEES_THE_SERVER
from pillarbox.datatypes.directory.refused import AccountError
from pillarbox.datatypes.directory.tenancy import permitted
from pillarbox.datatypes.server import (
    ACCOUNT,
    PERSON,
    Account,
    Tenant,
    all_memberships,
    groups_of,
    numbered,
    role_sets,
    selected,
    tenants_numbered,
)
from pillarbox.store import Member, Select, Unit
from pillarbox.wire.collation import unicode_casemap

__all__ = [
    "AccountError",
    "account_at",
    "account_named",
    "catching_all",
    "everyone",
    "existing",
    "may",
    "normal",
    "principal",
    "reached",
    "refuse_taken",
    "within",
]


def normal(address: str) -> str:
    """The form of an address that is kept and compared (`access.normal`). Raises AccountError for what is none."""
    try:
        return access.normal(address)
    except BadAddress as problem:
        raise AccountError(str(problem)) from None


def account_at(server: Unit, wanted: str) -> Account | None:
    """Whose address or alias this is, in its normal form."""
    return next(iter(selected(server, ACCOUNT, Select(Member("addresses", wanted)))), None)


def account_named(server: Unit, name: str) -> Account | None:
    """Who is called so, as names are compared, or has this address."""
    try:
        found = account_at(server, access.normal(name))
    except BadAddress:
        found = None
    return found or next(iter(selected(server, ACCOUNT, Select(Member("names", unicode_casemap(name.strip()))))), None)


def catching_all(server: Unit, domain: str) -> Account | None:
    """Who receives what is for nobody in a domain."""
    return next(iter(selected(server, ACCOUNT, Select(Member("catch-all", domain.lower())))), None)


def existing(server: Unit, address: str) -> Account:
    """The account or group with this address or name. Raises AccountError."""
    account = account_named(server, address)
    if account is None:
        raise AccountError(f"there is no account {address}; `pillarbox account list` shows which there are")
    return account


def refuse_taken(server: Unit, wanted: str) -> None:
    """Raises AccountError for an address, in its normal form, that somebody has or is called."""
    taken = account_named(server, wanted)
    if taken is not None:
        raise AccountError(
            f"{wanted} is taken by the {'account' if taken.kind == PERSON else taken.kind} {taken.title}"
        )


def accounts(server: Unit) -> list[Account]:
    """All accounts and groups."""
    return selected(server, ACCOUNT)


def principal(server: Unit, account: Account) -> Principal:
    """An account or a group as those who let people in see it."""
    rights = within(lambda number: groups_of(server, number), account.number) if account.kind == PERSON else {}
    groups = {one.number: one for one in numbered(server, ACCOUNT, rights)} if rights else {}
    tenants = tenants_numbered(server, (account.tenant,))
    return _principal(account, rights, groups, _role_sets(server, account.roles, tenants), tenants)


def everyone(server: Unit) -> list[Principal]:
    """All accounts and groups, in order of name."""
    known = {one.number: one for one in accounts(server)}
    memberships = all_memberships(server)
    tenants = tenants_numbered(server, {one.tenant for one in known.values()})
    roles = _role_sets(server, {name for one in known.values() for name in one.roles}, tenants)

    def groups(number: int) -> Mapping[int, Rights]:
        return memberships.get(number, {})

    found = [_principal(one, within(groups, one.number), known, roles, tenants) for one in known.values()]
    return sorted(found, key=lambda one: one.name)


def reached(server: Unit, number: int) -> dict[int, Reach]:
    """The accounts that an account's owner may see, by number: their own, and those of their groups.

    Who manages the whole server sees its own, too.
    """
    permissions = may(server, number)
    own = Reach(ACCOUNT.id(number), personal=True, rights=Rights.FULL, permissions=permissions)
    groups = within(lambda one: groups_of(server, one), number).items()
    shared = {
        one: Reach(ACCOUNT.id(one), personal=False, rights=rights, permissions=permissions) for one, rights in groups
    }
    if permissions.isdisjoint(SEES_THE_SERVER) or any(
        one.tenant is not None for one in numbered(server, ACCOUNT, [number])
    ):
        return {number: own, **shared}
    servers = Reach(ACCOUNT.id(0), personal=False, rights=Rights.FULL, permissions=permissions, is_server=True)
    return {number: own, **shared, 0: servers}


def within(groups: Callable[[int], Mapping[int, Rights]], member: int) -> dict[int, Rights]:
    """The groups that an account is in, by itself and by way of others, with the most that any way lets it do.

    On a way, nobody may do more than the one that may do least; `groups` gives those that an account is in by itself.
    """
    found: dict[int, Rights] = {}
    waiting = [(member, Rights.FULL)]
    while waiting:
        number, most = waiting.pop()
        for group, rights in groups(number).items():
            has = rights if most is Rights.FULL else Rights.READ
            if group != member and (group not in found or (found[group] is Rights.READ and has is Rights.FULL)):
                found[group] = has
                waiting.append((group, has))
    return found


def may(server: Unit, number: int) -> frozenset[str]:
    """What an account's owner may do; nothing if they may not use it."""
    for account in numbered(server, ACCOUNT, (number,)):
        tenants = tenants_numbered(server, (account.tenant,))
        known = _role_sets(server, account.roles, tenants)
        permissions = permitted(account.role_set, known, _tenant(account, tenants))
        return permissions if AUTHENTICATE in permissions else frozenset()
    return frozenset()


def _role_sets(server: Unit, roles: Iterable[str], tenants: Mapping[int, Tenant]) -> Callable[[str], RoleSet | None]:
    return role_sets(server, {*roles, *(name for one in tenants.values() for name in one.roles)})


def _tenant(account: Account, tenants: Mapping[int, Tenant]) -> Tenant | None:
    return None if account.tenant is None else tenants.get(account.tenant)


def _principal(
    account: Account,
    rights: Mapping[int, Rights],
    known: Mapping[int, Account],
    roles: Callable[[str], RoleSet | None],
    tenants: Mapping[int, Tenant],
) -> Principal:
    groups = [_shared(known[number], right) for number, right in rights.items() if number in known]
    return Principal(
        ACCOUNT.id(account.number),
        account.number,
        account.address,
        tuple(account.aliases),
        account.secret if account.kind == PERSON else None,
        account.quota,
        account.kind,
        tuple(sorted(groups, key=lambda one: one.name)) if account.kind == PERSON else (),
        account.description,
        tuple(account.roles),
        permitted(account.role_set, roles, _tenant(account, tenants)),
        account.directory,
        account.tenant,
        account.name,
    )


def _shared(group: Account, rights: Rights) -> Shared:
    return Shared(
        ACCOUNT.id(group.number), group.number, group.address, tuple(group.aliases), group.quota, rights, group.name
    )
