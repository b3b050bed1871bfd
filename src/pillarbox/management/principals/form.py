"""What a principal looks like when it is sent and when it is told (management API section 4.2)."""

from pillarbox.access import PERMISSIONS
from pillarbox.datatypes.directory.principals import Kind
from pillarbox.management.shape import INSTANT, NULL, Choice, Fields, Integer, ListOf, OneOf, Shape, Text

__all__ = ["CHANGES", "MOST_OCTETS", "NEW", "TOLD", "TYPES", "every_kind"]

MOST_OCTETS = 8 * 1024 * 1024
"""Of a body: as many members of a list as there may be."""

TYPES = tuple(kind.value for kind in Kind)


def every_kind(verb: str) -> frozenset[str]:
    """The permissions to do that to principals, of each type its own."""
    return frozenset(kind.permission(verb) for kind in Kind)


_MOST = 10_000
_TEXT = Text()
_NAMES = ListOf(_TEXT, _MOST)
_SECRET = Text(2048, doc="A hash, a password to be hashed here, an otpauth:// URL, or $app$name$hash. Never told.")
_PERMISSION = Choice(tuple(sorted(PERMISSIONS)))
_OCTETS = Integer(doc="Octets.")
_QUOTAS = ListOf(
    Integer(), 13, doc="Of a tenant: octets, then how many principals there may be of each type by its number."
)

_TOLD: dict[str, Shape] = {
    "id": Text(64, doc="The server's name for it, which stays when it is called something else."),
    "type": Choice(TYPES),
    "name": Text(320, doc="What it is called, as no other principal of any type is."),
    "description": Text(4096, doc="Its name for people."),
    "picture": Text(4096, doc="A URL."),
    "tenant": Text(320, doc="The name of the tenant that it belongs to; left out for what is the server's own."),
    "emails": ListOf(Text(320), doc="Its addresses, the primary one first; @domain receives what is for nobody there."),
    "directory": Text(doc="The id of the directory elsewhere that knows it; left out for what is kept here alone."),
    "quota": OneOf((_OCTETS, _QUOTAS)),
    "usedQuota": Integer(doc="Octets that it holds; told of one principal alone, and not where it is none."),
    "memberOf": _NAMES,
    "lists": _NAMES,
    "members": OneOf((Integer(doc="Of a domain or a tenant: how many."), _NAMES)),
    "readers": ListOf(_TEXT, _MOST, doc="Of a group: those of its members that may only read what it has."),
    "externalMembers": ListOf(Text(320), doc="Of a list: addresses elsewhere that it sends to."),
    "roles": _NAMES,
    "enabledPermissions": ListOf(_PERMISSION),
    "disabledPermissions": ListOf(_PERMISSION),
    "urls": ListOf(Text(2048), doc="Of an OAuth client: where it is answered."),
    "networks": ListOf(Text(64), doc="Of an API key: from where alone it is good; from everywhere if there are none."),
    "created": INSTANT,
    "expires": INSTANT,
}

TOLD = Fields(
    _TOLD,
    required=("id", "type", "name"),
    doc="A principal. Lists that its type has are always there, texts and numbers where there is something to tell.",
)


def _some(doc: str) -> Shape:
    """A text or several."""
    return OneOf((_TEXT, _NAMES), doc)


_SENT: dict[str, Shape] = {
    "id": OneOf((Integer(), _TEXT, NULL), "Says nothing: the server gives one."),
    "type": Choice(("superuser", *TYPES), "What it is."),
    "name": Text(320, doc="What it is called, as no other principal of any type is; most often its address."),
    "description": OneOf((NULL, _TEXT), "Its name for people."),
    "picture": OneOf((NULL, _TEXT), "A URL."),
    "tenant": OneOf((NULL, _TEXT), "The name of the tenant that it belongs to."),
    "emails": _some("Its addresses, in domains that are here, the primary one first; @domain gets what is for nobody."),
    "secrets": OneOf((_SECRET, ListOf(_SECRET, 100)), "Passwords, which are hashed here, or what is kept of some."),
    "quota": OneOf((NULL, _OCTETS, _QUOTAS), "Octets that it may hold; of a tenant a list, as it is told."),
    "usedQuota": OneOf((NULL, Integer()), "Says nothing: it is counted."),
    "memberOf": _some("Groups that it is in."),
    "lists": _some("Lists that it gets the mail of."),
    "members": OneOf((Integer(), _TEXT, _NAMES), "Of a group or a list: who is in it."),
    "readers": _some("Of a group: those of its members that may only read what it has."),
    "externalMembers": _some("Of a list: addresses elsewhere."),
    "roles": _some("What it may do, or what a role gives."),
    "enabledPermissions": _some("What it may do besides."),
    "disabledPermissions": _some("What it may not do, whatever gives it."),
    "urls": _some("Of an OAuth client: where it is answered."),
    "networks": _some("Of an API key: from where alone it is good."),
    "expires": OneOf((NULL, _TEXT), "Of an API key: until when it is good, as 2026-01-31T12:00:00Z."),
}

NEW = Fields(
    _SENT,
    required=("type", "name"),
    doc="A principal to be made. `id` and `usedQuota` are taken and say nothing.",
)

_VALUE = OneOf((NULL, Integer(), Text(2048), ListOf(OneOf((Integer(), Text(2048))), _MOST)))

CHANGES = ListOf(
    Fields(
        {
            "action": Choice(("set", "addItem", "removeItem")),
            "field": Text(64),
            "value": _VALUE,
        },
        required=("action", "field", "value"),
        doc="One step of a change.",
    ),
    1000,
)
