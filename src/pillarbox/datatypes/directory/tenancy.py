"""What somebody may do, within what their tenant has (management API section 20)."""

from collections.abc import Callable

from pillarbox.access import PERMISSIONS, RoleSet, effective, flattened
from pillarbox.datatypes.server import Tenant

__all__ = ["limit", "permitted"]


def limit(tenant: Tenant | None, known: Callable[[str], RoleSet | None]) -> frozenset[str]:
    """The most that a tenant's principals may do; everything where nothing enables anything, less what is disabled."""
    if tenant is None:
        return PERMISSIONS
    own = tenant.role_set
    if own.roles or own.enabled:
        return effective(own, known)
    return PERMISSIONS - flattened(own, known).disabled


def permitted(own: RoleSet, known: Callable[[str], RoleSet | None], tenant: Tenant | None) -> frozenset[str]:
    """What somebody with these roles may do who is of a tenant, or of none."""
    return effective(own, known) & limit(tenant, known) if tenant is not None else effective(own, known)
