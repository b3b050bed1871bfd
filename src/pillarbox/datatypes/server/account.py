"""Account: somebody with addresses, a password and data, or a group of such (ours).

Its number in account 0 is the number of the account where its data is.
"""

from typing import cast

from pillarbox.access import GROUP, LIST, LOCATION, PERSON, RESOURCE, USER, RoleSet
from pillarbox.objects import MANAGED, DataType, Members, Property, Record, equal, prop
from pillarbox.store import Document, SetIndex
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UnsignedInt

__all__ = ["ACCOUNT", "ADDRESSES", "GROUP", "LIST", "LOCATION", "PERSON", "RESOURCE", "Account"]


class Account(Record):
    """An account; addresses are in the form that `directory.normal` gives.

    `kind` is `person`, `group`, `list`, `resource` or `location`. `directory` is the id of the one that knows its
    password, empty for this server's own. `address` is empty where it has none.
    """

    name: Property[str] = prop(default="")
    """What it is called and signs in by; empty where that is its address."""
    address: Property[str] = prop()
    aliases: Property[list[str]] = prop(default=[])
    secret: Property[str] = prop(secret=True)
    quota: Property[UnsignedInt | None] = prop(default=None)
    kind: Property[str] = prop(default=PERSON, immutable=True)
    description: Property[str] = prop(default="")
    """Its name for people."""
    directory: Property[str] = prop(default="")
    roles: Property[list[str]] = prop(default=[USER])
    enabled_permissions: Property[list[str]] = prop(default=[])
    disabled_permissions: Property[list[str]] = prop(default=[])
    members: Property[list[str]] = prop(default=[])
    """Of a list: to which addresses, here or elsewhere, its mail goes on."""
    catch_all: Property[list[str]] = prop(default=[])
    """The domains of which it receives what is for nobody."""
    tenant: Property[UnsignedInt | None] = prop(default=None)
    picture: Property[str] = prop(default="")
    known: Property[list[str]] = prop(default=[], server_set=True)
    """The addresses that the account itself was told of; it may lag behind those that it has (adr/0034)."""

    @property
    def addresses(self) -> list[str]:
        """All of them."""
        return _addresses(self.document)

    @property
    def title(self) -> str:
        """What it is called."""
        return _title(self.document)

    @property
    def role_set(self) -> RoleSet:
        """Its roles, and what is enabled and disabled for it alone."""
        return RoleSet(frozenset(self.roles), frozenset(self.enabled_permissions), frozenset(self.disabled_permissions))


def _addresses(document: Document) -> list[str]:
    return [one for one in (cast("str", document["address"]), *cast("list[str]", document["aliases"])) if one]


def _title(document: Document) -> str:
    return cast("str", document.get("name") or document["address"])


def _catch_all(document: Document) -> list[str]:
    return cast("list[str]", document.get("catchAll", []))


ADDRESSES = Members(SetIndex("addresses", "text"), _addresses)

MEMBERS = Members(SetIndex("members", "text"), lambda document: cast("list[str]", document.get("members", [])))

NAMES = Members(SetIndex("names", "text"), lambda document: [unicode_casemap(_title(document))])
"""What it is called, as names are compared."""

CATCH_ALL = Members(SetIndex("catch-all", "text"), _catch_all)

DOMAINS = Members(
    SetIndex("domains", "text"),
    lambda document: sorted({*(one.rpartition("@")[2] for one in _addresses(document)), *_catch_all(document)}),
)
"""Those that it has addresses in."""

ACCOUNT = DataType(
    record=Account,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="a",
    methods=MANAGED,
    filters=(equal("tenant", Account.tenant, sorted=True), equal("kind", Account.kind)),
    members=(ADDRESSES, MEMBERS, NAMES, CATCH_ALL, DOMAINS),
)
