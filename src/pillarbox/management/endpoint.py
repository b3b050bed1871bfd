"""What an endpoint is: a method and a path, who may call it, what it takes, what it gives, and what it does."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import orjson

from pillarbox.access import Manager
from pillarbox.management.office import Office
from pillarbox.management.refusal import Changed, Forbidden
from pillarbox.management.shape import ANYTHING, Fields, Integer, ListOf, Shape, Text
from pillarbox.wire.values import JSON

__all__ = [
    "FEW",
    "PAGING",
    "PART",
    "Answer",
    "Body",
    "Endpoint",
    "Parameter",
    "Raw",
    "Request",
    "Stream",
    "Within",
    "listing",
    "paged",
    "tag",
]

FEW = 1024 * 1024
"""Octets of a body, unless an endpoint says other (management API section 1)."""

PART = Text(least=1)
"""What a placeholder of a path may stand for, once it is decoded."""


class Within(Enum):
    """Of what an endpoint is about, as far as tenants are concerned."""

    SERVER = "server"
    """All of it: who manages a tenant alone is refused."""
    TENANT = "tenant"
    """What a manager sees: the endpoint itself leaves out what is none of their tenant's."""
    ACCOUNT = "account"
    """The caller's own account."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query; its value is read as its shape says: a whole number, a time, or text as it stands."""

    name: str
    shape: Shape
    doc: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What an endpoint takes: JSON of a shape; or, without a shape, octets of a media type."""

    shape: Shape | None
    most: int = FEW
    media_type: str = "application/json"
    example: JSON = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Octets that are answered as they are."""

    octets: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Stream:
    """Octets that come piece by piece, each as soon as there is one; `pieces` begins them."""

    pieces: Callable[[], AsyncIterator[bytes]]
    media_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint gives: data for the envelope, or octets."""

    data: "JSON | Raw | Stream" = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A call of an endpoint: what was sent, checked against its declaration, and by whom.

    `parts` are what the placeholders of the path stood for, `query` the parameters that were given with a value.
    `matching` is the If-Match header. `ticket` gives what lets the caller in again at paths that begin so, once and
    soon; None where nobody can be let in so.
    """

    office: Office
    manager: Manager
    parts: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None
    matching: str | None = None
    ticket: Callable[[str], str] | None = None

    @property
    def now(self) -> datetime:
        """What time it is, in UTC."""
        return datetime.fromtimestamp(self.office.clock(), UTC)

    def needs(self, permission: str) -> None:
        """Raises Forbidden for who lacks the permission."""
        if permission not in self.manager.permissions:
            raise Forbidden(f"this needs the permission {permission}")

    def unchanged(self, data: JSON) -> None:
        """Raises Changed where the caller wants to change what is no longer this, as GET has it."""
        if self.matching is None or self.matching.strip() == "*":
            return
        if tag(data) not in [one.strip() for one in self.matching.split(",")]:
            raise Changed


@dataclass(frozen=True)
class Endpoint:
    """One method at one path; `also` are further paths of the same.

    `permission` is asked for before anything else; None where the endpoint asks by itself, as what is needed depends on
    what is sent. `answer` is the shape of the data. One that `is_tagged` has an ETag for If-Match and If-None-Match.
    """

    method: str
    path: str
    permission: str | None
    run: Callable[[Request], Answer]
    doc: str
    within: Within = Within.SERVER
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answer: Shape | None = ANYTHING
    """None for octets of `media_type`."""
    media_type: str = "application/json"
    also: tuple[str, ...] = ()
    some_of: frozenset[str] = frozenset()
    """Where there is no `permission`: one of these is needed, whatever is sent."""
    is_tagged: bool = False
    is_open: bool = False
    """Whether nobody need say who they are."""
    takes_tickets: str | None = None
    """How the paths begin for which a ticket, in the parameter `token`, is as good as credentials here."""
    example: str = ""
    """A path with its placeholders filled in, and a query, that the documentation shows."""


PAGING = (
    Parameter("page", Integer(0, 1_000_000), "Which page, from 1."),
    Parameter("limit", Integer(0, 100_000), "Items of a page; 0 for all."),
)


def paged(items: Sequence[JSON], request: Request) -> dict[str, JSON]:
    """The page of a list that the request is for, in the form of the reference (section 2.2)."""
    limit = request.query.get("limit") or 0
    offset = max(request.query.get("page", 1) - 1, 0) * limit
    shown = items[offset : offset + limit] if limit else items
    return {"items": list(shown), "total": len(items)}


def listing(of: Shape, **more: Shape) -> Fields:
    """The shape of what `paged` gives."""
    return Fields({"items": ListOf(of, 1_000_000), "total": Integer(), **more}, required=("items", "total"))


def tag(data: JSON) -> str:
    """An entity tag for what is told of something (RFC 9110 section 8.8.3)."""
    return f'"{hashlib.blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()}"'
