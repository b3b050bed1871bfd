"""Endpoints of the management API called by the owner of the data folder, on the machine itself."""

import asyncio
from collections.abc import Sequence

import orjson

from pillarbox.access import OWNER
from pillarbox.app.channel import Message
from pillarbox.app.endpointcall import MOST, EndpointCall, Outcome
from pillarbox.app.supervisor import NotServed
from pillarbox.management import ENDPOINTS, Endpoint, Office, Refusal, Sent, answered, document, found, whole
from pillarbox.management.refusal import NotFound, TooLarge
from pillarbox.store import StoreError

__all__ = ["answer", "performed"]

_API, _STABLE = "/api/", "/api/v1/"
_PROBLEM = "application/problem+json"


def performed(office: Office, call: EndpointCall, endpoints: Sequence[Endpoint] = ENDPOINTS) -> Outcome:
    """What the endpoint gives to who may do everything; a refusal is its problem document, as over HTTP.

    Raises store.StoreError; NotServed.
    """
    path, _, query = call.target.partition("?")
    try:
        there = found(endpoints, call.method, _API + path.removeprefix(_STABLE).removeprefix(_API))
        if there is None:
            raise NotFound(f"endpoint {call.method} {path}")
        endpoint, parts = there
        most = 0 if endpoint.body is None else endpoint.body.most
        if len(call.body) > most:
            raise TooLarge(f"no more than {most} octets")
        reply = answered(endpoint, office, OWNER, parts, Sent(query, call.body, call.matching))
        octets = asyncio.run(whole(reply))
        if len(octets) > MOST:
            raise TooLarge(f"the answer would have more than {MOST} octets; ask for less at a time")
    except Refusal as refusal:
        return Outcome(int(refusal.status), {}, orjson.dumps(document(refusal)), _PROBLEM)
    return Outcome(reply.status, reply.headers, octets, reply.media_type)


def answer(office: Office, question: Message, endpoints: Sequence[Endpoint] = ENDPOINTS) -> Message:
    """The same for what came through the supervisor's socket; `failed` says why it was not done."""
    try:
        return performed(office, EndpointCall.taken(question), endpoints).written()
    except StoreError as problem:
        return {"failed": f"what is kept cannot be read or written: {problem.known}"}
    except NotServed as problem:
        return {"failed": str(problem)}
