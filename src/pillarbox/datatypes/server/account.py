"""Account: somebody with addresses, a password and data, or a group of such (ours).

Its number in account 0 is the number of the account where its data is.
"""

from typing import cast

from pillarbox.access import GROUP, LIST, PERSON, RESOURCE, USER, RoleSet
from pillarbox.objects import DataType, Members, Property, Record, prop
from pillarbox.store import SetIndex
from pillarbox.wire.values import UnsignedInt

__all__ = ["ACCOUNT", "ADDRESSES", "GROUP", "LIST", "PERSON", "RESOURCE", "Account"]


class Account(Record):
    """An account; addresses are in the form that `directory.normal` gives.

    `kind` is `person`, `group`, `list` or `resource`. `directory` is the id of the one that knows its password, empty
    for this server's own.
    """

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
    known: Property[list[str]] = prop(default=[], server_set=True)
    """The addresses that the account itself was told of; it may lag behind those that it has (adr/0034)."""

    @property
    def addresses(self) -> list[str]:
        """All of them."""
        return [self.address, *self.aliases]

    @property
    def role_set(self) -> RoleSet:
        """Its roles, and what is enabled and disabled for it alone."""
        return RoleSet(frozenset(self.roles), frozenset(self.enabled_permissions), frozenset(self.disabled_permissions))


ADDRESSES = Members(
    SetIndex("addresses", "text"),
    lambda document: [cast("str", document["address"]), *cast("list[str]", document["aliases"])],
)

MEMBERS = Members(SetIndex("members", "text"), lambda document: cast("list[str]", document.get("members", [])))

ACCOUNT = DataType(
    record=Account,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="a",
    methods=(),
    members=(ADDRESSES, MEMBERS),
)
