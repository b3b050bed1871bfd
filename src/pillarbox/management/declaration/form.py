"""What a server is declared by: one document with its settings, tenants, domains, roles, accounts, groups and lists.

Of each there is all that can be said of it but secrets, and what belongs to what is said in one place alone: a group
and a list name their members.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pillarbox.access import PERMISSIONS
from pillarbox.datatypes.directory.principals import Kind
from pillarbox.management.change import KEY
from pillarbox.management.shape import Choice, Fields, Flag, Integer, ListOf, Map, Shape, Text
from pillarbox.wire.values import JSON

__all__ = ["DOCUMENT", "EXAMPLE", "FORMAT", "SECRETS", "SECTIONS", "WHOLE", "Section", "nothing"]

FORMAT = 1
"""Of documents; another one would say other things."""
SECRETS = "secrets"
"""What a new account signs in with: it is taken, and never told."""

_MOST = 10_000
_NAME = Text(320, least=1)
_NAMES = ListOf(_NAME, _MOST)
_PERMISSIONS = ListOf(Choice(tuple(sorted(PERMISSIONS))), len(PERMISSIONS))
_FIELDS: Mapping[str, Shape] = {
    "tenant": Text(320, doc="The tenant that it belongs to; empty for what is the server's own."),
    "description": Text(doc="Its name for people."),
    "picture": Text(doc="A URL."),
    "emails": ListOf(_NAME, 1000, doc="Its addresses, the primary one first; @domain gets what is for nobody there."),
    "quota": Integer(doc="Octets; 0 for as many as there is room for."),
    "quotas": ListOf(Integer(), 13, doc="Octets, then how many principals there may be of each type by its number."),
    "members": _NAMES,
    "readers": ListOf(_NAME, _MOST, doc="Those of the members that may only read what it has."),
    "externalMembers": ListOf(_NAME, _MOST, doc="Addresses elsewhere."),
    "roles": ListOf(_NAME, 1000),
    "enabledPermissions": _PERMISSIONS,
    "disabledPermissions": _PERMISSIONS,
    SECRETS: ListOf(
        Text(2048), 100, doc="Hashes or passwords of an account that is made; of one that is there, nothing."
    ),
}


@dataclass(frozen=True, slots=True)
class Section:
    """Principals of one type: where they stand in a document, and which fields are told of each."""

    name: str
    kind: Kind
    fields: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        """One of its principals; what is not said of one that is there stays as it is."""
        return Fields({"name": _NAME, **{one: self._field(one) for one in self._taken}}, required=("name",))

    @property
    def words(self) -> str:
        """What may be said of one, for people."""
        return ", ".join(f"`{one}`" for one in self._taken)

    @property
    def _taken(self) -> tuple[str, ...]:
        return (*self.fields, SECRETS) if self.kind is Kind.INDIVIDUAL else self.fields

    def _field(self, name: str) -> Shape:
        return _FIELDS["quotas" if name == "quota" and self.kind is Kind.TENANT else name]


_GIVEN = ("roles", "enabledPermissions", "disabledPermissions")
_SHARED = ("tenant", "description", "picture", "emails", "quota", "members", "readers")
SECTIONS = (
    Section("tenants", Kind.TENANT, ("description", "picture", "quota", *_GIVEN)),
    Section("domains", Kind.DOMAIN, ("tenant", "description")),
    Section("roles", Kind.ROLE, ("tenant", "description", *_GIVEN)),
    Section("accounts", Kind.INDIVIDUAL, ("tenant", "description", "picture", "emails", "quota", *_GIVEN)),
    Section("groups", Kind.GROUP, (*_SHARED, "enabledPermissions", "disabledPermissions")),
    Section("resources", Kind.RESOURCE, _SHARED),
    Section("locations", Kind.LOCATION, _SHARED),
    Section("lists", Kind.LIST, ("tenant", "description", "picture", "emails", "members", "externalMembers")),
)
"""In an order in which each can be made: what others depend on comes first."""


def _document(most: int) -> Fields:
    return Fields(
        {
            "format": Integer(FORMAT, FORMAT, doc="Which form this is in."),
            "prune": Flag("Whether what the sections that are there do not name is removed."),
            "settings": Map(Text(256 * 1024, has_lines=True), "Texts of the database, as in a settings file.", KEY),
            **{one.name: ListOf(one.shape, most, doc=f"Of each `name`, and {one.words}.") for one in SECTIONS},
        },
        required=("format",),
        doc="With `prune`, what the sections that are there do not name is removed; otherwise it is left alone.",
    )


DOCUMENT = _document(_MOST)
"""As it is taken; what is larger can be applied in parts."""
WHOLE = _document(1_000_000)
"""As it is told."""
EXAMPLE: JSON = {
    "format": FORMAT,
    "domains": [{"name": "example.com"}],
    "accounts": [
        {"name": "joe@example.com", "description": "Joe", "emails": ["joe@example.com"], "roles": ["user"]},
        {"name": "ann@example.com", "description": "Ann", "emails": ["ann@example.com"], "roles": ["user"]},
    ],
    "groups": [{"name": "sales@example.com", "emails": ["sales@example.com"], "members": ["joe@example.com"]}],
}


def nothing(section: Section, field: str) -> JSON:
    """What a field has where there is nothing to say."""
    if field == "quota" and section.kind is not Kind.TENANT:
        return 0
    return "" if field in ("tenant", "description", "picture") else []
