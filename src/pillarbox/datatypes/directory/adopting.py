"""Accounts of people whom another directory knows: what of theirs follows it, and what stays as it is here."""

from collections.abc import Mapping
from dataclasses import dataclass

from pillarbox.datatypes.directory.known import account_at
from pillarbox.datatypes.directory.refused import AccountError
from pillarbox.datatypes.server import PERSON, Account
from pillarbox.store import Unit
from pillarbox.wire.values import JSON

__all__ = ["Newcomer", "account_of", "news"]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody as another directory knows them.

    `addresses` are in the normal form, all of them in `domains`, the account's first; that directory decides who has
    which address in these domains, all domains if there are none. Of `managed` roles they have `roles`; of the others
    it says nothing. It says nothing either by an empty description, or by no quota.
    """

    directory: str
    addresses: tuple[str, ...]
    domains: frozenset[str] = frozenset()
    description: str = ""
    quota: int | None = None
    roles: frozenset[str] = frozenset()
    managed: frozenset[str] = frozenset()


def account_of(server: Unit, one: Newcomer) -> Account | None:
    """Their account: the one of their first address. Raises AccountError where that is somebody else's.

    An alias alone makes nobody the owner of an account: who had it before is another.
    """
    account = account_at(server, one.addresses[0])
    if account is None:
        return None
    if account.directory != one.directory or account.kind != PERSON or account.address not in one.addresses:
        raise AccountError(f"{one.addresses[0]} is an address of {account.address}, who is somebody else")
    return account


def news(server: Unit, account: Account, one: Newcomer) -> Mapping[str, JSON]:
    """What is to change of their account."""
    free = [address for address in one.addresses if _has(server, account, address)]
    ours = [alias for alias in account.addresses if one.domains and alias.rpartition("@")[2] not in one.domains]
    address, *aliases = dict.fromkeys([*free, *ours]) or [account.address]
    wanted: dict[str, JSON] = {"address": address, "aliases": [*aliases]}
    if one.description:
        wanted["description"] = one.description
    if one.quota is not None:
        wanted["quota"] = one.quota
    if one.managed:
        wanted["roles"] = [*(role for role in account.roles if role not in one.managed), *sorted(one.roles)]
    had: dict[str, JSON] = {
        "address": account.address,
        "aliases": [*account.aliases],
        "description": account.description,
        "quota": account.quota,
        "roles": [*account.roles],
    }
    return {name: value for name, value in wanted.items() if had[name] != value}


def _has(server: Unit, account: Account, address: str) -> bool:
    """Whether an address is the account's, or nobody's."""
    there = account_at(server, address)
    return there is None or there.number == account.number
