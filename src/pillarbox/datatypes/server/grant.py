"""Grant: what somebody lets a device or a browser do in their name (RFC 6749; ours; kept in account 0).

One that has ended is gone, and with it all its tokens. What changes with use, its generation among it, is amended: no
listener need hear of it, for access tokens do not depend on it.
"""

import hashlib
from datetime import datetime
from typing import cast

from pillarbox.datatypes.server.reading import numbered, selected
from pillarbox.objects import DataType, Property, Record, before, equal, key, prop
from pillarbox.store import Below, Document, Equal, Order, Select, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON, UnsignedInt, UTCDate, utc_datetime

__all__ = [
    "APP",
    "BROWSER",
    "DEVICE",
    "GRANT",
    "MAX_GRANTS",
    "Grant",
    "add_grant",
    "amend_grant",
    "clear_grants",
    "end_grant",
    "forget_grants",
    "grant_numbered",
    "grants_for",
    "grants_of",
    "handle",
]

APP = "app"
"""A client that was let in by the code flow."""
DEVICE = "device"
"""One that was let in from another device."""
BROWSER = "browser"
"""A browser in which somebody signed in."""

MAX_GRANTS = 500
"""Grants of an account; of more, the one used longest ago ends."""
_AT_ONCE = 1000


class Grant(Record):
    """Whose it is, for which client, what it lets that do, from when to when, and how its owner proved who they are.

    `client` is the client's id and `name` what people call it; `handle` is found by the index, for ids may be long.
    `scopes` is None for a browser, which is let do everything. `methods` are those of RFC 8176, `auth_time` is when.
    A refresh token counts if it is of this `generation`. `mark` is in all its tokens. `used`, `address` and `agent`
    are of about its last use.
    """

    account: Property[UnsignedInt] = prop(immutable=True)
    client: Property[str] = prop(immutable=True)
    handle: Property[str] = prop(immutable=True)
    name: Property[str] = prop(default="")
    kind: Property[str] = prop(immutable=True)
    scopes: Property[list[str] | None] = prop(default=None)
    created: Property[UTCDate] = prop()
    auth_time: Property[UTCDate] = prop()
    methods: Property[list[str]] = prop(default=[])
    expires: Property[UTCDate] = prop()
    generation: Property[UnsignedInt] = prop(default=UnsignedInt(0))
    mark: Property[str] = prop(secret=True)
    used: Property[UTCDate] = prop()
    address: Property[str] = prop(default="")
    agent: Property[str] = prop(default="")

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return utc_datetime(self.expires) <= now


GRANT = DataType(
    record=Grant,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="ga",
    methods=(),
    filters=(
        equal("account", Grant.account, sorted=True),
        equal("handle", Grant.handle, sorted=True),
        before("expiresBefore", key(Grant.expires, sorted=True)),
    ),
)


def grant_numbered(server: Unit, number: int) -> Grant | None:
    """The grant with this number, over or not."""
    return next(iter(numbered(server, GRANT, (number,))), None)


def grants_of(server: Unit, account: int) -> list[Grant]:
    """Those of an account, over or not, the one used last first."""
    found = selected(server, GRANT, Select(Equal("account", account)))
    return sorted(found, key=lambda one: (one.used, one.number), reverse=True)


def grants_for(server: Unit, client: str) -> list[Grant]:
    """Those that let this client in, whoever's they are."""
    found = selected(server, GRANT, Select(Equal("handle", unicode_casemap(handle(client)))))
    return [one for one in found if one.client == client]


def handle(client: str) -> str:
    """A short name for a client's id."""
    return hashlib.blake2b(client.encode(), digest_size=16).hexdigest()


def add_grant(server: Writing, properties: Document) -> Grant:
    """A new one; of too many of an account, the one used longest ago ends."""
    account = cast("int", properties["account"])
    if server.count(GRANT.table, Select(Equal("account", account))) >= MAX_GRANTS:
        for one in grants_of(server, account)[MAX_GRANTS - 1 :]:
            end_grant(server, one)
    number = server.fresh()
    server.insert(GRANT.table, number, properties)
    return Grant(number, properties)


def amend_grant(server: Writing, grant: Grant, changes: dict[str, JSON]) -> Grant:
    """The same grant with other properties, of which nobody need hear."""
    document: Document = {**grant.document, **changes}
    server.amend(GRANT.table, grant.number, grant.document, document)
    return Grant(grant.number, document)


def end_grant(server: Writing, grant: Grant) -> None:
    """It is gone, and whoever listens hears."""
    server.delete(GRANT.table, grant.number, grant.document)


def forget_grants(server: Writing, account: int) -> None:
    """All of an account end."""
    for one in grants_of(server, account):
        end_grant(server, one)


def clear_grants(server: Writing, now: datetime) -> int:
    """Those whose time has passed go, no more than a thousand at once; how many went."""
    over = Select(Below("expires", int(now.timestamp() * 1000)), (Order("expires"),))
    going = numbered(server, GRANT, server.page(GRANT.table, over, 0, _AT_ONCE))
    for one in going:
        end_grant(server, one)
    return len(going)
