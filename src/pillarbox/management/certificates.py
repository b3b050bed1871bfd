"""Certificates that are had from authorities by ACME: how far each is, and when the next is ordered (ours)."""

from collections.abc import Mapping
from datetime import datetime

from pillarbox.datatypes.server import KeptCertificate, certificates, hasten
from pillarbox.management.endpoint import PAGING, Answer, Endpoint, Request, listing, paged
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import FLAG, INSTANT, NULL, Fields, Integer, ListOf, Nullable, Shape, Text
from pillarbox.settings import Authority, catalogue
from pillarbox.wire.values import JSON, utc_date

__all__ = ["ENDPOINTS"]

_TEXT = Text(4096, has_lines=True)
_FIELDS: Mapping[str, Shape] = {
    "id": Text(doc="As in `acme.<id>` of the settings."),
    "isWanted": FLAG,
    "directory": Nullable(_TEXT),
    "names": ListOf(Text()),
    "issuer": Nullable(_TEXT),
    "begins": Nullable(INSTANT),
    "ends": Nullable(INSTANT),
    "nextAttempt": Nullable(INSTANT),
    "tries": Integer(),
    "failure": Nullable(_TEXT),
}


def _list(request: Request) -> Answer:
    now = request.now
    wanted = _wanted(request)
    kept = {one.authority: one for one in certificates(request.office.store)}
    ids = sorted(wanted.keys() | kept.keys())
    return Answer(paged([_told(kept.get(id_) or KeptCertificate(id_), wanted.get(id_), now) for id_ in ids], request))


def _renew(request: Request) -> Answer:
    id_ = request.parts["id"]
    if id_ not in _wanted(request):
        raise NotFound(id_)
    hasten(request.office.store, id_)
    return Answer(None)


def _wanted(request: Request) -> dict[str, Authority]:
    return {one.id: one for one in request.office.settings()[catalogue.AUTHORITIES]}


def _told(kept: KeptCertificate, wanted: Authority | None, now: datetime) -> dict[str, JSON]:
    # With all that speaks to authorities, which nobody else who manages waits for.
    from pillarbox.acme import due  # noqa: PLC0415

    issued = kept.issued
    names = issued.names if issued is not None else () if wanted is None else wanted.domains
    directory = issued.directory if issued is not None else None if wanted is None else wanted.directory
    return {
        "id": kept.authority,
        "isWanted": wanted is not None,
        "directory": directory,
        "names": list(names),
        "issuer": issued.issuer if issued is not None else None,
        "begins": utc_date(issued.begins) if issued is not None else None,
        "ends": utc_date(issued.ends) if issued is not None else None,
        "nextAttempt": None if wanted is None else utc_date(due(kept, wanted, now)),
        "tries": kept.tries,
        "failure": kept.failure or None,
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/certificates",
        "settings-list",
        _list,
        "Certificates by ACME: until when each is good, when the next is ordered, and why the last attempt failed.",
        parameters=PAGING,
        answer=listing(Fields(_FIELDS, tuple(_FIELDS))),
    ),
    Endpoint(
        "POST",
        "/api/certificates/{id}/renew",
        "settings-reload",
        _renew,
        "Orders a new one now, whenever that would be; the server does it while it runs.",
        answer=NULL,
        example="/api/certificates/letsencrypt/renew",
    ),
)
