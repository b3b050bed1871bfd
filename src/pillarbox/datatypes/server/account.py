"""Account: somebody with addresses, a password and data, or a group of such (ours).

Its number in account 0 is the number of the account where its data is.
"""

from typing import cast

from pillarbox.objects import DataType, Members, Property, Record, prop
from pillarbox.store import SetIndex
from pillarbox.wire.values import UnsignedInt

__all__ = ["ACCOUNT", "ADDRESSES", "GROUP", "PERSON", "Account"]

PERSON = "person"
GROUP = "group"
"""What has no password, and is there for its members."""


class Account(Record):
    """An account; addresses are in the form that `directory.normal` gives."""

    address: Property[str] = prop()
    aliases: Property[list[str]] = prop(default=[])
    secret: Property[str] = prop(secret=True)
    quota: Property[UnsignedInt | None] = prop(default=None)
    kind: Property[str] = prop(default=PERSON, immutable=True)
    known: Property[list[str]] = prop(default=[], server_set=True)
    """The addresses that the account itself was told of; it may lag behind those that it has (adr/0034)."""

    @property
    def addresses(self) -> list[str]:
        """All of them."""
        return [self.address, *self.aliases]


ADDRESSES = Members(
    SetIndex("addresses", "text"),
    lambda document: [cast("str", document["address"]), *cast("list[str]", document["aliases"])],
)

ACCOUNT = DataType(
    record=Account,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="a",
    methods=(),
    members=(ADDRESSES,),
)
