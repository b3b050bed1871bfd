"""The ASGI application: finds the route, lets in who may come, and answers whatever happens."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, TypeAlias

from pillarbox.http.exchange import Exchange, Gone
from pillarbox.http.problem import Problem, told
from pillarbox.http.routes import Credential, Route, found
from pillarbox.http.setup import Setup
from pillarbox.http.socket import Socket
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit, request_scope

__all__ = ["HTTP", "Setup"]

_Message: TypeAlias = MutableMapping[str, Any]


class HTTP:
    """All that is served over HTTP."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """One exchange. Nothing is raised; what cannot be answered any more ends the connection."""
        match scope["type"]:
            case "http":
                exchange = Exchange(scope, receive, send, self._setup.patience)
            case "websocket":
                exchange = _asking(scope, receive, send)
            case _:
                return
        began = time.monotonic()
        with request_scope(secrets.token_hex(8)):
            try:
                await self._handled(exchange)
            except Gone:
                return
            except asyncio.CancelledError:
                # Only a server that stops cancels; what is raised here, uvicorn would log with a traceback.
                with suppress(Gone):
                    await _refused(exchange, Problem(503, "the server is stopping; try again later"))
            finally:
                emit(
                    Event.HTTP_REQUEST,
                    method=exchange.method,
                    path=exchange.raw_path.decode("ascii", "replace"),
                    status=exchange.status,
                    milliseconds=round((time.monotonic() - began) * 1000, 1),
                )

    async def _handled(self, exchange: Exchange) -> None:
        try:
            route, handler = found(exchange)
            if route.credential is not Credential.NONE:
                await self._let_in(route, exchange)
            await handler(self._setup, exchange)
        except Problem as problem:
            await _refused(exchange, problem)
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

    async def _let_in(self, route: Route, exchange: Exchange) -> None:
        """Raises Problem 401, or 403 for a ticket that is not good."""
        authorization = exchange.header(b"authorization")
        ticket = exchange.ticket if authorization is None and route.takes_tickets else None
        exchange.is_by_ticket = ticket is not None
        if ticket is not None:
            authorization = await self._setup.tickets.redeem(ticket)
        exchange.authorization = authorization
        exchange.entry = await self._setup.gate.entry(authorization, exchange.client)


def _asking(scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Any]) -> Exchange:
    """A request to become a WebSocket: a GET, of HTTP, until it is accepted."""
    socket = Socket(scope["subprotocols"], receive, send)
    secure = scope["scheme"] == "wss"
    request = {**scope, "method": "GET", "scheme": "https" if secure else "http"}
    return Exchange(request, receive, socket.deny, socket=socket)


async def _refused(exchange: Exchange, problem: Problem) -> None:
    if exchange.status is not None:
        await exchange.give_up()
        return
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *problem.headers]
    if problem.status in (408, 413):
        # What is left of the body is not waited for.
        headers.append((b"connection", b"close"))
    if problem.status in (503, 507):
        headers.append((b"retry-after", b"5"))
    await exchange.answer(problem.status, headers, problem.octets())
