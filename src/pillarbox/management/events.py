"""What was done to how accounts are signed in to, for their owners and for who manages them (ours)."""

from collections.abc import Mapping, Sequence

from pillarbox.access.permission import MANAGE_PASSWORDS
from pillarbox.datatypes.server import SecurityEvent, SecurityKind, security_events
from pillarbox.management.belonging import account_of_ours
from pillarbox.management.endpoint import PAGING, Answer, Endpoint, Parameter, Request, Within, listing, paged
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import INSTANT, Choice, Fields, Map, Shape, Text
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_FIELDS: Mapping[str, Shape] = {
    "kind": Choice(tuple(one.value for one in SecurityKind)),
    "at": INSTANT,
    "address": Text(doc="From where; empty where that is not known."),
    "details": Map(Text(has_lines=True)),
}
_EVENTS = listing(Fields(_FIELDS, tuple(_FIELDS)))


def _own(request: Request) -> Answer:
    if request.manager.account is None:
        raise NotFound("")
    return _listed(request, _of(request, request.manager.account))


def _of_account(request: Request) -> Answer:
    return _listed(request, _of(request, account_of_ours(request, request.query["account"]).number))


def _of(request: Request, account: int) -> list[SecurityEvent]:
    with request.office.store.read(0) as server:
        return security_events(server, account)


def _listed(request: Request, found: Sequence[SecurityEvent]) -> Answer:
    told: list[JSON] = [
        {"kind": one.kind, "at": one.at, "address": one.address, "details": dict(one.details)} for one in found
    ]
    return Answer(paged(told, request))


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/account/events",
        MANAGE_PASSWORDS,
        _own,
        "What was done to how the caller's own account is signed in to, the latest first.",
        Within.ACCOUNT,
        PAGING,
        answer=_EVENTS,
    ),
    Endpoint(
        "GET",
        "/api/events",
        "individual-get",
        _of_account,
        "The same of somebody's account.",
        Within.TENANT,
        (Parameter("account", Text(least=1), "The account's name or one of its addresses.", is_required=True), *PAGING),
        answer=_EVENTS,
        example="/api/events?account=john@example.org&limit=20",
    ),
)
