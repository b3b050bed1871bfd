"""Role: a name of an administrator's own for a set of permissions (ours; kept in account 0).

What roles come to is `access.role`'s to say; the built-in ones are there and not here.
"""

from collections.abc import Callable, Iterable

from pillarbox.access import BUILT_IN, RoleSet
from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import MANAGED, DataType, Property, Record, equal, prop
from pillarbox.store import Unit
from pillarbox.wire.values import UnsignedInt

__all__ = ["ROLE", "Role", "role_sets"]


class Role(Record):
    """A role by its name, with the roles that it has and the permissions that it gives and takes."""

    name: Property[str] = prop()
    description: Property[str] = prop(default="")
    roles: Property[list[str]] = prop(default=[])
    enabled_permissions: Property[list[str]] = prop(default=[])
    disabled_permissions: Property[list[str]] = prop(default=[])
    tenant: Property[UnsignedInt | None] = prop(default=None)

    @property
    def role_set(self) -> RoleSet:
        """What it gives and takes."""
        return RoleSet(frozenset(self.roles), frozenset(self.enabled_permissions), frozenset(self.disabled_permissions))


ROLE = DataType(
    record=Role,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="ro",
    methods=MANAGED,
    filters=(equal("name", Role.name), equal("tenant", Role.tenant)),
)


def role_sets(server: Unit, beginning: Iterable[str]) -> Callable[[str], RoleSet | None]:
    """What roles give, by name, as `access.effective` asks for it who begins with these.

    Where all of them are built in, as nearly everybody's are, nothing is read.
    """
    if all(name in BUILT_IN for name in beginning):
        return BUILT_IN.get
    return {one.name: one.role_set for one in selected(server, ROLE)}.get
