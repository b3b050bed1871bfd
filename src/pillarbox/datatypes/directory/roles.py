"""Who may do what here: roles are made, changed and removed, and given to accounts and to each other.

Each change says by whom it is made, as the permissions that they hold: nobody gives what they do not hold themselves.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from pillarbox.access import BUILT_IN, PERMISSIONS, RoleSet, flattened, lacking
from pillarbox.datatypes.directory.known import AccountError, accounts, existing
from pillarbox.datatypes.server import (
    ACCOUNT,
    ROLE,
    Role,
    SecurityKind,
    all_roles,
    api_keys,
    note,
    role_named,
    role_sets,
)
from pillarbox.store import Document, Store, Unit
from pillarbox.wire.values import JSON

__all__ = [
    "Change",
    "RoleChange",
    "add_role",
    "change_permissions",
    "change_role",
    "checked",
    "described",
    "kept",
    "remove_role",
    "roles",
]

MAX_ROLES = 1000
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_DESCRIPTION = 512


Change: TypeAlias = Callable[[RoleSet], RoleSet]
"""What becomes of an account's or a role's roles and permissions."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A change to just these; None for what stays as it is."""

    roles: Collection[str] | None = None
    enabled: Collection[str] | None = None
    disabled: Collection[str] | None = None

    def __call__(self, before: RoleSet) -> RoleSet:
        """What it makes of them."""
        return replace(
            before,
            roles=before.roles if self.roles is None else frozenset(self.roles),
            enabled=before.enabled if self.enabled is None else frozenset(self.enabled),
            disabled=before.disabled if self.disabled is None else frozenset(self.disabled),
        )


def roles(store: Store) -> list[Role]:
    """Those that were made, in order of name. Raises store.StoreError."""
    with store.read(0) as server:
        return all_roles(server)


def change_permissions(store: Store, address: str, change: Change, by: frozenset[str], now: datetime) -> None:
    """What an account may do from now on, of which its owner is told. Raises AccountError; store.StoreError."""
    with store.write(0) as server:
        account = existing(server, address)
        after = checked(server, account.role_set, change, by)
        document = {**account.document, **kept(after)}
        if document != account.document:
            server.update(ACCOUNT.table, account.number, account.document, document)
            has = {"roles": after.roles, "enabled": after.enabled, "disabled": after.disabled}
            told = {name: " ".join(sorted(each)) for name, each in has.items() if each}
            note(server, account.number, SecurityKind.PERMISSIONS_CHANGED, now, details=told)


def add_role(store: Store, name: str, description: str, change: Change, by: frozenset[str]) -> None:
    """One more role. Raises AccountError; store.StoreError."""
    if name in BUILT_IN or _NAME.fullmatch(name) is None:
        raise AccountError(
            f"{name[:80]!r} is no name for a role: lower-case letters, digits and hyphens, and none of "
            + ", ".join(sorted(BUILT_IN))
        )
    with store.write(0) as server:
        known = all_roles(server)
        if any(one.name == name for one in known):
            raise AccountError(f"there is a role {name} already")
        if len(known) >= MAX_ROLES:
            raise AccountError(f"there are {MAX_ROLES} roles, and no room for more")
        after = checked(server, RoleSet(), change, by)
        document: Document = {"name": name, "description": described(description), **kept(after)}
        server.insert(ROLE.table, server.fresh(), document)


def change_role(store: Store, name: str, change: Change, by: frozenset[str]) -> None:
    """What a role gives and takes from now on, whoever has it. Raises AccountError; store.StoreError."""
    with store.write(0) as server:
        role = _existing(server, name)
        after = checked(server, role.role_set, change, by)
        document = {**role.document, **kept(after)}
        if document != role.document:
            server.update(ROLE.table, role.number, role.document, document)


def remove_role(store: Store, name: str) -> None:
    """A role that nobody has is gone. Raises AccountError; store.StoreError."""
    with store.write(0) as server:
        role = _existing(server, name)
        # One that takes something would give it by being gone.
        holders = [one.address for one in accounts(server) if name in one.roles]
        holders += [f"the role {one.name}" for one in all_roles(server) if name in one.roles and one.name != name]
        holders += [f"the API key {one.name}" for one in api_keys(server) if name in one.roles]
        if holders:
            raise AccountError(f"{holders[0]} has the role {name}; take it away first")
        server.delete(ROLE.table, role.number, role.document)


def _existing(server: Unit, name: str) -> Role:
    role = role_named(server, name)
    if role is None:
        built_in = " (it is built in, and stays as it is)" if name in BUILT_IN else ""
        raise AccountError(
            f"there is no role {name[:80]} to change{built_in}; `pillarbox role list` shows which there are"
        )
    return role


def checked(server: Unit, before: RoleSet, change: Change, by: frozenset[str]) -> RoleSet:
    """What the change makes of it. Raises AccountError for a role or permission that there is not, or not to give."""
    after = change(before)
    known = role_sets(server, before.roles | after.roles)
    for name in sorted(after.roles - before.roles):
        if name not in BUILT_IN and known(name) is None:
            raise AccountError(f"there is no role {name[:80]}; `pillarbox role list` shows which there are")
    for name in sorted((after.enabled - before.enabled | after.disabled - before.disabled) - PERMISSIONS):
        raise AccountError(f"there is no permission {name[:80]}")
    missing = lacking(by, flattened(before, known), flattened(after, known))
    if missing:
        raise AccountError(f"only who holds it may give {', '.join(sorted(missing)[:8])}")
    return after


def kept(roles: RoleSet) -> dict[str, JSON]:
    """The properties that say so, of an account or a role."""
    return {
        "roles": sorted(roles.roles),
        "enabledPermissions": sorted(roles.enabled),
        "disabledPermissions": sorted(roles.disabled),
    }


def described(description: str) -> str:
    """A description that may be kept. Raises AccountError for one that is too long."""
    if len(description.encode()) > _LONGEST_DESCRIPTION:
        raise AccountError(f"a description has no more than {_LONGEST_DESCRIPTION} octets")
    return description
