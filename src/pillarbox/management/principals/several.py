"""All principals, and those of some types: listed, made, and destroyed (management API sections 4.3, 4.5 and 4.6)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pillarbox.access import ADMIN
from pillarbox.datatypes.directory.principals import Entry, Kind, destroy, listed, make, named
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import tenant_named
from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Parameter, Request, Within, listing, paged
from pillarbox.management.principals.form import NEW, TOLD, TYPES
from pillarbox.management.principals.refusing import refusing
from pillarbox.management.principals.secret import kept
from pillarbox.management.refusal import AlreadyExists, Forbidden, Invalid, Missing, NotFound
from pillarbox.management.shape import FLAG, Fault, Fields, Text
from pillarbox.store import Unit
from pillarbox.wire.dkim import ALGORITHMS, new_key

__all__ = ["ENDPOINTS"]

_AT_ONCE = 200
"""Principals that are destroyed in one unit, for which everybody else waits."""


def _list(request: Request) -> Answer:
    kinds = _kinds(*(request.query.get(name, "") for name in ("types", "type")))
    for kind in kinds:
        request.needs(kind.permission("list"))
    fields = _fields(request.query.get("fields", ""))
    words = request.query.get("filter", "").split()
    with request.office.store.read(0) as server:
        found = listed(server, request.manager, kinds, words, _tenant(server, request))
    if request.query.get("count"):
        return Answer({"items": [], "total": len(found)})
    page = paged([*found], request)
    if fields:
        page["items"] = [{name: one[name] for name in fields if name in one} for one in page["items"]]  # type: ignore[index,union-attr,operator,call-overload]
    return Answer(page)


def _make(request: Request) -> Answer:
    properties = dict(request.body)
    is_superuser = properties["type"] == "superuser"
    kind = Kind.INDIVIDUAL if is_superuser else Kind(properties.pop("type"))
    properties.pop("type", None)
    request.needs(kind.permission("create"))
    if is_superuser:
        properties["roles"] = [ADMIN]
    _check_free(request, properties)
    if "secrets" in properties:
        properties["secrets"] = kept(kind, properties["secrets"], request.office.hashed)
    now = datetime.fromtimestamp(request.office.clock(), UTC)
    # Made before anybody has to wait for it.
    keys = (
        [new_key(str(properties["name"]), f"{one}-{now:%Y%m}", one) for one in ALGORITHMS]
        if kind is Kind.DOMAIN
        else []
    )
    folders = [Folder(one.role, one.name, one.subscribe) for one in request.office.settings().folders if one.create]
    with refusing(), request.office.directory.errand(request.manager, now, folders, keys) as errand:
        entry = make(errand, kind, properties)
    return Answer(entry.id, headers={"Location": f"/api/principal/{quote(entry.name, safe='')}"})


def _check_free(request: Request, properties: Mapping[str, Any]) -> None:
    """Raises AlreadyExists before any work is done for a name that is taken; it is looked at again."""
    name = str(properties["name"])
    if not name.strip():
        raise Missing("name")
    with request.office.store.read(0) as server:
        if named(server, name) is not None:
            raise AlreadyExists("name", name[:80])


def _destroy(request: Request) -> Answer:
    (kind,) = _kinds(request.query["type"])[:1]
    request.needs(kind.permission("delete"))
    if not request.query.get("confirm"):
        raise Invalid([Fault("confirm", "to destroy all these, say confirm=true")])
    words = request.query.get("filter", "").split()
    with request.office.store.read(0) as server:
        found = listed(server, request.manager, (kind,), words, _tenant(server, request))
    names = [str(one["name"]) for one in found]
    now = datetime.fromtimestamp(request.office.clock(), UTC)
    for at in range(0, len(names), _AT_ONCE):
        with refusing(), request.office.directory.errand(request.manager, now) as errand:
            for name in names[at : at + _AT_ONCE]:
                entry: Entry | None = named(errand.server, name)
                # Somebody else may have been as quick.
                if entry is not None and entry.kind is kind:
                    destroy(errand, name)
    return Answer(bool(names))


def _kinds(*written: str) -> list[Kind]:
    """The types that are asked for. Raises Invalid."""
    names = [name.strip() for text in written for name in text.split(",") if name.strip()]
    faults = [Fault("types", f"there is no type {name[:40]}") for name in names if name not in TYPES]
    if faults:
        raise Invalid(faults)
    return list(dict.fromkeys(Kind(name) for name in names)) or list(Kind)


def _fields(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    faults = [Fault("fields", f"there is no field {name[:40]}") for name in names if name not in TOLD.of]
    if faults:
        raise Invalid(faults)
    return names


def _tenant(server: Unit, request: Request) -> int | None:
    name = request.query.get("tenant")
    if name is None:
        return None
    tenant = tenant_named(server, name)
    if request.manager.tenant is not None and (tenant is None or tenant.number != request.manager.tenant):
        raise Forbidden("this is for administrators of the whole server, and not of a tenant alone")
    if tenant is None:
        raise NotFound(name[:80])
    return tenant.number


_FILTER = Parameter("filter", Text(), "Words, each of which has to be somewhere in a text of the principal.")
_OF_TENANT = Parameter("tenant", Text(320), "The name of a tenant: its principals alone.")
_PARTIAL = Fields(TOLD.of, doc=TOLD.doc)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/principal",
        None,
        _list,
        "All principals that you may see, in order of name. It takes the permission `<type>-list` for each type that "
        "is asked for, and for all types where none is.",
        Within.TENANT,
        parameters=(
            *PAGING,
            _FILTER,
            Parameter("types", Text(), f"Types, with commas between them: {', '.join(TYPES)}."),
            Parameter("type", Text(), "The same."),
            Parameter("fields", Text(), "The fields to tell, with commas between them; all if none is named."),
            Parameter("count", FLAG, "Whether to tell nothing but how many there are."),
            _OF_TENANT,
        ),
        answer=listing(_PARTIAL),
        example="/api/principal?types=individual&filter=jane&limit=50",
    ),
    Endpoint(
        "POST",
        "/api/principal",
        None,
        _make,
        "A new principal; the answer is its id, and Location says where it is. It takes the permission "
        "`<type>-create`. An account without roles cannot sign in. Passwords are hashed here; a domain gets keys that "
        "its mail is signed with.",
        Within.TENANT,
        body=Body(
            NEW,
            example={
                "type": "individual",
                "name": "jane",
                "description": "Jane Doe",
                "secrets": ["a long pass phrase"],
                "emails": ["jane@example.org"],
                "roles": ["user"],
            },
        ),
        answer=Text(64),
    ),
    Endpoint(
        "DELETE",
        "/api/principal",
        None,
        _destroy,
        "All principals of a type that match are gone, with all that they hold; the answer is whether there were any. "
        "It takes the permission `<type>-delete`. Where one of them cannot go, it and those behind it stay.",
        Within.TENANT,
        parameters=(
            Parameter("type", Text(), "The type.", is_required=True),
            Parameter("confirm", FLAG, "Has to be true.", is_required=True),
            _FILTER,
            _OF_TENANT,
        ),
        answer=FLAG,
        example="/api/principal?type=list&filter=old&confirm=true",
    ),
)
