"""The session and the API (RFC 8620 sections 2 and 3.1)."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.http.variables import variables
from pillarbox.jmap import SMALL, Facts, RequestError, Session, asked, at_once, is_brief, process, told
from pillarbox.jmap import session as session_of
from pillarbox.settings import EvaluationError
from pillarbox.telemetry import Event, emit

__all__ = ["CONCURRENT", "answered", "api", "as_problem", "base_url", "its_session", "session"]

_JSON = (b"content-type", b"application/json; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-cache, no-store, must-revalidate")
CONCURRENT = "maxConcurrentRequests"
_ERROR = "urn:ietf:params:jmap:error:"


async def session(setup: Setup, exchange: Exchange) -> None:
    """The Session object."""
    await exchange.answer(200, (_JSON, _NO_STORE), its_session(setup, exchange.entry, base_url(setup, exchange)).octets)


async def api(setup: Setup, exchange: Exchange) -> None:
    """A Request object in, a Response object out."""
    media_type = (exchange.header(b"content-type") or b"").split(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise Problem(400, "the content type of a request is application/json", f"{_ERROR}notJSON")
    limit = setup.service.traffic.size_request
    detail = f"a request has no more than {limit} octets"
    too_large = Problem(413, detail, f"{_ERROR}limit", more={"limit": "maxSizeRequest"})
    number = exchange.entry.principal.number
    # Who sends slowly keeps no turn, yet only so many bodies are in memory.
    async with setup.turns.reading(number, CONCURRENT):
        octets = await exchange.body(limit, too_large)
        turn = await setup.turns.turn(number, CONCURRENT).__aenter__()
    try:
        state = its_session(setup, exchange.entry, base_url(setup, exchange)).state
        answer = await answered(setup, exchange.entry, octets, state)
    except RequestError as error:
        raise as_problem(error) from None
    finally:
        turn.end()
    await exchange.answer(200, (_JSON, _NO_STORE), answer)


async def answered(setup: Setup, entry: Entry, octets: bytes, state: str) -> bytes:
    """The Response object, made here if that takes but a moment and no thread is at work, else in a thread (adr/0031).

    Raises RequestError.
    """
    service, door, number = setup.service, setup.door, entry.principal.number
    if len(octets) > SMALL:
        return await door.for_account(number, process, service, entry.actor, octets, state)
    read, run = asked(service, octets), door.for_account
    if is_brief(service, read):
        if not door.is_quiet:
            run = door.for_brief
        elif (answer := at_once(service, entry.actor, read, state)) is not None:
            return answer
    return await run(number, told, service, entry.actor, read, state)


def as_problem(error: RequestError) -> Problem:
    """A request-level error as a problem document (RFC 8620 section 3.6.1)."""
    return Problem(error.status, error.detail, error.type, more={"limit": error.limit} if error.limit else {})


def base_url(setup: Setup, exchange: Exchange) -> str:
    """The URL under which this client reaches the server, without a slash at its end.

    If the setting gives none, it is the address that the connection came in at, and the log tells.
    """
    asked = variables(exchange)
    try:
        return setup.url(asked)
    except EvaluationError as problem:
        if setup.policy.told.is_due("server.http.url"):
            emit(Event.HTTP_EXPRESSION_FAILED, setting="server.http.url", known=str(problem))
    host = f"[{asked.local_ip}]" if ":" in asked.local_ip else asked.local_ip or "localhost"
    return f"{asked.protocol}://{host}" + (f":{asked.local_port}" if asked.local_port else "")


def its_session(setup: Setup, entry: Entry, base: str) -> Session:
    """The Session of whoever was let in, who reaches the server under this URL."""
    # Nothing else of it changes, but an entry does with its principal.
    if entry.session is None or entry.session[0] != base:
        service = setup.service
        entry.session = (
            base,
            session_of(entry.actor, Facts(service.registry, service.limits, service.traffic, service.push_key, base)),
        )
    return entry.session[1]
