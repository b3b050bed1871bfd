"""What account 0 knows, looked up: accounts by address, and what they are to others."""

from collections.abc import Callable, Mapping

from pillarbox import access
from pillarbox.access import BadAddress, Principal, Reach, Rights, RoleSet, Shared, effective
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.datatypes.server import (
    ACCOUNT,
    GROUP,
    PERSON,
    RESOURCE,
    Account,
    all_memberships,
    groups_of,
    numbered,
    role_sets,
    selected,
)
from pillarbox.store import Member, Select, Unit

__all__ = [
    "AccountError",
    "account_at",
    "accounts",
    "everyone",
    "existing",
    "existing_group",
    "normal",
    "principal",
    "reached",
    "refuse_taken",
]


class AccountError(Exception):
    """An account cannot be made or changed so; the message says why, and what to do."""


def normal(address: str) -> str:
    """The form of an address that is kept and compared (`access.normal`). Raises AccountError for what is none."""
    try:
        return access.normal(address)
    except BadAddress as problem:
        raise AccountError(str(problem)) from None


def account_at(server: Unit, wanted: str) -> Account | None:
    """Whose address or alias this is, in its normal form."""
    return next(iter(selected(server, ACCOUNT, Select(Member("addresses", wanted)))), None)


def existing(server: Unit, address: str) -> Account:
    """The account or group with this address. Raises AccountError."""
    account = account_at(server, normal(address))
    if account is None:
        raise AccountError(f"there is no account {address}; `pillarbox account list` shows which there are")
    return account


def existing_group(server: Unit, address: str) -> Account:
    """The group with this address. Raises AccountError."""
    account = account_at(server, normal(address))
    if account is None or account.kind not in (GROUP, RESOURCE):
        raise AccountError(f"there is no group {address}; `pillarbox group list` shows which there are")
    return account


def refuse_taken(server: Unit, wanted: str) -> None:
    """Raises AccountError for an address, in its normal form, that somebody has."""
    taken = account_at(server, wanted)
    if taken is not None:
        raise AccountError(
            f"{wanted} is taken by the {'account' if taken.kind == PERSON else taken.kind} {taken.address}"
        )


def accounts(server: Unit) -> list[Account]:
    """All accounts and groups."""
    return selected(server, ACCOUNT)


def principal(server: Unit, account: Account) -> Principal:
    """An account or a group as those who let people in see it."""
    rights = groups_of(server, account.number) if account.kind == PERSON else {}
    groups = {one.number: one for one in numbered(server, ACCOUNT, rights)} if rights else {}
    return _principal(account, rights, groups, role_sets(server, account.roles))


def everyone(server: Unit) -> list[Principal]:
    """All accounts and groups, in order of address."""
    known = {one.number: one for one in accounts(server)}
    memberships = all_memberships(server)
    roles = role_sets(server, {name for one in known.values() for name in one.roles})
    found = [_principal(one, memberships.get(one.number, {}), known, roles) for one in known.values()]
    return sorted(found, key=lambda one: one.address)


def reached(server: Unit, number: int) -> dict[int, Reach]:
    """The accounts that an account's owner may see, by number: their own, and those of their groups."""
    may = _may(server, number)
    own = Reach(ACCOUNT.id(number), personal=True, rights=Rights.FULL, permissions=may)
    groups = groups_of(server, number).items()
    return {number: own} | {
        one: Reach(ACCOUNT.id(one), personal=False, rights=rights, permissions=may) for one, rights in groups
    }


def _may(server: Unit, number: int) -> frozenset[str]:
    """What an account's owner may do; nothing if they may not use it."""
    for account in numbered(server, ACCOUNT, (number,)):
        permissions = effective(account.role_set, role_sets(server, account.roles))
        return permissions if AUTHENTICATE in permissions else frozenset()
    return frozenset()


def _principal(
    account: Account,
    rights: Mapping[int, Rights],
    known: Mapping[int, Account],
    roles: Callable[[str], RoleSet | None],
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
        tuple(sorted(groups, key=lambda one: one.address)),
        account.description,
        tuple(account.roles),
        effective(account.role_set, roles),
        account.directory,
    )


def _shared(group: Account, rights: Rights) -> Shared:
    return Shared(ACCOUNT.id(group.number), group.number, group.address, tuple(group.aliases), group.quota, rights)
