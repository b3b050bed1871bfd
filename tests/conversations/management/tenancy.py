"""Whoever manages the part of a server that is a tenant's."""

from typing import Any

import orjson
from tests.driver import Home

from pillarbox.access import Manager
from pillarbox.datatypes.server import DOMAIN, domains
from pillarbox.management import ENDPOINTS, Sent, answered, found
from pillarbox.store import Document

__all__ = ["has_tenant", "says"]


def has_tenant(home: Home, name: str, tenant: int | None) -> None:
    """There is a domain, of a tenant by its number, or of the server's own."""
    with home.store.write(0) as server:
        document: Document = {"name": name, "description": "", "tenant": tenant, "dkim": []}
        server.insert(DOMAIN.table, server.fresh(), document)
    assert name in dict(domains(home.store))


def says(home: Home, manager: Manager, method: str, path: str, query: str = "", body: bytes = b"") -> Any:
    """The data that a manager is answered. Raises management.Refusal."""
    there = found(ENDPOINTS, method, f"/api/{path}")
    assert there is not None, path
    endpoint, parts = there
    return orjson.loads(answered(endpoint, home.office, manager, parts, Sent(query, body)).octets)["data"]
