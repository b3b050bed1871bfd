"""Which domains and accounts a manager sees: all of them, or those of the tenant."""

from collections.abc import Callable

from pillarbox.access import Manager, Principal, domain_of
from pillarbox.datatypes.server import DOMAIN, Domain, selected
from pillarbox.management.endpoint import Request
from pillarbox.management.refusal import NotFound, Refusal
from pillarbox.store import Unit

__all__ = ["account_of_ours", "domain_of_ours", "seen_domains"]

_LONGEST = 253
"""Characters of a name (RFC 1035 section 2.3.4)."""


def seen_domains(server: Unit, manager: Manager) -> list[Domain]:
    """The domains here that the manager sees, in order of their names."""
    found = (one for one in selected(server, DOMAIN) if _is_seen(one, manager))
    return sorted(found, key=lambda one: one.name)


def domain_of_ours(request: Request, name: str, missing: Callable[[str], Refusal] = NotFound) -> Domain:
    """The domain with this name, in whatever form. Raises the refusal for one that is not here, or not to be seen."""
    wanted = domain_of(name[: _LONGEST + 1])
    with request.office.store.read(0) as server:
        for one in seen_domains(server, request.manager):
            if one.name == wanted:
                return one
    raise missing(name[:_LONGEST])


def account_of_ours(request: Request, name: str) -> Principal:
    """Whose account or group has this name or address. Raises NotFound for nobody, or one who is not to be seen."""
    found = None if name.startswith("@") else request.office.directory.find(name)
    if found is None or (request.manager.tenant is not None and found.tenant != request.manager.tenant):
        raise NotFound(name)
    return found


def _is_seen(domain: Domain, manager: Manager) -> bool:
    return manager.tenant is None or domain.document.get("tenant") == manager.tenant
