"""All principals, and those of some types: listed, made, and destroyed (management API sections 4.3, 4.5 and 4.6)."""

from contextlib import suppress
from typing import cast
from urllib.parse import quote

from pillarbox.access import ADMIN
from pillarbox.datatypes.directory import Absent
from pillarbox.datatypes.directory.principals import (
    ACCOUNTS,
    Kind,
    check_destroyed,
    destroy,
    found,
    listed,
    make,
    named,
)
from pillarbox.datatypes.server import tenant_named
from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Parameter, Request, Within, listing, paged
from pillarbox.management.principals.form import MOST_OCTETS, NEW, TOLD, TYPES, every_kind
from pillarbox.management.principals.refusing import refusing
from pillarbox.management.principals.secret import kept
from pillarbox.management.refusal import AlreadyExists, Forbidden, NotFound
from pillarbox.management.shape import CONFIRMED, FLAG, Choice, Fields, Several, Text
from pillarbox.store import Unit
from pillarbox.wire.dkim import first_keys
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_SUPERUSER = "superuser"
"""What an individual who may do everything was called in older versions of the reference (section 4.1)."""
_AT_ONCE = 50
"""Principals that are destroyed in one unit, for which everybody else waits."""


def _list(request: Request) -> Answer:
    kinds = _kinds(*(request.query.get(name, "") for name in ("types", "type")))
    for kind in kinds:
        request.needs(kind.permission("list"))
    fields = _words(request.query.get("fields", ""))
    words = request.query.get("filter", "").split()
    with request.office.store.read(0) as server:
        wanted = listed(server, request.manager, kinds, words, _tenant(server, request))
        if request.query.get("count"):
            return Answer({"items": [], "total": len(wanted)})
        page = paged(wanted, request)
    if fields:
        items = cast("list[dict[str, JSON]]", page["items"])
        page["items"] = [{name: one[name] for name in fields if name in one} for one in items]
    return Answer(page)


def _make(request: Request) -> Answer:
    properties = dict(request.body)
    is_superuser = properties["type"] == _SUPERUSER
    kind = Kind.INDIVIDUAL if is_superuser else Kind(properties.pop("type"))
    properties.pop("type", None)
    request.needs(kind.permission("create"))
    if is_superuser:
        properties["roles"] = [ADMIN]
    if kind is Kind.DOMAIN:
        _check_free(request, str(properties["name"]))
    if "secrets" in properties:
        properties["secrets"] = kept(kind, properties["secrets"], request.office.hashed)
    now = request.now
    # Made before anybody has to wait for it.
    keys = first_keys(str(properties["name"]), now) if kind is Kind.DOMAIN else ()
    folders = request.office.folders
    with refusing(), request.office.directory.errand(request.manager, now, folders, keys) as errand:
        entry = make(errand, kind, properties)
    return Answer(entry.id, headers={"Location": f"/api/principal/{quote(entry.name, safe='')}"})


def _check_free(request: Request, name: str) -> None:
    """Raises AlreadyExists before keys are made for a name that is taken; it is looked at again."""
    with request.office.store.read(0) as server:
        if named(server, name) is not None:
            raise AlreadyExists("name", name[:80])


def _destroy(request: Request) -> Answer:
    kind = Kind(request.query["type"])
    request.needs(kind.permission("delete"))
    words = request.query.get("filter", "").split()
    with request.office.store.read(0) as server:
        entries = listed(server, request.manager, (kind,), words, _tenant(server, request)).entries
        with refusing():
            check_destroyed(server, entries)
    now = request.now
    # Accounts can be many; nothing but that somebody has to stay is against any of them.
    at_once = _AT_ONCE if kind in ACCOUNTS else max(len(entries), 1)
    for at in range(0, len(entries), at_once):
        with refusing(), request.office.directory.errand(request.manager, now) as errand:
            for entry in entries[at : at + at_once]:
                # Somebody else may have been as quick.
                with suppress(Absent):
                    if found(errand.server, request.manager, entry.name).id == entry.id:
                        destroy(errand, entry.name)
    return Answer(bool(entries))


def _kinds(*written: str) -> list[Kind]:
    """The types that are asked for; all where none is."""
    names = [name for text in written for name in _words(text)]
    kinds = [Kind.INDIVIDUAL if name == _SUPERUSER else Kind(name) for name in names]
    return [*dict.fromkeys(kinds)] or list(Kind)


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip(" "))]


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


_TYPES, _TOLD_FIELDS = Several((_SUPERUSER, *TYPES)), Several((*TOLD.of, "secrets"))
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
            Parameter("types", _TYPES, f"Types, with commas between them: {', '.join(TYPES)}."),
            Parameter("type", _TYPES, "The same."),
            Parameter(
                "fields",
                _TOLD_FIELDS,
                "The fields to tell, with commas between them; all if none is named. "
                "`secrets` may be named, and is not told.",
            ),
            Parameter("count", FLAG, "Whether to tell nothing but how many there are."),
            _OF_TENANT,
        ),
        answer=listing(_PARTIAL),
        example="/api/principal?types=individual&filter=jane&limit=50",
        some_of=every_kind("list"),
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
            most=MOST_OCTETS,
        ),
        answer=Text(64),
        some_of=every_kind("create"),
    ),
    Endpoint(
        "DELETE",
        "/api/principal",
        None,
        _destroy,
        "All principals of a type that match are gone, with all that they hold; the answer is whether there were any. "
        "It takes the permission `<type>-delete`. Where one of them cannot go, all of them stay.",
        Within.TENANT,
        parameters=(
            Parameter("type", Choice(TYPES), "The type.", is_required=True),
            Parameter("confirm", CONFIRMED, "Has to be true.", is_required=True),
            _FILTER,
            _OF_TENANT,
        ),
        answer=FLAG,
        example="/api/principal?type=list&filter=old&confirm=true",
        some_of=every_kind("delete"),
    ),
)
