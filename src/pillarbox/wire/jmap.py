"""JMAP's envelopes, result references and JSON pointers (RFC 8620 sections 3.2 to 3.7, RFC 6901)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pillarbox.wire.values import JSON, is_id

__all__ = [
    "BadReference",
    "Invocation",
    "NotRequest",
    "Pointer",
    "Request",
    "Response",
    "pointer",
    "referenced",
    "request",
]

Pointer = tuple[str, ...]


class NotRequest(ValueError):
    """This JSON is no Request object (RFC 8620 section 3.3); the message may be told to the sender."""


class BadReference(ValueError):
    """A result reference that does not resolve (RFC 8620 section 3.7)."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A method call (RFC 8620 section 3.2)."""

    name: str
    arguments: Mapping[str, JSON]
    call_id: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for in one request (RFC 8620 section 3.3)."""

    using: tuple[str, ...]
    method_calls: tuple[Invocation, ...]
    created_ids: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer among `methodResponses`, as later calls may refer to it."""

    name: str
    arguments: Mapping[str, JSON]
    call_id: str = field(default="")


def request(value: JSON) -> Request:
    """The Request object that this JSON is. Raises NotRequest, telling the first thing that is wrong."""
    if not isinstance(value, dict):
        raise NotRequest("a Request is an object")
    using = value.get("using")
    if not isinstance(using, list) or not all(isinstance(item, str) for item in using):
        raise NotRequest('"using" must be a list of strings')
    calls = value.get("methodCalls")
    if not isinstance(calls, list):
        raise NotRequest('"methodCalls" must be a list')
    created = value.get("createdIds")
    if created is not None and not (
        isinstance(created, dict) and all(map(is_id, created)) and all(map(is_id, created.values()))
    ):
        raise NotRequest('"createdIds" must map ids to ids')
    return Request(tuple(using), tuple(map(_invocation, calls)), created)


def _invocation(value: JSON) -> Invocation:
    match value:
        case [str(name), dict(arguments), str(call_id)]:
            return Invocation(name, arguments, call_id)
        case _:
            raise NotRequest("a method call is a list of a name, an object of arguments and a call id")


def pointer(text: str) -> Pointer:
    """The tokens of a JSON pointer (RFC 6901 section 3). Raises ValueError if it is none."""
    if text == "":
        return ()
    if not text.startswith("/"):
        raise ValueError("a JSON pointer is empty or begins with a slash")
    return tuple(_token(part) for part in text[1:].split("/"))


def _token(part: str) -> str:
    if "~" in part.replace("~0", "").replace("~1", ""):
        raise ValueError("in a JSON pointer, ~ is written ~0")
    return part.replace("~1", "/").replace("~0", "~")


def referenced(reference: JSON, responses: Sequence[Response]) -> JSON:
    """The value a ResultReference stands for, given the responses so far (RFC 8620 section 3.7).

    Raises BadReference if it does not resolve.
    """
    match reference:
        case {"resultOf": str(call_id), "name": str(name), "path": str(path), **rest} if not rest:
            pass
        case _:
            raise BadReference("a ResultReference has resultOf, name and path")
    for response in responses:
        if response.call_id == call_id:
            break
    else:
        raise BadReference("no earlier call has this id")
    if response.name != name:
        raise BadReference(f"that call was answered with {response.name[:64]}")
    try:
        return _evaluated(response.arguments, pointer(path))
    except ValueError as problem:
        raise BadReference(str(problem)) from None


def _evaluated(value: JSON, tokens: Pointer) -> JSON:
    for at, token in enumerate(tokens):
        if isinstance(value, dict):
            if token not in value:
                raise BadReference("the path leads nowhere")
            value = value[token]
        elif isinstance(value, list):
            if token == "*":
                return _mapped(value, tokens[at + 1 :])
            value = value[_index(token, len(value))]
        else:
            raise BadReference("the path leads nowhere")
    return value


def _mapped(values: list[JSON], rest: Pointer) -> JSON:
    # An item that is itself a list is flattened into the result, whatever else is in it.
    found: list[JSON] = []
    for value in values:
        item = _evaluated(value, rest)
        if isinstance(item, list):
            found.extend(item)
        else:
            found.append(item)
    return found


def _index(token: str, length: int) -> int:
    plain = token.isascii() and token.isdigit() and (token == "0" or token[0] != "0") and len(token) < 10
    if not plain or int(token) >= length:
        raise BadReference("the path leads nowhere")
    return int(token)
