"""Domain: a name that accounts here have addresses in, and the keys that its mail is signed with (ours)."""

import base64
from datetime import datetime
from typing import Any, cast

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import MANAGED, DataType, Property, Record, equal, prop
from pillarbox.store import Equal, Select, Store, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.dkim import Algorithm, DkimKey
from pillarbox.wire.values import JSON, UnsignedInt

__all__ = [
    "DOMAIN",
    "Domain",
    "add_dkim_key",
    "dkim_keys",
    "domain_named",
    "domains",
    "is_domain",
    "kept_dkim_key",
    "remove_dkim_key",
]


class Domain(Record):
    """A domain of ours, its name in lower case and in its ASCII form.

    `dkim` has an object for each key: `selector`, `algorithm`, `created`, and `private`, PKCS #8 in base64.
    """

    name: Property[str] = prop(immutable=True)
    description: Property[str] = prop(default="")
    tenant: Property[UnsignedInt | None] = prop(default=None)
    dkim: Property[list[Any]] = prop(default=[], secret=True)


DOMAIN = DataType(
    record=Domain,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="d",
    methods=MANAGED,
    filters=(equal("name", Domain.name), equal("tenant", Domain.tenant)),
)


def domain_named(server: Unit, name: str) -> Domain | None:
    """The domain of ours with this name."""
    return next(iter(selected(server, DOMAIN, Select(Equal("name", unicode_casemap(name))))), None)


def kept_dkim_key(made: DkimKey, now: datetime) -> dict[str, JSON]:
    """A key as a domain keeps it."""
    return {
        "selector": made.selector,
        "algorithm": made.algorithm,
        "created": now.isoformat(timespec="seconds"),
        "private": base64.b64encode(made.private).decode(),
    }


def domains(store: Store) -> list[tuple[str, list[DkimKey]]]:
    """All domains in order of name, with their keys. Raises store.StoreError."""
    with store.read(0) as server:
        found = selected(server, DOMAIN)
    return sorted(((one.name, _keys(one)) for one in found), key=lambda one: one[0])


def is_domain(store: Store, name: str) -> bool:
    """Whether accounts here have addresses in this domain. Raises store.StoreError."""
    with store.read(0) as server:
        return domain_named(server, name) is not None


def dkim_keys(store: Store, name: str) -> list[DkimKey]:
    """The keys that mail of a domain is signed with; none if it is not ours or has none. Raises store.StoreError."""
    with store.read(0) as server:
        found = domain_named(server, name)
        return [] if found is None else _keys(found)


def add_dkim_key(store: Store, name: str, made: DkimKey, now: datetime) -> DkimKey | None:
    """The key that the domain has now: this one, or the one it had under the same selector; None if it is not ours.

    Raises store.StoreError.
    """
    with store.write(0) as server:
        found = domain_named(server, name)
        if found is None:
            return None
        for known in _keys(found):
            if known.selector == made.selector:
                return known
        kept = kept_dkim_key(made, now)
        server.update(DOMAIN.table, found.number, found.document, {**found.document, "dkim": [*found.dkim, kept]})
    return made


def remove_dkim_key(store: Store, name: str, selector: str) -> bool:
    """Whether the domain had a key with this selector; it signs nothing any more. Raises store.StoreError."""
    with store.write(0) as server:
        found = domain_named(server, name)
        left = [] if found is None else [one for one in found.dkim if one["selector"] != selector]
        if found is None or len(left) == len(found.dkim):
            return False
        server.update(DOMAIN.table, found.number, found.document, {**found.document, "dkim": left})
    return True


def _keys(domain: Domain) -> list[DkimKey]:
    return [
        DkimKey(domain.name, one["selector"], cast("Algorithm", one["algorithm"]), base64.b64decode(one["private"]))
        for one in domain.dkim
    ]
