"""Account: somebody with addresses, a password and data (ours).

Its number in account 0 is the number of the account where its data is.
"""

from typing import cast

from pillarbox.objects import DataType, Members, Property, Record, prop
from pillarbox.store import SetIndex
from pillarbox.wire.values import UnsignedInt

__all__ = ["ACCOUNT", "ADDRESSES", "Account"]


class Account(Record):
    """An account; addresses are in the form that `directory.normal` gives."""

    address: Property[str] = prop()
    aliases: Property[list[str]] = prop(default=[])
    secret: Property[str] = prop(secret=True)
    quota: Property[UnsignedInt | None] = prop(default=None)


ADDRESSES = Members(
    SetIndex("addresses", "text"),
    lambda document: [cast("str", document["address"]), *cast("list[str]", document["aliases"])],
)

ACCOUNT = DataType(
    record=Account,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    letter="a",
    methods=(),
    members=(ADDRESSES,),
)
