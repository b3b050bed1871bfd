"""One principal by its name: told, changed, destroyed (management API sections 4.2, 4.4 and 4.5)."""

from pillarbox.datatypes.directory.principals import Action, Entry, Kind, Operation, change, destroy, found, told
from pillarbox.management.endpoint import Answer, Body, Endpoint, Request, Within, tag
from pillarbox.management.principals.form import CHANGES, MOST_OCTETS, TOLD, every_kind
from pillarbox.management.principals.refusing import refusing
from pillarbox.management.principals.secret import with_kept
from pillarbox.management.shape import NULL
from pillarbox.store import NoAccount, Unit
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_HOLDING = frozenset((Kind.INDIVIDUAL, Kind.GROUP, Kind.RESOURCE, Kind.LOCATION))


def _get(request: Request) -> Answer:
    with request.office.store.read(0) as server:
        entry = _found(server, request, "get")
        data = told(server, entry)
    # What it holds changes with each message: not what who changes the principal has to have read.
    headers = {"ETag": tag(data)}
    used = _used(request, entry)
    return Answer({**data, "usedQuota": used} if used else {**data}, headers=headers)


def _change(request: Request) -> Answer:
    operations = [Operation(Action(one["action"]), one["field"], one["value"]) for one in request.body]
    with request.office.store.read(0) as server:
        kind = _found(server, request, "update").kind
    operations = with_kept(kind, operations, request.office.hashed)
    with refusing(), request.office.directory.errand(request.manager, request.now) as errand:
        entry = _found(errand.server, request, "update")
        _check_unchanged(errand.server, request, entry)
        change(errand, entry.name, operations)
    return Answer(None)


def _destroy(request: Request) -> Answer:
    with refusing(), request.office.directory.errand(request.manager, request.now) as errand:
        entry = _found(errand.server, request, "delete")
        _check_unchanged(errand.server, request, entry)
        destroy(errand, entry.name)
    return Answer(None)


def _found(server: Unit, request: Request, verb: str) -> Entry:
    """The principal that is meant. Raises NotFound; Forbidden for who may not do that to one of its type."""
    with refusing():
        entry = found(server, request.manager, request.parts["name"])
    request.needs(entry.kind.permission(verb))
    return entry


def _check_unchanged(server: Unit, request: Request, entry: Entry) -> None:
    if request.matching is not None:
        data: JSON = {**told(server, entry)}
        request.unchanged(data)


def _used(request: Request, entry: Entry) -> int:
    if entry.kind not in _HOLDING:
        return 0
    try:
        with request.office.store.read(entry.number) as unit:
            return unit.held_size()
    except NoAccount:
        return 0


_PATH = "/api/principal/{name}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        _PATH,
        None,
        _get,
        "One principal by its name; its secrets are never told. It takes the permission `<type>-get`.",
        Within.TENANT,
        answer=TOLD,
        is_tagged=True,
        example="/api/principal/jane",
        some_of=every_kind("get"),
    ),
    Endpoint(
        "PATCH",
        _PATH,
        None,
        _change,
        "Changes a principal by steps, each of which is done to what the one before has left; where one of them cannot "
        "be, nothing is changed, and `operation` says which it was, from 0. It takes the permission `<type>-update`. "
        "To set one of `memberOf`, `lists` and `roles` leaves the others as they are.",
        Within.TENANT,
        body=Body(
            CHANGES,
            example=[
                {"action": "addItem", "field": "emails", "value": "jane.doe@example.org"},
                {"action": "set", "field": "description", "value": "Jane Doe"},
            ],
            most=MOST_OCTETS,
        ),
        answer=NULL,
        example="/api/principal/jane",
        some_of=every_kind("update"),
    ),
    Endpoint(
        "DELETE",
        _PATH,
        None,
        _destroy,
        "A principal is gone, with all that it holds. It takes the permission `<type>-delete`. A domain that anybody "
        "has addresses in stays, as do a role that anybody has, a tenant with anything in it, and the last account "
        "that may do everything and can sign in.",
        Within.TENANT,
        answer=NULL,
        example="/api/principal/jane",
        some_of=every_kind("delete"),
    ),
)
