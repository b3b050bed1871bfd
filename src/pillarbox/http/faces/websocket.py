"""JMAP over a WebSocket (RFC 8887)."""

import asyncio
import secrets
from contextlib import suppress

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.handshake import check_handshake
from pillarbox.http.faces.jmap import CONCURRENT, answered, as_problem, base_url, its_session
from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.problem import Problem, told
from pillarbox.http.setup import Setup
from pillarbox.http.socket import Gone, Socket
from pillarbox.jmap import (
    Asked,
    PushDisable,
    PushEnable,
    RequestError,
    Subscription,
    Unclear,
    change,
    refusal,
    response,
    said,
)
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit, request_scope

__all__ = ["talk", "too_large"]

_SUBPROTOCOL = "jmap"
_LOOK = 30.0
"""At least so often, in seconds, it is looked whether the client may still be here."""
_SMALL = 16 * 1024
"""Octets of a message that are read within a moment."""
_BINARY, _POLICY, _FAILED = 1003, 1008, 1011


def too_large(limit: int) -> bytes:
    """What is told of a message with more octets than a request may have."""
    error = RequestError("limit", f"a request has no more than {limit} octets", limit="maxSizeRequest")
    return refusal(as_problem(error).octets(), None)


async def talk(setup: Setup, exchange: Exchange) -> None:
    """Requests, and changes if they are asked for, until one side ends it (section 4)."""
    socket = exchange.socket
    check_handshake(exchange, base_url(setup, exchange))
    if socket is None or _SUBPROTOCOL not in socket.offered:
        raise Problem(400, 'the subprotocol "jmap" is spoken here, and no other')
    with setup.sockets.one(exchange.entry.principal.number):
        await socket.accept(_SUBPROTOCOL, exchange.besides())
        exchange.switched()
        await _Conversation(setup, exchange, socket).run()


class _Conversation:
    """One client, who may have as many requests in hand as `maxConcurrentRequests` says before more are heard."""

    def __init__(self, setup: Setup, exchange: Exchange, socket: Socket) -> None:
        self._setup = setup
        self._exchange = exchange
        self._socket = socket
        self._base = base_url(setup, exchange)
        self._limit = setup.service.traffic.size_request
        self._most = setup.service.traffic.concurrent_requests
        self._requests: set[asyncio.Task[None]] = set()
        self._pushing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until nothing more comes; what has begun is then finished, and told if it still can be."""
        try:
            while (message := await self._next()) is not None:
                if isinstance(message, bytes):
                    await self._socket.close(_BINARY, "only text is understood")
                    break
                await self._take(message.encode())
        except Problem as problem:
            await self._socket.close(_POLICY, problem.detail)
        finally:
            self._hush()
            await self._ended()

    async def _ended(self) -> None:
        try:
            if self._requests:
                await asyncio.wait(self._requests)
        except asyncio.CancelledError:
            for request in self._requests:
                request.cancel()
            raise

    async def _next(self) -> str | bytes | None:
        while len(self._requests) >= self._most:
            await asyncio.wait(self._requests, return_when=asyncio.FIRST_COMPLETED)
        while True:
            try:
                async with asyncio.timeout(_LOOK):
                    return await self._socket.hear()
            except TimeoutError:
                await self._entry()

    async def _entry(self) -> Entry:
        """Whoever shook hands, if what let them in still does. Raises Problem 401; store.Unavailable."""
        return await self._setup.gate.entry(self._exchange.authorization, self._exchange.client)

    async def _take(self, octets: bytes) -> None:
        if len(octets) > self._limit:
            await self._socket.tell(too_large(self._limit))
            return
        try:
            what = said(octets) if len(octets) <= _SMALL else await self._setup.door.through(said, octets)
        except Unclear as unclear:
            await self._socket.tell(refusal(as_problem(unclear.error).octets(), unclear.id))
            return
        match what:
            case Asked(id=id_):
                request = asyncio.create_task(self._answer(octets, id_))
                self._requests.add(request)
                request.add_done_callback(self._requests.discard)
            case PushEnable():
                self._hush()
                self._pushing = asyncio.create_task(self._push(what))
            case PushDisable():
                self._hush()

    async def _answer(self, octets: bytes, id_: str | None) -> None:
        with request_scope(secrets.token_hex(8)), suppress(Gone):
            try:
                entry = await self._entry()
            except Problem as problem:
                await self._socket.close(_POLICY, problem.detail)
                return
            except StoreError as problem:
                await self._socket.tell(refusal(told(problem).octets(), id_))
                return
            await self._socket.tell(await self._answered(entry, octets, id_))

    async def _answered(self, entry: Entry, octets: bytes, id_: str | None) -> bytes:
        setup = self._setup
        try:
            await setup.allowances.for_account(entry.principal.number, self._exchange.client.address)
            async with setup.turns.turn(entry.principal.number, CONCURRENT):
                state = its_session(setup, entry, self._base).state
                return response(await answered(setup, entry, octets, state), id_)
        except RequestError as error:
            problem = as_problem(error)
        except Problem as refused:
            problem = refused
        except StoreError as failed:
            problem = told(failed)
        except Exception as bug:  # noqa: BLE001 - the face: a bug ends this request, not the conversation
            emit(Event.HTTP_FAILED, method="WebSocket", path=self._exchange.raw_path.decode(), exception=bug)
            problem = Problem(500, "something went wrong here; the log of the server says what")
        return refusal(problem.octets(), id_)

    def _hush(self) -> None:
        if self._pushing is not None:
            self._pushing.cancel()
            self._pushing = None

    async def _push(self, asked: PushEnable) -> None:
        """Tells of changes until it is cancelled (section 4.3.5)."""
        with suppress(Gone):
            try:
                known = asked.push_state
                while True:
                    known = await self._push_anew(asked, known)
            except Problem as problem:
                await self._socket.close(_POLICY, problem.detail)
            except StoreError as problem:
                emit(Event.STORE_FAILED, known=problem.known)
                await self._socket.close(_FAILED, "the store does not answer")
            except Exception as bug:  # noqa: BLE001 - the face: nobody awaits this
                emit(Event.HTTP_FAILED, method="WebSocket", path=self._exchange.raw_path.decode(), exception=bug)
                await self._socket.close(_FAILED, "")

    async def _push_anew(self, asked: PushEnable, known: str | None) -> str:
        """Tells of changes since a token for as long as the client has the same accounts; the last token then."""
        setup = self._setup
        entry = await self._entry()
        with Subscription(setup.service.store, setup.service.registry, entry.actor, asked.types) as subscription:
            subscription.begin(await setup.door.through(subscription.current), known)
            while True:
                news = await subscription.news(_LOOK)
                # A password that was changed ends what it once opened.
                entry = await self._entry()
                if not subscription.is_of(entry.actor):
                    # No token of before is one of theirs.
                    return known or ""
                if news is not None:
                    known, octets = news
                    await self._socket.tell(change(octets, known))
                    await asyncio.sleep(setup.socket_throttle)
