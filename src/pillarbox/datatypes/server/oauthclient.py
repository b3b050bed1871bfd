"""OAuthClient: a program that was registered, so that people can let it in (RFC 7591; ours; kept in account 0)."""

from typing import Any

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import MANAGED, DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON, UnsignedInt, UTCDate

__all__ = [
    "MAX_CLIENTS",
    "OAUTH_CLIENT",
    "OAuthClient",
    "TooManyClients",
    "add_client",
    "change_client",
    "client_named",
    "remove_client",
]

MAX_CLIENTS = 10_000
"""Clients that are kept."""


class TooManyClients(Exception):
    """There is no room for one more; the message says so to people."""


class OAuthClient(Record):
    """A client: its id, where it is answered, what people see of it, and what is kept of its secret, if it has one.

    `metadata` is what RFC 7591 section 2 calls so, as it is in force. `mark` is in the token that manages it.
    """

    client: Property[str] = prop(immutable=True)
    metadata: Property[dict[str, Any]] = prop(default={})
    secret: Property[str] = prop(default="", secret=True)
    mark: Property[str] = prop(default="", secret=True)
    created: Property[UTCDate] = prop()
    tenant: Property[UnsignedInt | None] = prop(default=None)


OAUTH_CLIENT = DataType(
    record=OAuthClient,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="cl",
    methods=MANAGED,
    filters=(equal("client", OAuthClient.client, sorted=True), equal("tenant", OAuthClient.tenant)),
)


def client_named(server: Unit, client: str) -> OAuthClient | None:
    """The client with this id."""
    found = selected(server, OAUTH_CLIENT, Select(Equal("client", unicode_casemap(client))))
    # The index does not tell letters' case apart, and ids do.
    return next((one for one in found if one.client == client), None)


def add_client(server: Writing, properties: Document) -> OAuthClient:
    """A new one. Raises TooManyClients."""
    if server.count(OAUTH_CLIENT.table, Select()) >= MAX_CLIENTS:
        raise TooManyClients(f"no more than {MAX_CLIENTS} clients are registered here")
    number = server.fresh()
    server.insert(OAUTH_CLIENT.table, number, properties)
    return OAuthClient(number, properties)


def change_client(server: Writing, client: OAuthClient, changes: dict[str, JSON]) -> OAuthClient:
    """The same client with other properties."""
    document: Document = {**client.document, **changes}
    server.update(OAUTH_CLIENT.table, client.number, client.document, document)
    return OAuthClient(client.number, document)


def remove_client(server: Writing, client: OAuthClient) -> None:
    """It is gone; its grants are for the caller to end."""
    server.delete(OAUTH_CLIENT.table, client.number, client.document)
