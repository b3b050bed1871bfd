"""The types of principals (management API section 4.1), and what is kept of one of any type."""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Any, cast

from pillarbox.access import GROUP, LIST, LOCATION, PERSON, RESOURCE, RoleSet
from pillarbox.datatypes.server import ACCOUNT, API_KEY, DOMAIN, OAUTH_CLIENT, ROLE, TENANT
from pillarbox.objects import DataType
from pillarbox.store import Document
from pillarbox.wire.values import Id

__all__ = ["ACCOUNTS", "GROUPS", "Entry", "Kind", "names_of"]


@unique
class Kind(Enum):
    """One type; the value is the reference's word for it."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    RESOURCE = "resource"
    LOCATION = "location"
    LIST = "list"
    DOMAIN = "domain"
    TENANT = "tenant"
    ROLE = "role"
    API_KEY = "apiKey"
    OAUTH_CLIENT = "oauthClient"

    @property
    def place(self) -> int:
        """Its number in the reference, by which the quotas of tenants are in order."""
        return _PLACES[self]

    @property
    def type(self) -> DataType[Any]:
        """The data type that keeps it."""
        return _TYPES.get(self, ACCOUNT)

    @property
    def of_account(self) -> str | None:
        """What accounts say that are of this type; None for what is no account."""
        return _OF_ACCOUNT.get(self)

    def permission(self, verb: str) -> str:
        """The permission to `list`, `get`, `create`, `update` or `delete` it."""
        return f"{_PREFIXES.get(self, 'principal')}-{verb}"


_OF_ACCOUNT = {
    Kind.INDIVIDUAL: PERSON,
    Kind.GROUP: GROUP,
    Kind.RESOURCE: RESOURCE,
    Kind.LOCATION: LOCATION,
    Kind.LIST: LIST,
}
_BY_ACCOUNT = {account: kind for kind, account in _OF_ACCOUNT.items()}
_TYPES: dict[Kind, DataType[Any]] = {
    Kind.DOMAIN: DOMAIN,
    Kind.TENANT: TENANT,
    Kind.ROLE: ROLE,
    Kind.API_KEY: API_KEY,
    Kind.OAUTH_CLIENT: OAUTH_CLIENT,
}
_PREFIXES = {
    Kind.INDIVIDUAL: "individual",
    Kind.GROUP: "group",
    Kind.LIST: "mailing-list",
    Kind.DOMAIN: "domain",
    Kind.TENANT: "tenant",
    Kind.ROLE: "role",
    Kind.API_KEY: "api-key",
    Kind.OAUTH_CLIENT: "oauth-client",
}
_PLACES = {
    Kind.INDIVIDUAL: 0,
    Kind.GROUP: 1,
    Kind.RESOURCE: 2,
    Kind.LOCATION: 3,
    Kind.LIST: 5,
    Kind.DOMAIN: 7,
    Kind.TENANT: 8,
    Kind.ROLE: 9,
    Kind.API_KEY: 10,
    Kind.OAUTH_CLIENT: 11,
}

_SAID = {Kind.ROLE: "role", Kind.API_KEY: "API key", Kind.TENANT: "tenant", Kind.OAUTH_CLIENT: "OAuth client"}

ACCOUNTS = frozenset(_OF_ACCOUNT)
"""Those that have addresses."""
GROUPS = frozenset((Kind.GROUP, Kind.RESOURCE, Kind.LOCATION))
"""Those that are there for their members, who see what they have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A principal of any type as it is kept."""

    kind: Kind
    number: int
    document: Document

    @staticmethod
    def of(type_: DataType[Any], number: int, document: Document) -> "Entry":
        """What a data type keeps under a number."""
        if type_ is ACCOUNT:
            return Entry(_BY_ACCOUNT[cast("str", document.get("kind", PERSON))], number, document)
        return Entry(_BY_TYPE[type_.name], number, document)

    @property
    def id(self) -> Id:
        """Its id, another one than that of any other principal."""
        return self.kind.type.id(self.number)

    @property
    def name(self) -> str:
        """What it is called, as nobody else is."""
        if self.kind in ACCOUNTS:
            return cast("str", self.document.get("name") or self.document["address"])
        return cast("str", self.document["client" if self.kind is Kind.OAUTH_CLIENT else "name"])

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        said = _SAID.get(self.kind)
        return self.name if said is None else f"the {said} {self.name}"

    @property
    def tenant(self) -> int | None:
        """The number of its tenant; None for what is the server's own, as tenants are."""
        return cast("int | None", self.document.get("tenant"))

    @property
    def role_set(self) -> RoleSet:
        """What it is given and denied."""
        return RoleSet(
            frozenset(names_of(self, "roles")),
            frozenset(names_of(self, "enabledPermissions")),
            frozenset(names_of(self, "disabledPermissions")),
        )


_BY_TYPE = {type_.name: kind for kind, type_ in _TYPES.items()}


def names_of(entry: Entry, property_: str) -> list[str]:
    """A property that is a list of texts; its default where nothing was said."""
    declared = entry.kind.type.properties.get(property_)
    return [] if declared is None else cast("list[str]", declared.of(entry.document) or [])
