"""The description of the API for programs: OpenAPI 3.1, made of the declarations of its endpoints.

What it says is what is accepted and answered, no more and no less; a test lets a program that knows nothing but this
document look for a difference (adr/0058).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus

import orjson

from pillarbox import __version__
from pillarbox.management.endpoint import PART, Answer, Body, Endpoint, Parameter, Raw, Request
from pillarbox.management.shape import CONFIRMED, FLAG, Schema, Shape
from pillarbox.wire.values import JSON

__all__ = ["PROBLEM", "document", "with_document"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_READS = frozenset(("GET", "HEAD"))
_EVENTS = "text/event-stream"
_ALWAYS = (400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503)
_OF_WRITES = (412, 507)
_WHEN = {
    400: "What was sent is not of the form that is wanted; `invalid` names every bad field.",
    401: "Nobody is let in by these credentials, or by none.",
    402: "These credentials need a code of a second factor beside them.",
    403: "Whoever asks may not do that.",
    404: "There is no such thing.",
    409: "Something that is there already stands against it.",
    412: "It is not any more what If-Match says that it is.",
    413: "There is more in the body than is taken.",
    422: "It is understood, and cannot be done: what it names is not there, or this server is not set up for it.",
    429: "There were too many requests.",
    500: "A bug, or a store that is broken; the log of the server says more.",
    503: "The server is busy, stopping, or without its store; later it may work.",
    507: "The server has no room left.",
}
_TEXT: Schema = {"type": "string"}
PROBLEM: Schema = {
    "type": "object",
    "description": "Why something was not done (RFC 9457), with the members that the reference's tools look for.",
    "required": ["type", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "invalid": {
            "type": "array",
            "description": "Every bad field and parameter, by its place, as `emails/0`.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": _TEXT, "detail": _TEXT},
            },
        },
        "error": {
            "type": "string",
            "enum": ["fieldAlreadyExists", "fieldMissing", "notFound", "unsupported", "assertFailed", "other"],
        },
        "field": _TEXT,
        "value": _TEXT,
        "item": _TEXT,
        "details": _TEXT,
        "reason": {"type": ["string", "null"]},
    },
}
_FLAGS: Mapping[Shape, Schema] = {
    FLAG: {"type": ["boolean", "integer"], "enum": [True, False, 1, 0]},
    CONFIRMED: {"type": ["boolean", "integer"], "enum": [True, 1]},
}
"""In a query they may be written as those of the reference are, too."""
_ABOUT = """Everything that an administrator does here can be done by this API. The same paths are below `/api/v1` too,
under a promise: what is there stays as it is. Success is `{"data": ...}`, everything else a problem document. Values of
parameters that are empty count as not given. What can be changed has an `ETag`; sent back as `If-Match`, it keeps two
who change the same from undoing each other's work."""


def with_document(endpoints: Sequence[Endpoint], later: Sequence[Endpoint] = ()) -> tuple[Endpoint, ...]:
    """These endpoints, and the one that describes them.

    Left out are those in `later`, which do nothing yet, and streams, for which OpenAPI 3.1 has no words.
    """
    own = Endpoint(
        "GET",
        "/api/openapi.json",
        None,
        _describe(lambda: [one for one in whole if one not in later and one.media_type != _EVENTS]),
        "This API for programs: OpenAPI 3.1.",
        answer=None,
        is_open=True,
        example="/api/openapi.json",
    )
    whole = (*endpoints, own)
    return whole


def _describe(endpoints: Callable[[], Sequence[Endpoint]]) -> Callable[[Request], Answer]:
    @lru_cache(maxsize=1)
    def octets() -> bytes:
        return orjson.dumps(document(endpoints()))

    def run(_: Request) -> Answer:
        return Answer(Raw(octets(), "application/json"))

    return run


def document(endpoints: Sequence[Endpoint]) -> Schema:
    """The whole document of these."""
    paths: dict[str, dict[str, JSON]] = {}
    for endpoint in endpoints:
        for path in (endpoint.path, *endpoint.also):
            paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pillarbox management API", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": name} for name in sorted({_tag(one.path) for one in endpoints})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": PROBLEM},
            "responses": {_name(status): _refusal(status) for status in _WHEN},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "Name and password of an account."},
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An OAuth token, of whom `/.well-known/oauth-protected-resource` says who gives it "
                    "(RFC 9728); or an API key.",
                },
            },
        },
    }


def _operation(endpoint: Endpoint, path: str) -> Schema:
    summary, _, more = endpoint.doc.partition("\n")
    needs = "" if endpoint.permission is None else f"Needs the permission `{endpoint.permission}`."
    made: Schema = {
        "operationId": _identity(endpoint.method, path),
        "tags": [_tag(path)],
        "summary": summary,
        "description": "\n\n".join(part for part in (more.strip(), needs) if part) or summary,
        "responses": {**_success(endpoint), **dict(_refusals(endpoint))},
    }
    parameters = [*_of_path(path), *map(_of_query, endpoint.parameters), *_of_header(endpoint)]
    if parameters:
        made["parameters"] = parameters
    if endpoint.body is not None:
        made["requestBody"] = _body(endpoint.body)
    if endpoint.is_open:
        made["security"] = []
    return made


def _of_path(path: str) -> Iterator[Schema]:
    for name in _PLACEHOLDER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": PART.schema()}


def _of_query(parameter: Parameter) -> Schema:
    made: Schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.doc,
        "schema": _FLAGS.get(parameter.shape) or parameter.shape.schema(),
    }
    if parameter.is_required:
        made["required"] = True
    else:
        made["allowEmptyValue"] = True
    return made


def _of_header(endpoint: Endpoint) -> Iterator[Schema]:
    if endpoint.is_tagged and endpoint.method in _READS:
        said = "Tags of what is known already: if it is still one of these, the answer is 304 without content."
        yield {"name": "If-None-Match", "in": "header", "description": said, "schema": _TEXT}


def _body(body: Body) -> Mapping[str, JSON]:
    if body.shape is None:
        # Whatever it is called, octets are taken; many a client knows but the second name.
        return {"content": {body.media_type: {}, "application/octet-stream": {}}}
    content: Schema = {"schema": body.shape.schema()}
    if body.example is not None:
        content["example"] = body.example
    return {"required": True, "content": {body.media_type: content}}


def _success(endpoint: Endpoint) -> dict[str, JSON]:
    if endpoint.answer is None:
        content: Schema = {endpoint.media_type: {"schema": {}}}
    else:
        data = {"type": "object", "required": ["data"], "properties": {"data": endpoint.answer.schema()}}
        content = {"application/json": {"schema": data}}
    done: Schema = {"description": "Done.", "content": content}
    if not endpoint.is_tagged:
        return {"200": done}
    told: Schema = {
        "ETag": {"description": "What it is now (RFC 9110 section 8.8.3).", "required": True, "schema": _TEXT}
    }
    done["headers"] = told
    if endpoint.method not in _READS:
        return {"200": done}
    return {"200": done, "304": {"description": "It is what If-None-Match says.", "headers": told}}


def _refusals(endpoint: Endpoint) -> Iterator[tuple[str, JSON]]:
    statuses = {*_ALWAYS, *(() if endpoint.method in _READS else _OF_WRITES)}
    if endpoint.is_open:
        statuses -= {401, 402}
    for status in sorted(statuses):
        yield str(status), {"$ref": f"#/components/responses/{_name(status)}"}


def _refusal(status: int) -> Schema:
    made: Schema = {
        "description": _WHEN[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 401:
        made["headers"] = {"WWW-Authenticate": {"description": "What is asked for.", "required": True, "schema": _TEXT}}
    return made


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "").replace("'", "")


def _segments(path: str) -> list[str]:
    return path.removeprefix("/api/").split("/")


def _tag(path: str) -> str:
    return _segments(path)[0].partition(".")[0]


def _identity(method: str, path: str) -> str:
    """As `getPrincipalByName`."""
    words = [
        f"By{one[1:-1].title()}" if one.startswith("{") else "".join(part.title() for part in re.split(r"\W", one))
        for one in _segments(path)
    ]
    return method.lower() + "".join(words)
