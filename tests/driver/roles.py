"""Roles and permissions as an administrator gives them, in the name of somebody with these permissions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from pillarbox.access import PERMISSIONS, Manager
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.directory.known import existing
from pillarbox.datatypes.directory.principals import Action, Kind, Operation, change, destroy, make
from pillarbox.datatypes.server import ROLE, Role, selected
from pillarbox.store import Store

__all__ = ["RoleChange", "add_role", "change_permissions", "change_role", "remove_role", "roles"]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A change to just these; None for what stays as it is."""

    roles: Collection[str] | None = None
    enabled: Collection[str] | None = None
    disabled: Collection[str] | None = None

    def steps(self) -> list[Operation]:
        """The same for principals."""
        fields = {"roles": self.roles, "enabledPermissions": self.enabled, "disabledPermissions": self.disabled}
        return [Operation(Action.SET, name, sorted(value)) for name, value in fields.items() if value is not None]


def roles(store: Store) -> list[Role]:
    """Those that were made."""
    with store.read(0) as server:
        return selected(server, ROLE)


def change_permissions(
    store: Store, address: str, given: RoleChange, by: frozenset[str] = PERMISSIONS, now: datetime | None = None
) -> None:
    """What an account may do from now on. Raises AccountError."""
    with InternalDirectory(store).errand(_manager(by), now or datetime.now(UTC)) as errand:
        change(errand, existing(errand.server, address).title, given.steps())


def add_role(store: Store, name: str, description: str, given: RoleChange, by: frozenset[str] = PERMISSIONS) -> None:
    """One more role. Raises AccountError."""
    with InternalDirectory(store).errand(_manager(by), datetime.now(UTC)) as errand:
        fields = {one.field: one.value for one in given.steps()}
        make(errand, Kind.ROLE, {"name": name, "description": description, **fields})


def change_role(store: Store, name: str, given: RoleChange, by: frozenset[str] = PERMISSIONS) -> None:
    """What a role gives and takes from now on. Raises AccountError."""
    with InternalDirectory(store).errand(_manager(by), datetime.now(UTC)) as errand:
        change(errand, name, given.steps())


def remove_role(store: Store, name: str) -> None:
    """A role that nobody has is gone. Raises AccountError."""
    with InternalDirectory(store).errand(_manager(PERMISSIONS), datetime.now(UTC)) as errand:
        destroy(errand, name)


def _manager(permissions: frozenset[str]) -> Manager:
    return Manager("owner", permissions)
