"""What a principal is called, which nobody else may be, and whose part of the server it is in."""

import re
from unicodedata import normalize

from pillarbox.access import BUILT_IN, BadAddress, domain_of, normal
from pillarbox.datatypes.directory.known import account_at
from pillarbox.datatypes.directory.principals.address import UNSEEN, domain_name
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.finding import holders, how_many, named
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, Kind, names_of
from pillarbox.datatypes.directory.refused import Denied, InUse, Needed, Taken, Unfit, Unknown, shown
from pillarbox.datatypes.server import (
    ACCOUNT,
    Account,
    domain_named,
    groups_of,
    members_of,
    numbered,
    selected,
    tenant_named,
    tenants_numbered,
)
from pillarbox.store import Member, Select
from pillarbox.wire.values import JSON

__all__ = ["check_tenant", "join_tenant", "rename"]

_LONGEST = 255
_ROLE = re.compile(r"[a-z0-9](?:[a-z0-9.@_-]{0,253}[a-z0-9])?")
_UNFIT = re.compile(r"[\x00-\x20\x7f:/]")
"""A name is sent with a colon behind it (RFC 7617 section 2), and stands in paths."""


def rename(errand: Errand, draft: Draft, text: str) -> None:
    """It is called so. Raises Needed; Unfit; Taken."""
    name = _normal(draft.kind, text)
    if errand.manager.tenant is not None:
        # Before anything is said of who is called so, for they may be others'.
        _check_end(errand, draft.kind, name, errand.manager.tenant)
    there = named(errand.server, name)
    if there is not None and (there.kind, there.number) != (draft.kind, draft.number):
        raise Taken("name", name)
    if draft.kind is Kind.DOMAIN and errand.manager.tenant is not None and _is_below(errand, name):
        raise Taken("name", name)
    whose = account_at(errand.server, name) if "@" in name else None
    if whose is not None and not (draft.kind in ACCOUNTS and whose.number == draft.number):
        raise Taken("name", name)
    if draft.was is not None and draft.was.name != name:
        _follow(errand, draft, name)
    draft.document["client" if draft.kind is Kind.OAUTH_CLIENT else "name"] = name


def _is_below(errand: Errand, name: str) -> bool:
    """Whether a domain is below one that is not the manager's tenant's: whose that is says who has what is below."""
    labels = name.split(".")
    above = (domain_named(errand.server, ".".join(labels[at:])) for at in range(1, len(labels)))
    return any(one is not None and one.tenant != errand.manager.tenant for one in above)


def join_tenant(errand: Errand, draft: Draft, value: JSON) -> None:
    """It is of this tenant; of none, where the value is empty. Raises Denied; Unknown; Unfit; InUse."""
    if not isinstance(value, str | None):
        raise Unfit("tenant: the name of a tenant is expected")
    tenant = tenant_named(errand.server, value) if value else None
    if value and tenant is None:
        raise Denied(_NOT_YOURS) if errand.manager.tenant is not None else Unknown("tenant", value)
    number = None if tenant is None else tenant.number
    if errand.manager.tenant is not None and number != errand.manager.tenant:
        raise Denied(_NOT_YOURS)
    draft.document["tenant"] = number


_NOT_YOURS = "to which tenant a principal belongs is for administrators of the whole server to say"


def check_tenant(errand: Errand, draft: Draft) -> None:
    """Raises what is against the tenant of a draft: its domains, how many it may have, and who belongs together."""
    tenant, was = draft.entry.tenant, draft.was
    is_new = was is None or was.tenant != tenant
    if was is not None and is_new:
        _check_ties(errand, draft)
    if tenant is None:
        return
    if is_new:
        _check_room(errand, draft, tenant)
    if is_new or "name" in draft.touched:
        _check_end(errand, draft.kind, draft.entry.name, tenant)


def _check_end(errand: Errand, kind: Kind, name: str, tenant: int) -> None:
    """Raises Unfit for a name that nothing in a tenant has; its domains have any."""
    domain = domain_named(errand.server, domain_of(name)) if "@" in name else None
    if kind is not Kind.DOMAIN and (domain is None or domain.tenant != tenant):
        raise Unfit("name: in a tenant a name ends with @ and a domain of the tenant", "Invalid name", "name")


def _check_room(errand: Errand, draft: Draft, number: int) -> None:
    tenant = tenants_numbered(errand.server, (number,)).get(number)
    quota = [] if tenant is None else tenant.quota
    place = draft.kind.place + 1
    most = quota[place] if len(quota) > place else 0
    # One that is there already is counted once it is kept.
    if most and how_many(errand.server, number, draft.kind) >= most:
        raise Denied(f"the tenant has no room for more than {most} principals of the type {draft.kind.value}")


def _check_ties(errand: Errand, draft: Draft) -> None:
    """What belongs together is of one tenant."""
    server, tenant = errand.server, draft.entry.tenant
    if draft.kind in ACCOUNTS:
        tied = {*groups_of(server, draft.number), *members_of(server, draft.number)}
        others = [one for one in numbered(server, ACCOUNT, sorted(tied)) if one.tenant != tenant]
        if others:
            raise InUse(f"{draft.entry.name} belongs together with {others[0].title}, which is not in that tenant")
        for address in Account(draft.number, draft.document).addresses:
            domain = domain_named(server, address.rpartition("@")[2])
            if tenant is not None and (domain is None or domain.tenant != tenant):
                raise Unfit(f"emails: {address} is in no domain of that tenant")
    elif draft.kind is Kind.DOMAIN:
        # The server's own may stay in it, and go to the tenant later one by one.
        there = selected(server, ACCOUNT, Select(Member("domains", draft.entry.name)))
        if any(one.tenant not in (None, tenant) for one in there):
            raise InUse(f"principals have addresses in {draft.entry.name}", "Domain has members")
    elif draft.kind is Kind.ROLE:
        for holder in holders(errand.server, draft.entry.name):
            raise InUse(f"{holder.title} has the role {draft.entry.name}; take it away first", "Role is in use")


def _follow(errand: Errand, draft: Draft, name: str) -> None:
    """Whatever knows it by its name knows it by the new one."""
    if draft.kind in (Kind.DOMAIN, Kind.OAUTH_CLIENT):
        raise Unfit(f"name: a principal of the type {draft.kind.value} is called the same for ever; make another one")
    if draft.kind is not Kind.ROLE or draft.was is None:
        return
    for one in holders(errand.server, draft.was.name):
        roles = sorted(name if role == draft.was.name else role for role in names_of(one, "roles"))
        errand.server.update(one.kind.type.table, one.number, one.document, {**one.document, "roles": roles})


def _normal(kind: Kind, text: str) -> str:
    if not text.strip():
        raise Needed("name")
    if kind is Kind.DOMAIN:
        return domain_name(text)
    name = normalize("NFC", normalize("NFC", text.strip()).lower())
    if not name.isprintable():
        raise Unfit(f"name: {UNSEEN}")
    if kind in ACCOUNTS and "@" in name:
        try:
            return normal(name)
        except BadAddress as problem:
            raise Unfit(f"name: {problem}") from None
    if len(name.encode()) > _LONGEST or _UNFIT.search(name):
        raise Unfit(f"name: no more than {_LONGEST} octets, without blanks, colons and slashes")
    if kind is Kind.ROLE and (name in BUILT_IN or _ROLE.fullmatch(name) is None):
        raise Unfit(f"name: {shown(name)!r} is no name for a role, or one of those that are built in")
    return name
