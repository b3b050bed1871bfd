"""The ASGI application: finds the route, lets in who may come, and answers whatever happens."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, TypeAlias

from pillarbox.http.exchange import Exchange, Headers
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.faces.options import is_preflight, options, permitted
from pillarbox.http.faces.probe import asks_itself
from pillarbox.http.guard.admission import Ticket
from pillarbox.http.guard.challenge import challenged, resource_metadata
from pillarbox.http.guard.limits import charge, found_or_noted, note, turn_away
from pillarbox.http.guard.permission import check_permission
from pillarbox.http.guard.policy import check_access, check_head, check_page
from pillarbox.http.problem import Problem, told
from pillarbox.http.record import begun, describe, ended
from pillarbox.http.route import Credential, Route
from pillarbox.http.setup import Setup
from pillarbox.http.socket import Gone, Socket
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit, request_id, request_scope
from pillarbox.telemetry.span import Side, span

__all__ = ["HTTP", "Setup"]

_Message: TypeAlias = MutableMapping[str, Any]


class HTTP:
    """All that is served over HTTP."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def use(self, setup: Setup) -> None:
        """Requests that begin from now on are answered with this one."""
        self._setup = setup

    def finished(self, headers: Headers, is_secure: bool) -> list[tuple[bytes, bytes]]:  # noqa: FBT001 - as it is called
        """All headers of an answer that is made before a request is understood."""
        return self._setup.policy.answer_headers.on(headers, None, is_secure=is_secure)

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """One exchange. Nothing is raised; what cannot be answered any more ends the connection."""
        setup = self._setup
        match scope["type"]:
            case "http":
                exchange = Exchange(scope, receive, send, setup.patience)
            case "websocket":
                exchange = _asking(scope, receive, send)
            case _:
                return
        began = time.monotonic()
        with request_scope(secrets.token_hex(8)), span("HTTP", Side.SERVER) as spanned:
            exchange.answer_headers = setup.policy.answer_headers
            exchange.client = setup.policy.trust.client(scope)
            try:
                await _handled(setup, exchange)
            except Gone:
                return
            except asyncio.CancelledError:
                # Only a server that stops cancels; what is raised here, uvicorn would log with a traceback.
                with suppress(Gone):
                    await _refused(exchange, Problem(503, "the server is stopping; try again later"))
            finally:
                ended(setup.site, exchange, time.monotonic() - began)
                if spanned.is_kept:
                    describe(spanned, exchange)


async def _handled(setup: Setup, exchange: Exchange) -> None:
    try:
        turn_away(setup, exchange)
        if exchange.client.is_unclear:
            raise Problem(400, "Forwarded and X-Forwarded-For name different clients")
        check_head(exchange, setup.policy.head)
        if is_preflight(exchange):
            await permitted(setup.policy.cors, exchange)
            return
        _check_policy(setup, exchange)
        if exchange.method == "OPTIONS":
            await options(exchange)
            return
        route, handler = await found_or_noted(setup, exchange)
        if route.is_ours_alone:
            exchange.answer_headers = setup.policy.answer_headers.alone
        begun(exchange)
        if route.credential is Credential.ACCOUNT:
            await _let_in(setup, route, exchange)
        await charge(setup, route, exchange)
        try:
            await handler(setup, exchange)
        except Problem as problem:
            if route.credential is Credential.NONE:
                # Where nobody need say who they are, it is as if no route led there.
                await note(setup, exchange, problem)
            raise
    except Problem as problem:
        await _refused(exchange, problem, _whose_tokens(setup, exchange, problem))
    except StoreError as problem:
        await _refused(exchange, told(problem))
    except Gone:
        raise
    except Exception as bug:  # noqa: BLE001 - the face: a bug ends this request, not the server
        emit(
            Event.HTTP_FAILED,
            method=exchange.method,
            path=exchange.raw_path.decode("ascii", "replace"),
            exception=bug,
        )
        await _refused(exchange, Problem(500, "something went wrong here; the log of the server says what"))


def _check_policy(setup: Setup, exchange: Exchange) -> None:
    """Raises Problem for who is to use HTTPS, or may not ask for this; nothing of that is for our own question."""
    if asks_itself(setup, exchange):
        return
    if setup.policy.strict is not None:
        setup.policy.strict.check(exchange)
    if setup.policy.access is not None:
        check_access(setup.policy.access, exchange, setup.policy.told)


async def _let_in(setup: Setup, route: Route, exchange: Exchange) -> None:
    """Raises Problem 401, or 403 for a ticket that is not good, or a page that has no business here."""
    authorization = exchange.header(b"authorization")
    if authorization is not None:
        check_page(setup.policy.cors, exchange)
    ticket = _ticket(route, exchange) if authorization is None else None
    exchange.is_by_ticket = ticket is not None
    if ticket is not None:
        authorization = await setup.tickets.redeem(ticket)
    exchange.authorization = authorization
    entered = setup.gate.entry_or_key if route.takes_keys else setup.gate.entry
    exchange.entry = await entered(authorization, exchange.client)
    check_permission(route.permission, exchange.entry)


def _ticket(route: Route, exchange: Exchange) -> Ticket | None:
    if route.takes_tokens is not None:
        return exchange.ticket_for(route.takes_tokens)
    return exchange.ticket if route.takes_tickets else None


def _asking(scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Any]) -> Exchange:
    """A request to become a WebSocket: a GET, of HTTP, until it is accepted."""
    socket = Socket(scope["subprotocols"], receive, send)
    secure = scope["scheme"] == "wss"
    request = {**scope, "method": "GET", "scheme": "https" if secure else "http"}
    return Exchange(request, receive, socket.deny, socket=socket)


def _whose_tokens(setup: Setup, exchange: Exchange, problem: Problem) -> str | None:
    """Where whoever has to prove who they are is told who gives tokens for that."""
    if problem.status != 401 or setup.oauth is None:
        return None
    return resource_metadata(exchange.raw_path, base_url(setup, exchange))


async def _refused(exchange: Exchange, problem: Problem, link: str | None = None) -> None:
    if exchange.status is not None:
        await exchange.give_up()
        return
    more = problem.headers if problem.status != 401 else challenged(exchange, problem.headers, link)
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *more]
    # Who is sending a body that is too large hears so only if it is read on, for as long as a connection waits for what
    # it does not need: closed now, it would be reset (RFC 9112 section 9.6).
    is_sending = exchange.header(b"expect") is None
    if problem.status == 408 or (problem.status == 413 and not is_sending):
        headers.append((b"connection", b"close"))
    if problem.status in (503, 507) and not any(name == b"retry-after" for name, _ in more):
        headers.append((b"retry-after", b"5"))
    if (identity := request_id()) is not None:
        # By which whoever complains of it can have it found in the log.
        headers.append((b"x-request-id", identity.encode()))
    if problem.status in (204, 205, 304):
        # There is no content with these (RFC 9110 section 6.4.1).
        await exchange.begin(problem.status, headers[1:])
        await exchange.end()
        return
    await exchange.answer(problem.status, headers, problem.octets())
