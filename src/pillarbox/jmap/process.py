"""One request: its envelope, its limits, then each call in turn (RFC 8620 sections 3.3 to 3.7)."""

import secrets
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from pillarbox.access import Actor, permission
from pillarbox.jmap.capability import CAPABILITIES, CORE, Traffic, supports
from pillarbox.jmap.methods import ECHO, Named, methods
from pillarbox.objects import Context, Limits, Managing, MethodError, Registry, perform, permit
from pillarbox.store import Glances, Glancing, Moment, Passed, Store, StoreError, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.telemetry.span import span
from pillarbox.wire.jmap import BadReference, Invocation, NotRequest, Request, Response, referenced, request
from pillarbox.wire.json import NotJSON, heavier, parse
from pillarbox.wire.values import JSON

__all__ = ["SMALL", "RequestError", "Service", "asked", "at_once", "is_brief", "process", "told"]

_ERROR = "urn:ietf:params:jmap:error:"

_MOMENT, _MOST = 0.01, 0.05
"""Seconds that a request may keep an event loop from everything else: of work, and with all it had to wait for."""
SMALL = 16 * 1024
"""Octets of a request that are read within a part of that."""


class RequestError(Exception):
    """The whole request is refused (section 3.6.1): a problem's type, status and detail; `limit` names one."""

    def __init__(self, type_: str, detail: str, *, status: int = 400, limit: str | None = None) -> None:
        super().__init__(type_, detail)
        self.type = f"{_ERROR}{type_}"
        self.status = status
        self.detail = detail
        self.limit = limit


@dataclass(frozen=True)
class Service:
    """What every request is processed with."""

    store: Store
    registry: Registry
    limits: Limits = field(default_factory=Limits)
    traffic: Traffic = field(default_factory=Traffic)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    token: Callable[[], str] = lambda: secrets.token_hex(16)
    push_key: str | None = None
    timer: Callable[[], float] = time.perf_counter
    worked: Callable[[], float] = time.thread_time
    managing: Mapping[str, Managing] = field(default_factory=dict)
    methods: Mapping[str, Named] = field(init=False)

    glance: Callable[[int, Moment], AbstractContextManager[Unit]] | None = field(init=False)
    """How accounts are read within a moment, where the store can do that."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "methods", methods(self.registry))
        object.__setattr__(self, "glance", self.store.glance if isinstance(self.store, Glancing) else None)


def asked(service: Service, octets: bytes) -> Request:
    """A request's octets, read, within the limits of the envelope. Raises RequestError."""
    try:
        read = request(parse(octets))
    except NotJSON as problem:
        raise RequestError("notJSON", str(problem)) from None
    except NotRequest as problem:
        raise RequestError("notRequest", str(problem)) from None
    for capability in read.using:
        if capability not in CAPABILITIES:
            raise RequestError("unknownCapability", f"this server does not know {capability[:200]!r}")
    most = service.traffic.calls_in_request
    if len(read.method_calls) > most:
        raise RequestError("limit", f"no more than {most} calls in a request", limit="maxCallsInRequest")
    return read


def told(service: Service, actor: Actor, read: Request, session_state: str) -> bytes:
    """The Response object to a request."""
    return _told(service, _context(service, actor, read), read, session_state)


def process(service: Service, actor: Actor, octets: bytes, session_state: str) -> bytes:
    """The Response object to a request's octets. Raises RequestError."""
    return told(service, actor, asked(service, octets), session_state)


def is_brief(service: Service, read: Request) -> bool:
    """Whether it may well take but a moment: it only reads, and what it reads from can be read in a moment.

    What asks no store anything, as Core/echo, is brief over each of them.
    """
    calls = (service.methods.get(call.name) for call in read.method_calls)
    return not any(named and (named.method.writes or service.glance is None) for named in calls)


def at_once(service: Service, actor: Actor, read: Request, session_state: str) -> bytes | None:
    """The Response object to a brief request, made on an event loop; None if that takes longer than a moment.

    How long it takes is found out by trying: what only reads is dropped half way at no other cost.
    """
    try:
        with Glances(service.glance or _passed, Moment(_MOMENT, service.timer, service.worked, _MOST)) as glances:
            return _told(service, _context(service, actor, read, glances), read, session_state)
    except Passed:
        return None


def _passed(_account: int, _moment: Moment) -> AbstractContextManager[Unit]:
    raise Passed


def _context(service: Service, actor: Actor, read: Request, glances: Glances | None = None) -> Context:
    return Context(
        actor,
        service.store,
        service.registry,
        service.limits,
        service.clock(),
        service.token,
        dict(read.created_ids or {}),
        using=frozenset(read.using),
        moment=glances.moment if glances else None,
        glance=glances.read if glances else None,
        supports=supports,
        managing=service.managing,
    )


def _told(service: Service, context: Context, read: Request, session_state: str) -> bytes:
    responses: list[Response] = []
    fragments: list[orjson.Fragment] = []

    def answer_to(call: Invocation, using: Collection[str]) -> None:
        response = _answered(service, context, using, call, responses)
        try:
            octets = _octets(response)
        except TypeError as bug:
            # Half a surrogate pair from somewhere, or too deep: that call's trouble, and no other's.
            response = _failed(call, bug)
            octets = _octets(response)
        responses.append(response)
        fragments.append(orjson.Fragment(octets))

    for call in read.method_calls:
        answer_to(call, read.using)
        while context.implied:
            implied = context.implied.pop(0)
            # What a client did not say it can use may still follow from what it can.
            answer_to(Invocation(implied.name, implied.arguments, call.call_id), CAPABILITIES)
    answer: dict[str, Any] = {"methodResponses": fragments, "sessionState": session_state}
    if read.created_ids is not None:
        answer["createdIds"] = context.created_ids
    return orjson.dumps(answer)


def _octets(response: Response) -> bytes:
    return orjson.dumps([response.name, response.arguments, response.call_id])


def _answered(
    service: Service, context: Context, using: Collection[str], call: Invocation, responses: list[Response]
) -> Response:
    """A call's response, or the error in its place (section 3.6.2)."""
    try:
        named = service.methods.get(call.name)
        capability = CORE if call.name == ECHO else named.capability if named else None
        if capability is None or capability not in using:
            raise MethodError("unknownMethod")
        arguments = _resolved(call.arguments, responses, service.traffic.size_request)
        if named is None:
            permit(context.actor, permission.ECHO)
            return Response(ECHO, arguments, call.call_id)
        with span(call.name):
            return Response(call.name, perform(context, named.kind, named.method, arguments), call.call_id)
    except MethodError as error:
        if isinstance(error.__cause__, StoreError):
            emit(Event.STORE_FAILED, known=error.__cause__.known)
        return Response("error", error.arguments(), call.call_id)
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
        return Response("error", MethodError("serverFail", "the log of the server says more").arguments(), call.call_id)
    except Exception as bug:  # noqa: BLE001 - the face: a bug ends this call, not the request
        return _failed(call, bug)


def _failed(call: Invocation, bug: Exception) -> Response:
    emit(Event.JMAP_FAILED, method=call.name[:64], exception=bug)
    return Response("error", MethodError("serverFail", "the log of the server says more").arguments(), call.call_id)


def _resolved(given: Mapping[str, JSON], responses: list[Response], limit: int) -> dict[str, JSON]:
    """Arguments with their references resolved (section 3.7). Raises MethodError.

    A reference costs a client a few octets, but may stand for much, and references to references for much more: all
    of a call's arguments together may be no larger than a request.
    """
    arguments: dict[str, JSON] = {}
    for name, value in given.items():
        if not name.startswith("#"):
            arguments[name] = value
            continue
        if name[1:] in given:
            raise MethodError("invalidArguments", f"{name[1:65]} is given twice, once as a reference")
        try:
            arguments[name[1:]] = referenced(value, responses)
        except BadReference as problem:
            raise MethodError("invalidResultReference", f"{name[:64]}: {problem}") from None
    if arguments and any(name.startswith("#") for name in given) and heavier(arguments, limit):
        raise MethodError("invalidResultReference", "what is referred to is too large")
    return arguments
