"""Tenant: a part of the server that is somebody's own, whose principals see nothing of others (ours; account 0)."""

from collections.abc import Iterable, Mapping

from pillarbox.access import RoleSet
from pillarbox.datatypes.server.reading import numbered, selected
from pillarbox.objects import MANAGED, DataType, Property, Record, equal, prop
from pillarbox.store import Equal, Select, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UnsignedInt

__all__ = ["TENANT", "Tenant", "tenant_named", "tenants_numbered"]


class Tenant(Record):
    """A tenant by its name; its roles and permissions are the most that its principals have.

    `quota` is how much there may be of what (management API section 4.2): octets first, then principals by type.
    """

    name: Property[str] = prop()
    description: Property[str] = prop(default="")
    quota: Property[list[UnsignedInt]] = prop(default=[])
    roles: Property[list[str]] = prop(default=[])
    enabled_permissions: Property[list[str]] = prop(default=[])
    disabled_permissions: Property[list[str]] = prop(default=[])
    picture: Property[str] = prop(default="")

    @property
    def role_set(self) -> RoleSet:
        """What it is given and denied."""
        return RoleSet(frozenset(self.roles), frozenset(self.enabled_permissions), frozenset(self.disabled_permissions))


TENANT = DataType(
    record=Tenant,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="te",
    methods=MANAGED,
    filters=(equal("name", Tenant.name),),
)


def tenant_named(server: Unit, name: str) -> Tenant | None:
    """The one of this name, in any case of letters."""
    return next(iter(selected(server, TENANT, Select(Equal("name", unicode_casemap(name))))), None)


def tenants_numbered(server: Unit, numbers: Iterable[int | None]) -> Mapping[int, Tenant]:
    """Those that there are of these; nothing is read where there is none."""
    wanted = {number for number in numbers if number is not None}
    return {one.number: one for one in numbered(server, TENANT, sorted(wanted))} if wanted else {}
