"""Who may do what here: roles are made, changed and removed, and given to accounts and to each other.

Each change says by whom it is made, as the permissions that they hold: nobody gives what they do not hold themselves.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeAlias

from pillarbox.access import BUILT_IN, PERMISSIONS, RoleSet
from pillarbox.datatypes.directory import principals
from pillarbox.datatypes.directory.errands import errand, owner
from pillarbox.datatypes.directory.known import existing
from pillarbox.datatypes.directory.principals import Action, Kind, Operation, destroy, make
from pillarbox.datatypes.directory.refused import AccountError
from pillarbox.datatypes.server import Role, all_roles, role_named
from pillarbox.store import Store, Unit

__all__ = [
    "Change",
    "RoleChange",
    "add_role",
    "change_permissions",
    "change_role",
    "remove_role",
    "roles",
]

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing that is done to roles says when it was."""


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
    with errand(store, owner(by), now) as begun:
        account = existing(begun.server, address)
        principals.change(begun, account.title, _steps(account.role_set, change))


def add_role(store: Store, name: str, description: str, change: Change, by: frozenset[str]) -> None:
    """One more role. Raises AccountError; store.StoreError."""
    if name in BUILT_IN or _NAME.fullmatch(name) is None:
        raise AccountError(
            f"{name[:80]!r} is no name for a role: lower-case letters, digits and hyphens, and none of "
            + ", ".join(sorted(BUILT_IN))
        )
    with errand(store, owner(by), _NEVER) as begun:
        if role_named(begun.server, name) is not None:
            raise AccountError(f"there is a role {name} already")
        given = {one.field: one.value for one in _steps(RoleSet(), change)}
        make(begun, Kind.ROLE, {"name": name, "description": description, **given})


def change_role(store: Store, name: str, change: Change, by: frozenset[str]) -> None:
    """What a role gives and takes from now on, whoever has it. Raises AccountError; store.StoreError."""
    with errand(store, owner(by), _NEVER) as begun:
        role = _existing(begun.server, name)
        principals.change(begun, role.name, _steps(role.role_set, change))


def remove_role(store: Store, name: str) -> None:
    """A role that nobody has is gone. Raises AccountError; store.StoreError."""
    with errand(store, owner(PERMISSIONS), _NEVER) as begun:
        destroy(begun, _existing(begun.server, name).name)


def _steps(before: RoleSet, change: Change) -> list[Operation]:
    """The steps that make the one of the other, without those that say nothing."""
    after = change(before)
    fields = (
        ("roles", before.roles, after.roles),
        ("enabledPermissions", before.enabled, after.enabled),
        ("disabledPermissions", before.disabled, after.disabled),
    )
    return [Operation(Action.SET, name, [*sorted(new)]) for name, old, new in fields if new != old]


def _existing(server: Unit, name: str) -> Role:
    role = role_named(server, name)
    if role is None:
        built_in = " (it is built in, and stays as it is)" if name in BUILT_IN else ""
        raise AccountError(
            f"there is no role {name[:80]} to change{built_in}; `pillarbox role list` shows which there are"
        )
    return role
