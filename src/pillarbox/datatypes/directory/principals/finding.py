"""Principals found by name, whatever their type, as far as whoever asks sees them."""

from collections.abc import Collection, Iterator
from typing import Any

import orjson

from pillarbox.access import OWNER, Manager, domain_of
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, GROUPS, Entry, Kind, names_of
from pillarbox.datatypes.directory.refused import Absent
from pillarbox.datatypes.server import ACCOUNT, API_KEY, DOMAIN, OAUTH_CLIENT, ROLE, TENANT
from pillarbox.objects import DataType
from pillarbox.store import AllOf, Equal, Everything, Filter, Member, Select, Unit
from pillarbox.wire.collation import unicode_casemap

__all__ = ["by_number", "every", "found", "has_addresses", "holders", "how_many", "is_seen", "named", "of_tenant"]

_BY_NAME: tuple[tuple[DataType[Any], str], ...] = (
    (DOMAIN, "name"),
    (TENANT, "name"),
    (ROLE, "name"),
    (API_KEY, "name"),
    (OAUTH_CLIENT, "client"),
)


def found(server: Unit, manager: Manager, name: str) -> Entry:
    """The principal of this name, in any case of letters. Raises Absent, as for one that the manager may not see."""
    entry = named(server, name)
    if entry is None or not is_seen(manager, entry):
        raise Absent(name)
    return entry


def named(server: Unit, name: str) -> Entry | None:
    """Who is called so, as names are compared: neither the case of letters matters, nor how they are composed.

    A domain, and that of an address, may be written in its own script (RFC 5890).
    """
    for form in (name,) if name.isascii() else (name, _in_ascii(name)):
        wanted = unicode_casemap(form)
        for entry in _page(server, ACCOUNT, Member("names", wanted)):
            return entry
        for type_, property_ in _BY_NAME:
            for entry in _page(server, type_, Equal(property_, wanted)):
                return entry
    return None


def _in_ascii(name: str) -> str:
    local, at, domain = name.rpartition("@")
    return f"{local}{at}{domain_of(domain)}"


def is_seen(manager: Manager, entry: Entry) -> bool:
    """Whether a manager may know of it: all that there is, or what is their tenant's."""
    return manager.tenant is None or (entry.tenant == manager.tenant and entry.kind is not Kind.TENANT)


def every(server: Unit, manager: Manager, kinds: Collection[Kind], tenant: int | None = None) -> list[Entry]:
    """Those of these types that a manager sees; those of a tenant alone, if one is named. In no order."""
    wanted = manager.tenant if manager.tenant is not None else tenant
    entries: list[Entry] = []
    for type_ in dict.fromkeys(kind.type for kind in kinds):
        if type_ is TENANT and wanted is not None:
            continue
        among = [kind.of_account for kind in kinds if kind in ACCOUNTS] if type_ is ACCOUNT else []
        selected = _page(server, type_, Everything() if wanted is None else Equal("tenant", wanted))
        entries += [one for one in selected if type_ is not ACCOUNT or one.kind.of_account in among]
    return entries


def of_tenant(server: Unit, tenant: int) -> bool:
    """Whether anything is a tenant's."""
    belongs = Select(Equal("tenant", tenant))
    return any(server.count(type_.table, belongs) for type_ in (ACCOUNT, DOMAIN, ROLE, API_KEY, OAUTH_CLIENT))


def has_addresses(server: Unit, domain: str) -> bool:
    """Whether anybody has an address in a domain."""
    return server.count(ACCOUNT.table, Select(Member("domains", domain))) > 0


def holders(server: Unit, role: str) -> list[Entry]:
    """Who has a role, whatever their type."""
    return [one for one in every(server, OWNER, _WITH_ROLES) if role in names_of(one, "roles")]


_WITH_ROLES = (Kind.INDIVIDUAL, *sorted(GROUPS, key=lambda kind: kind.place), Kind.ROLE, Kind.API_KEY, Kind.TENANT)


def how_many(server: Unit, tenant: int, kind: Kind) -> int:
    """How many of a type a tenant has."""
    belongs: Filter = Equal("tenant", tenant)
    if kind.of_account is not None:
        belongs = AllOf((belongs, Equal("kind", unicode_casemap(kind.of_account))))
    return server.count(kind.type.table, Select(belongs))


def by_number(server: Unit, type_: DataType[Any], numbers: Collection[int]) -> list[Entry]:
    """Those of a data type that there are of these numbers."""
    return [
        Entry.of(type_, stored.number, orjson.loads(stored.document))
        for stored in server.get(type_.table, sorted(numbers))
    ]


def _page(server: Unit, type_: DataType[Any], wanted: Filter) -> Iterator[Entry]:
    for stored in server.get(type_.table, server.page(type_.table, Select(wanted), 0, 2**31)):
        yield Entry.of(type_, stored.number, orjson.loads(stored.document))
