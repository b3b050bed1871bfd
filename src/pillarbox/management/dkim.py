"""Keys that the mail of domains is signed with: their public halves are told, the private ones never (section 6).

A key's id is `SELECTOR._domainkey.DOMAIN`, its name in DNS. The reference's `rsa-DOMAIN` and `ed25519-DOMAIN` mean the
newest key of that kind.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from pillarbox.datatypes.server import Domain, add_dkim_key, dkim_keys, remove_dkim_key
from pillarbox.management.belonging import domain_of_ours, seen_domains
from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Request, Within, listing, paged
from pillarbox.management.refusal import AlreadyExists, Invalid, NotFound, Nothing
from pillarbox.management.shape import NULL, Choice, Fault, Fields, Nullable, Shape, Text
from pillarbox.wire.dkim import ALGORITHMS, Algorithm, DkimKey, new_key, public, record
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_MOST_OF_DOMAIN = 20
"""Keys of one domain: each signs every message."""
_SELECTOR = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MIDDLE = "._domainkey."

_REFERENCE: dict[str, Algorithm] = {"Rsa": "rsa", "Ed25519": "ed25519"}
_FIELDS: Mapping[str, Shape] = {
    "id": Text(512),
    "domain": Text(253),
    "selector": Text(63),
    "algorithm": Choice(ALGORITHMS),
    "name": Text(512, doc="Where the record is published, with a dot at its end."),
    "record": Text(4096, doc="The text of the TXT record."),
}


def _list(request: Request) -> Answer:
    with request.office.store.read(0) as server:
        found = seen_domains(server, request.manager)
    return Answer(paged([_told(key) for domain in found for key in _keys(request, domain)], request))


def _create(request: Request) -> Answer:
    body = request.body
    algorithm = _REFERENCE[body["algorithm"]]
    domain = domain_of_ours(request, body["domain"], partial(Nothing, field="domain"))
    now = request.now
    selector = (body.get("selector") or f"{now:%Y%m}{algorithm[0]}").lower()
    legacy, id_ = f"{algorithm}-{domain.name}", f"{selector}{_MIDDLE}{domain.name}"
    if body.get("id") not in (None, legacy, id_):
        raise Invalid([Fault("id", f"this is made here; leave it out, or write {id_}")])
    there = _keys(request, domain)
    if any(one.selector == selector for one in there):
        raise AlreadyExists("selector", selector)
    if not body.get("selector") and any(one.algorithm == algorithm for one in there):
        # Whoever wants a second one says under which selector.
        raise AlreadyExists("id", legacy)
    if len(there) >= _MOST_OF_DOMAIN:
        raise Invalid([Fault("domain", f"it has {_MOST_OF_DOMAIN} keys; remove one first")])
    made = new_key(domain.name, selector, algorithm)
    kept = add_dkim_key(request.office.store, domain.name, made, now)
    if kept is None:
        raise Nothing(domain.name, "domain")
    if kept is not made:
        raise AlreadyExists("selector", selector)
    return Answer(None)


def _get(request: Request) -> Answer:
    return Answer(public(_key(request)))


def _delete(request: Request) -> Answer:
    key = _key(request)
    if not remove_dkim_key(request.office.store, key.domain, key.selector):
        raise NotFound(request.parts["id"])
    return Answer(None)


def _key(request: Request) -> DkimKey:
    """The key that the path names. Raises NotFound, and that the same for one that the manager does not see."""
    id_ = request.parts["id"]
    for selector, algorithm, name in _meant(id_):
        try:
            domain = domain_of_ours(request, name)
        except NotFound:
            continue
        for key in reversed(_keys(request, domain)):
            if selector in (None, key.selector) and algorithm in (None, key.algorithm):
                return key
    raise NotFound(id_)


def _meant(id_: str) -> Iterator[tuple[str | None, Algorithm | None, str]]:
    """What an id may stand for: a selector or an algorithm, and a domain."""
    selector, middle, domain = id_.lower().partition(_MIDDLE)
    if middle:
        yield selector, None, domain
        return
    for algorithm in ALGORITHMS:
        if id_.startswith(f"{algorithm}-"):
            yield None, algorithm, id_.removeprefix(f"{algorithm}-")


def _keys(request: Request, domain: Domain) -> list[DkimKey]:
    return dkim_keys(request.office.store, domain.name)


def _told(key: DkimKey) -> dict[str, JSON]:
    name, text = record(key)
    return {
        "id": name,
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "name": f"{name}.",
        "record": text,
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/dkim",
        "dkim-signature-get",
        _list,
        "The keys that mail is signed with: where each is published, and as what.",
        Within.TENANT,
        PAGING,
        answer=listing(Fields(_FIELDS, tuple(_FIELDS))),
    ),
    Endpoint(
        "POST",
        "/api/dkim",
        "dkim-signature-create",
        _create,
        "Makes a key for a domain; its mail is signed with it from now on, beside those that it has.",
        Within.TENANT,
        body=Body(
            Fields(
                {
                    "id": Nullable(Text(512, doc="Nothing but what it would be anyway.")),
                    "algorithm": Choice(tuple(_REFERENCE)),
                    "domain": Text(253, least=1),
                    "selector": Nullable(
                        Text(63, _SELECTOR, doc="The year, the month and `r` or `e`, if it is not given.")
                    ),
                },
                ("algorithm", "domain"),
            ),
            example={"algorithm": "Ed25519", "domain": "example.org", "selector": "202611e"},
        ),
        answer=NULL,
    ),
    Endpoint(
        "GET",
        "/api/dkim/{id}",
        "dkim-signature-get",
        _get,
        "The public key in base64: of RSA a SubjectPublicKeyInfo, of Ed25519 its 32 octets.",
        Within.TENANT,
        answer=Text(4096),
        example="/api/dkim/202611e._domainkey.example.org",
    ),
    Endpoint(
        "DELETE",
        "/api/dkim/{id}",
        "dkim-signature-create",
        _delete,
        "Removes a key: nothing is signed with it any more. Its record in DNS should stay for some days.",
        Within.TENANT,
        answer=NULL,
        example="/api/dkim/202611e._domainkey.example.org",
    ),
)
