"""The REST management API over HTTP: who calls is known by their credentials, and what they send is read here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial

from pillarbox.access import Manager, ProofKind
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.ending import Ending
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.guard.admission import Tickets
from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.guard.session import check_asker
from pillarbox.http.problem import Problem
from pillarbox.http.route import Cost, Credential, Handler, Limit, Route
from pillarbox.http.setup import Setup
from pillarbox.management import ENDPOINTS, Endpoint, Office, Refusal, Reply, Sent, answered, check

__all__ = ["routes"]

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
                {one.method: _handler(one, is_deed=_is_deed(one, endpoints)) for one in endpoints},
                Credential.NONE if first.is_open else Credential.ACCOUNT,
                Limit.ANONYMOUS if first.is_open else Limit.ACCOUNT,
                Cost.STREAM if first.media_type == "text/event-stream" else Cost.STORE,
                first.doc,
                permission=None if first.is_open else AUTHENTICATE,
                takes_keys=not first.is_open,
                takes_tokens=None if first.takes_tickets is None else first.takes_tickets.encode(),
            )


def _manager_of(entry: Entry) -> Manager:
    """Whoever was let in, as one who manages; with no more than their credentials let through."""
    principal = entry.principal
    is_account = entry.proof.kind not in (ProofKind.API_KEY, ProofKind.FALLBACK)
    account = principal.number if is_account else None
    return Manager(principal.name, entry.actor.permissions, principal.tenant, account, entry.actor.power)


def _office_of(setup: Setup) -> Office:
    """What managing the server needs. Raises Problem 404 where it cannot be managed so."""
    if setup.office is None:
        raise Problem(404, "this server is not managed so")
    return setup.office


def _is_deed(endpoint: Endpoint, endpoints: Sequence[Endpoint]) -> bool:
    """Whether it changes something: a GET does where a POST is the same."""
    others = (one.run for one in endpoints if one is not endpoint)
    return endpoint.method != "GET" or endpoint.run in others


def _is_unasked(exchange: Exchange) -> bool:
    """Whether a browser may send it for any page, with what it remembers: no other methods, and no tokens."""
    is_by_password = (exchange.authorization or b"").lower().startswith(b"basic")
    return exchange.method in ("GET", "HEAD", "POST") and is_by_password


def _media_type(endpoint: Endpoint) -> bytes:
    return b"application/json" if endpoint.body is None else endpoint.body.media_type.encode()


def _handler(endpoint: Endpoint, *, is_deed: bool) -> Handler:
    async def handle(setup: Setup, exchange: Exchange) -> None:
        office = _office_of(setup)
        if is_deed and _is_unasked(exchange):
            check_asker(exchange, base_url(setup, exchange), _media_type(endpoint))
        manager = _NOBODY if endpoint.is_open else _manager_of(exchange.entry)
        try:
            # Nothing is read for who is refused anyway.
            check(endpoint, manager)
            sent = await _sent(endpoint, exchange, _tickets(setup, exchange))
            call = partial(answered, endpoint, office, manager, exchange.parts, sent)
            # Whoever asks for much does so in a line of their own.
            number = None if endpoint.is_open else exchange.entry.principal.number
            reply = await (setup.door.through(call) if number is None else setup.door.for_account(number, call))
        except Refusal as refusal:
            raise Problem(int(refusal.status), refusal.detail, more=refusal.more) from None
        await _put(setup, exchange, reply)

    return handle


async def _sent(endpoint: Endpoint, exchange: Exchange, ticket: Callable[[str], str] | None) -> Sent:
    most = 0 if endpoint.body is None else endpoint.body.most
    refusal = Problem(413, f"no more than {most} octets") if most else Problem(400, "nothing is expected in the body")
    body = await exchange.body(most, refusal)
    _, _, query = exchange.target.partition(b"?")
    return Sent(query.decode("latin-1"), body, _text(exchange, b"if-match"), _text(exchange, b"if-none-match"), ticket)


def _text(exchange: Exchange, name: bytes) -> str | None:
    found = exchange.header(name)
    return None if found is None else found.decode("latin-1")


def _tickets(setup: Setup, exchange: Exchange) -> Callable[[str], str] | None:
    """Gives tickets for whoever sent this; to be called where the endpoint is, off the event loop."""
    authorization = exchange.authorization
    if authorization is None:
        return None
    number = exchange.entry.principal.number
    # There it may wait for what is shared.
    tickets = Tickets(setup.tickets.volatile, clock=setup.tickets.clock)
    return lambda paths: asyncio.run(tickets.give(number, paths.encode(), authorization))


async def _put(setup: Setup, exchange: Exchange, reply: Reply) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    headers.append((b"cache-control", b"no-store"))
    if reply.status == 304:
        await exchange.begin(304, headers)
        await exchange.end()
        return
    headers.append((b"content-type", reply.media_type.encode()))
    if reply.pieces is None:
        await exchange.answer(reply.status, headers, reply.octets)
        return
    # nginx would keep pieces until its buffer is full.
    await exchange.begin(reply.status, [*headers, (b"x-accel-buffering", b"no")])
    if exchange.method != "HEAD":
        await _stream(setup, exchange, reply.pieces)
    await exchange.end()


async def _stream(setup: Setup, exchange: Exchange, pieces: Callable[[], AsyncIterator[bytes]]) -> None:
    """Sends what comes, until there is no more, the client has gone, or the server stops."""
    telling = asyncio.create_task(_told(exchange, pieces))
    ending = Ending.by(setup.stopping)
    gone = asyncio.create_task(exchange.gone())
    gone.add_done_callback(lambda _: telling.cancel())

    def end() -> None:
        telling.cancel()

    ending.add(end)
    try:
        await asyncio.wait([telling])
        if not telling.cancelled():
            telling.result()
    finally:
        ending.remove(end)
        for task in (telling, gone):
            task.cancel()
        await asyncio.gather(telling, gone, return_exceptions=True)


async def _told(exchange: Exchange, pieces: Callable[[], AsyncIterator[bytes]]) -> None:
    async for piece in pieces():
        await exchange.more(piece)
