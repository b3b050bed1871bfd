"""The REST management API over HTTP: who calls is known by their credentials, and what they send is read here."""

from collections.abc import Iterator
from functools import partial

from pillarbox.access import Manager, ProofKind
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.http.exchange import Exchange
from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.problem import Problem
from pillarbox.http.route import Cost, Credential, Handler, Limit, Route
from pillarbox.http.setup import Setup
from pillarbox.management import ENDPOINTS, Endpoint, Office, Refusal, Reply, Sent, answered, check

__all__ = ["manager_of", "office_of", "routes"]

_API, _STABLE = "/api/", "/api/v1/"
"""Where endpoints are, and where they are again, under our promise that they stay as they are."""
_NOBODY = Manager("nobody", frozenset())


def routes() -> Iterator[Route]:
    """A route for each path of an endpoint, with all its methods."""
    found: dict[str, list[Endpoint]] = {}
    for endpoint in ENDPOINTS:
        for path in (endpoint.path, *endpoint.also):
            found.setdefault(path, []).append(endpoint)
    for path, endpoints in found.items():
        first = endpoints[0]
        for at in (path, _STABLE + path.removeprefix(_API)):
            yield Route(
                "management",
                at,
                {one.method: _handler(one) for one in endpoints},
                Credential.NONE if first.is_open else Credential.ACCOUNT,
                Limit.ANONYMOUS if first.is_open else Limit.ACCOUNT,
                Cost.STORE,
                first.doc,
                permission=None if first.is_open else AUTHENTICATE,
                takes_keys=not first.is_open,
            )


def manager_of(entry: Entry) -> Manager:
    """Whoever was let in, as one who manages; with no more than their credentials let through."""
    principal = entry.principal
    is_account = entry.proof.kind not in (ProofKind.API_KEY, ProofKind.FALLBACK)
    return Manager(principal.name, entry.actor.permissions, principal.tenant, principal.number if is_account else None)


def office_of(setup: Setup) -> Office:
    """What managing the server needs. Raises Problem 404 where it cannot be managed so."""
    if setup.office is None:
        raise Problem(404, "this server is not managed so")
    return setup.office


def _handler(endpoint: Endpoint) -> Handler:
    async def handle(setup: Setup, exchange: Exchange) -> None:
        office = office_of(setup)
        manager = _NOBODY if endpoint.is_open else manager_of(exchange.entry)
        try:
            # Nothing is read for who is refused anyway.
            check(endpoint, manager)
            sent = await _sent(endpoint, exchange)
            reply = await setup.door.through(partial(answered, endpoint, office, manager, exchange.parts, sent))
        except Refusal as refusal:
            raise Problem(int(refusal.status), refusal.detail, more=refusal.more) from None
        await _put(exchange, reply)

    return handle


async def _sent(endpoint: Endpoint, exchange: Exchange) -> Sent:
    most = 0 if endpoint.body is None else endpoint.body.most
    body = await exchange.body(most, Problem(413, f"no more than {most} octets"))
    _, _, query = exchange.target.partition(b"?")
    return Sent(query.decode("latin-1"), body, _text(exchange, b"if-match"), _text(exchange, b"if-none-match"))


def _text(exchange: Exchange, name: bytes) -> str | None:
    found = exchange.header(name)
    return None if found is None else found.decode("latin-1")


async def _put(exchange: Exchange, reply: Reply) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    headers.append((b"cache-control", b"no-store"))
    if reply.status == 304:
        await exchange.begin(304, headers)
        await exchange.end()
        return
    headers.append((b"content-type", reply.media_type.encode()))
    await exchange.answer(reply.status, headers, reply.octets)
