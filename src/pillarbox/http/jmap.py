"""The session and the API (RFC 8620 sections 2 and 3.1)."""

from contextlib import AsyncExitStack

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.jmap import RequestError, Session, process
from pillarbox.jmap import session as session_of

__all__ = ["api", "base_url", "session"]

_JSON = (b"content-type", b"application/json; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-cache, no-store, must-revalidate")
_LIMIT = "maxConcurrentRequests"
_ERROR = "urn:ietf:params:jmap:error:"


async def session(setup: Setup, exchange: Exchange) -> None:
    """The Session object."""
    await exchange.answer(200, (_JSON, _NO_STORE), _session(setup, exchange).octets)


async def api(setup: Setup, exchange: Exchange) -> None:
    """A Request object in, a Response object out."""
    media_type = (exchange.header(b"content-type") or b"").split(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise Problem(400, "the content type of a request is application/json", f"{_ERROR}notJSON")
    limit = setup.service.traffic.size_request
    detail = f"a request has no more than {limit} octets"
    too_large = Problem(413, detail, f"{_ERROR}limit", more={"limit": "maxSizeRequest"})
    number = exchange.entry.principal.number
    async with AsyncExitStack() as held:
        # Who sends slowly keeps no turn, yet only so many bodies are in memory.
        async with setup.turns.reading(number, _LIMIT):
            octets = await exchange.body(limit, too_large)
            await held.enter_async_context(setup.turns.turn(number, _LIMIT))
        state = _session(setup, exchange).state
        try:
            answer = await setup.door.for_account(number, process, setup.service, exchange.entry.actor, octets, state)
        except RequestError as error:
            more = {"limit": error.limit} if error.limit else {}
            raise Problem(error.status, error.detail, error.type, more=more) from None
    await exchange.answer(200, (_JSON, _NO_STORE), answer)


def base_url(setup: Setup, exchange: Exchange) -> str:
    """The URL under which this client reaches the server."""
    return setup.url(exchange.scheme, *exchange.local)


def _session(setup: Setup, exchange: Exchange) -> Session:
    service = setup.service
    return session_of(
        exchange.entry.actor, base_url(setup, exchange), service.registry, service.limits, service.traffic
    )
