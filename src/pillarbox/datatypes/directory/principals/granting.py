"""Nobody gives what they do not hold, and somebody stays who may do everything (management API section 20)."""

from collections.abc import Callable, Collection, Mapping
from typing import cast

from pillarbox.access import BUILT_IN, PERMISSIONS, RoleSet, flattened
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.finding import is_seen, named
from pillarbox.datatypes.directory.principals.kind import Entry, Kind
from pillarbox.datatypes.directory.refused import Denied, InUse, Unfit, Unknown
from pillarbox.datatypes.directory.tenancy import limit, permitted
from pillarbox.datatypes.server import ACCOUNT, PERSON, Tenant, role_sets, selected, tenants_numbered
from pillarbox.store import Unit

__all__ = ["administers", "check_given", "check_power", "check_somebody_administers", "role_of", "somebody_administers"]

_GIVEN = frozenset(
    (Kind.INDIVIDUAL, Kind.GROUP, Kind.RESOURCE, Kind.LOCATION, Kind.LIST, Kind.ROLE, Kind.API_KEY, Kind.TENANT)
)


def role_of(errand: Errand, draft: Draft, name: str) -> None:
    """Raises Unknown unless this is a role that the draft may have: a built-in one, the server's, or its tenant's."""
    if name in BUILT_IN:
        return
    entry = named(errand.server, name)
    if (
        entry is None
        or entry.kind is not Kind.ROLE
        or not _is_shared(entry, draft)
        or not is_seen(errand.manager, entry)
    ):
        raise Unknown("roles", name)


def check_given(errand: Errand, draft: Draft) -> None:
    """Raises Unfit where the change gives what the manager does not hold; Unknown for another tenant's role.

    To enable is to give, and so is no longer to disable: another role may enable it. What its tenant does not have, a
    principal is not given by any role.
    """
    if draft.kind not in _GIVEN:
        return
    server, held = errand.server, errand.manager.gives
    had, has = draft.was.role_set if draft.was else RoleSet(), draft.entry.role_set
    tenants = tenants_numbered(server, (draft.entry.tenant, draft.was.tenant if draft.was else None))
    if draft.was is not None and draft.was.tenant != draft.entry.tenant:
        for name in sorted(has.roles):
            role_of(errand, draft, name)
    known = role_sets(server, had.roles | has.roles | _roles_of(tenants))
    before, after = flattened(had, known), flattened(has, known)
    if draft.kind is Kind.TENANT:
        _check_limit(held, draft, had, has, known)
        given = after.enabled - before.enabled
    else:
        most = limit(tenants.get(cast("int", draft.entry.tenant)), known)
        least = limit(tenants.get(cast("int", draft.was.tenant)), known) if draft.was else PERMISSIONS
        given = (after.enabled & most) - (before.enabled & least) | (before.disabled - after.disabled) & most
    missing = given - held
    if not missing:
        return
    for name in sorted(has.roles - had.roles):
        if flattened(RoleSet(frozenset((name,))), known).enabled & missing:
            raise Unfit(f'Your account cannot grant the "{name}" role', "Invalid role", "roles")
    listed = ", ".join(sorted(missing)[:8])
    raise Unfit(f"only who holds it may give {listed}", "Invalid permission", _field(had, has))


def _field(had: RoleSet, has: RoleSet) -> str:
    """The field that was changed so that somebody comes to have more."""
    if had.enabled != has.enabled:
        return "enabledPermissions"
    return "disabledPermissions" if had.disabled != has.disabled else "roles"


def _check_limit(
    held: frozenset[str],
    draft: Draft,
    had: RoleSet,
    has: RoleSet,
    known: Callable[[str], RoleSet | None],
) -> None:
    """That a tenant's principals come to have more is for who holds it all to decide."""
    if draft.was is None:
        return
    more = limit(Tenant(draft.number, draft.document), known) - limit(Tenant(draft.number, draft.was.document), known)
    if had != has and more - held:
        listed = ", ".join(sorted(more - held)[:8])
        raise Unfit(f"only who holds it may give {listed} to a tenant", "Invalid permission", _field(had, has))


def check_power(errand: Errand, draft: Draft) -> None:
    """Raises Denied for who would let themselves in as somebody that may do more than they.

    That may be themselves, without the bounds of what they are let in by: of a token's scope, say.
    """
    if draft.was is None:
        return
    is_own = draft.kind is Kind.INDIVIDUAL and draft.number == errand.manager.account
    if _permitted(errand.server, draft.was) - (errand.manager.permissions if is_own else errand.manager.gives):
        raise Denied("this principal may do more than you: what it signs in with is not yours to change")


def administers(server: Unit, entry: Entry) -> bool:
    """Whether somebody may do everything here, and can sign in to do it."""
    if entry.kind is not Kind.INDIVIDUAL or not (entry.document.get("secret") or entry.document.get("directory")):
        return False
    return entry.tenant is None and _permitted(server, entry) >= PERMISSIONS


def somebody_administers(server: Unit, but: Collection[int] = ()) -> bool:
    """Whether anybody does besides these, by their numbers."""
    known = role_sets(server, ("",))
    for account in selected(server, ACCOUNT):
        if account.number in but:
            continue
        is_let_in = account.kind == PERSON and (account.secret or account.directory) and account.tenant is None
        if is_let_in and permitted(account.role_set, known, None) >= PERMISSIONS:
            return True
    return False


def check_somebody_administers(server: Unit, but: Collection[int] = ()) -> None:
    """Raises InUse where nobody besides these is left who does."""
    if somebody_administers(server, but):
        return
    raise InUse("nobody would be left who may administer this server; make somebody else an administrator first")


def _permitted(server: Unit, entry: Entry) -> frozenset[str]:
    tenants = tenants_numbered(server, (entry.tenant,))
    known = role_sets(server, entry.role_set.roles | _roles_of(tenants))
    return permitted(entry.role_set, known, tenants.get(cast("int", entry.tenant)))


def _roles_of(tenants: Mapping[int, Tenant]) -> frozenset[str]:
    return frozenset(name for tenant in tenants.values() for name in tenant.roles)


def _is_shared(role: Entry, draft: Draft) -> bool:
    """What is the server's own has no roles of a tenant, who may change what these give."""
    return role.tenant is None or (draft.kind is not Kind.TENANT and role.tenant == draft.entry.tenant)
