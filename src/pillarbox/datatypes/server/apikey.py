"""ApiKey: what programs that manage the server sign in with (ours; kept in account 0)."""

from pillarbox.access import RoleSet
from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import MANAGED, DataType, Property, Record, equal, prop
from pillarbox.store import Equal, Select, Unit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.network import Network, network
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_datetime

__all__ = ["API_KEY", "ApiKey", "api_key"]


class ApiKey(Record):
    """A key by its name, the digest of its secret, and what it may do.

    It has the permissions of its roles and `enabled_permissions`, without `disabled_permissions`, and no more than the
    account has whose number is `maker`. From `networks` alone it is good, if there are any, and until `expires`, if
    that is given. One whose secret was chosen elsewhere has a slow hash of it, `secret`, in place of the digest.
    """

    name: Property[str] = prop()
    digest: Property[str] = prop(default="", secret=True)
    secret: Property[str] = prop(default="", secret=True)
    description: Property[str] = prop(default="")
    roles: Property[list[str]] = prop(default=[])
    enabled_permissions: Property[list[str]] = prop(default=[])
    disabled_permissions: Property[list[str]] = prop(default=[])
    maker: Property[UnsignedInt | None] = prop(default=None, server_set=True)
    tenant: Property[UnsignedInt | None] = prop(default=None)
    networks: Property[list[str]] = prop(default=[])
    created: Property[UTCDate] = prop()
    expires: Property[UTCDate | None] = prop(default=None)

    @property
    def role_set(self) -> RoleSet:
        """What it is given and denied."""
        return RoleSet(frozenset(self.roles), frozenset(self.enabled_permissions), frozenset(self.disabled_permissions))

    @property
    def spans(self) -> tuple[Network, ...]:
        """The networks as such."""
        return tuple(map(network, self.networks))

    @property
    def ends(self) -> float | None:
        """When it expires, in seconds since 1970; None if it does not."""
        return None if self.expires is None else utc_datetime(self.expires).timestamp()


API_KEY = DataType(
    record=ApiKey,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="y",
    methods=MANAGED,
    filters=(equal("name", ApiKey.name, sorted=True), equal("tenant", ApiKey.tenant)),
)


def api_key(server: Unit, name: str) -> ApiKey | None:
    """The one of this name; in any case of letters, unless keys of before are told apart by that."""
    found = selected(server, API_KEY, Select(Equal("name", unicode_casemap(name))))
    return next((one for one in found if one.name == name or len(found) == 1), None)
