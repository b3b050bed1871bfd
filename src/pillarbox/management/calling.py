"""An endpoint is called: found by method and path, asked for its permission, given what was sent, and answered for.

Nothing here knows of HTTP but its words: the command line calls in the same way, without a server.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import orjson

from pillarbox.access import Manager
from pillarbox.management.endpoint import PART, Endpoint, Raw, Request, Stream, Within, tag
from pillarbox.management.office import Office
from pillarbox.management.refusal import Forbidden, Invalid, Refusal
from pillarbox.management.shape import CONFIRMED, FLAG, INSTANT, Fault, Integer
from pillarbox.store import retried
from pillarbox.wire.json import NotJSON, parse
from pillarbox.wire.values import JSON, MAX_INT

__all__ = ["Reply", "Sent", "answered", "check", "document", "found", "whole"]

_MOST_PARAMETERS = 64
_SECRET = frozenset(("token", "access_token", "secret", "password", "api_key", "apikey", "authorization"))
"""Parameters that would leave a secret in logs and histories (RFC 6750 section 5.3)."""
_WHOLE = re.compile(r"(-?[0-9]{1,18})(\.0{1,9})?")
"""Ten, and ten as other programs may write it: to JSON they are one number (JSON Schema Core section 4.2.3)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a caller sent besides method and path: the query as it stands in the URL, and the body.

    `matching` and `unmatched` are If-Match and If-None-Match; `ticket` is as a Request has it.
    """

    query: str = ""
    body: bytes = b""
    matching: str | None = None
    unmatched: str | None = None
    ticket: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, header fields beside those of the content, and the content with its media type.

    With `pieces` the content is what these give, from when they are begun.
    """

    status: int
    headers: Mapping[str, str]
    octets: bytes
    media_type: str
    pieces: Callable[[], AsyncIterator[bytes]] | None = None


def check(endpoint: Endpoint, manager: Manager) -> None:
    """Raises Forbidden for who may not call it."""
    if endpoint.permission is not None and endpoint.permission not in manager.permissions:
        raise Forbidden(f"this needs the permission {endpoint.permission}")
    if endpoint.some_of and not endpoint.some_of & manager.permissions:
        raise Forbidden(f"this needs one of the permissions {', '.join(sorted(endpoint.some_of))}")
    if endpoint.within is Within.SERVER and manager.tenant is not None:
        raise Forbidden("this is for administrators of the whole server, and not of a tenant alone")
    if endpoint.within is Within.ACCOUNT and manager.account is None:
        raise Forbidden("this is for accounts, of which these credentials have none")


def answered(endpoint: Endpoint, office: Office, manager: Manager, parts: Mapping[str, str], sent: Sent) -> Reply:
    """What the endpoint gives. Raises Refusal; store.StoreError."""
    check(endpoint, manager)
    _check_parts(parts)
    request = Request(
        office,
        manager,
        parts,
        _parameters(endpoint, sent.query),
        _body(endpoint, sent.body),
        sent.matching,
        sent.ticket,
    )
    # What may be several units is done once; what only reads may be read again (RFC 9110 section 9.2.1).
    answer = retried(lambda: endpoint.run(request)) if endpoint.method == "GET" else endpoint.run(request)
    if isinstance(answer.data, Raw):
        return Reply(answer.status, answer.headers, answer.data.octets, answer.data.media_type)
    if isinstance(answer.data, Stream):
        return Reply(answer.status, answer.headers, b"", answer.data.media_type, answer.data.pieces)
    headers = dict(answer.headers)
    if endpoint.is_tagged:
        headers.setdefault("ETag", tag(answer.data))
        if sent.unmatched is not None and _is_among(headers["ETag"], sent.unmatched):
            return Reply(304, headers, b"", "application/json")
    return Reply(answer.status, headers, orjson.dumps({"data": answer.data}), "application/json")


def _is_among(found: str, known: str) -> bool:
    """Whether If-None-Match has a tag, weak or not (RFC 9110 section 13.1.2)."""
    return known.strip() == "*" or found in [one.strip().removeprefix("W/") for one in known.split(",")]


async def whole(reply: Reply) -> bytes:
    """The whole content of a reply, however long it takes until it ends."""
    return reply.octets if reply.pieces is None else b"".join([piece async for piece in reply.pieces()])


def _pairs(text: str) -> list[tuple[str, str]]:
    """The parameters of a query, without those that are empty (management API section 2.2). Raises Invalid."""
    try:
        return parse_qsl(text, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise Invalid([Fault("", "the query is no list of parameters in percent-encoded UTF-8")]) from None


def _parameters(endpoint: Endpoint, text: str) -> dict[str, Any]:
    known = {one.name: one for one in endpoint.parameters}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, written in _pairs(text):
        parameter = known.get(name)
        if parameter is None:
            told = "a secret has no place in a URL" if name.lower() in _SECRET else "there is no such parameter here"
            faults.append(Fault(name[:80].encode("utf-8", "replace").decode(), told))
            continue
        value = _value(parameter.shape, written)
        wrong = list(parameter.shape.faults(value, name))
        faults += wrong
        if not wrong:
            values[name] = datetime.fromisoformat(value.upper()) if parameter.shape is INSTANT else value
    missing = [one for one in known.values() if one.is_required and one.name not in values]
    faults += [Fault(one.name, "this parameter is required") for one in missing if one.name not in dict(faults)]
    if faults:
        raise Invalid(faults)
    return values


def _check_parts(parts: Mapping[str, str]) -> None:
    """Raises Invalid."""
    faults = [fault for name, part in parts.items() for fault in PART.faults(part, name)]
    if faults:
        raise Invalid(faults)


def _value(shape: object, written: str) -> Any:
    """What a parameter's text is as JSON."""
    if isinstance(shape, Integer) and (whole := _WHOLE.fullmatch(written)) is not None:
        return int(whole[1])
    if shape in (FLAG, CONFIRMED):
        return {"true": True, "1": True, "false": False, "0": False}.get(written.lower(), written)
    if shape is INSTANT:
        # A plus that was not encoded comes in as a space.
        return written.replace(" ", "+")
    return written


def _body(endpoint: Endpoint, octets: bytes) -> object:
    if endpoint.body is None:
        if octets.strip():
            raise Invalid([Fault("", "nothing is expected in the body of this request")])
        return None
    if endpoint.body.shape is None:
        return octets
    try:
        value = _whole(parse(octets))
    except NotJSON as problem:
        raise Invalid([Fault("", f"this is no JSON: {problem}")]) from None
    faults = list(endpoint.body.shape.faults(value))
    if faults:
        raise Invalid(faults)
    return value


def _whole(value: JSON) -> JSON:
    """The same with whole numbers for those that were written with a fraction of nothing, as 1.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INT:
        return int(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value


def found(endpoints: Sequence[Endpoint], method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """The endpoint of a path, as it stands in a URL without its query, and what its placeholders stand for."""
    given = path.strip("/").split("/")
    for endpoint in endpoints:
        if endpoint.method != method:
            continue
        for one in (endpoint.path, *endpoint.also):
            parts = one.strip("/").split("/")
            if len(parts) == len(given) and all(
                part == there or (part.startswith("{") and there) for part, there in zip(parts, given, strict=True)
            ):
                return endpoint, {
                    part[1:-1]: _decoded(there)
                    for part, there in zip(parts, given, strict=True)
                    if part.startswith("{")
                }
    return None


def _decoded(segment: str) -> str:
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise Invalid([Fault("", "the path is not percent-encoded UTF-8")]) from None


def document(refusal: Refusal) -> dict[str, JSON]:
    """The problem document of a refusal (RFC 9457)."""
    return {
        "type": "about:blank",
        "title": "Invalid parameters" if refusal.status == 400 else refusal.status.phrase,
        "status": int(refusal.status),
        "detail": refusal.detail,
        **refusal.more,
    }
