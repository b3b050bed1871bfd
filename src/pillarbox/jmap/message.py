"""What is said on a WebSocket, beside what is said over HTTP (RFC 8887 section 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from pillarbox.jmap.process import RequestError
from pillarbox.wire.json import NotJSON, parse
from pillarbox.wire.values import JSON

__all__ = ["Asked", "PushDisable", "PushEnable", "Said", "Unclear", "change", "refusal", "response", "said"]

_MOST_TYPES, _LONGEST = 64, 64
_LONGEST_STATE = 16_384


@dataclass(frozen=True, slots=True)
class Asked:
    """A Request, with the id that its Response is to have (section 4.3.2)."""

    id: str | None


@dataclass(frozen=True, slots=True)
class PushEnable:
    """Changes of these types are to be told, None for all; those since a token at once (section 4.3.5.2)."""

    types: frozenset[str] | None
    push_state: str | None


@dataclass(frozen=True, slots=True)
class PushDisable:
    """No more of them (section 4.3.5.3)."""


Said: TypeAlias = Asked | PushEnable | PushDisable


class Unclear(Exception):
    """A message that is refused as a whole, and the id of the request that it was, as far as it had one."""

    def __init__(self, error: RequestError, id_: str | None = None) -> None:
        super().__init__(error, id_)
        self.error = error
        self.id = id_


def said(octets: bytes) -> Said:
    """What a message is. Raises Unclear."""
    try:
        value = parse(octets)
    except NotJSON as problem:
        raise Unclear(RequestError("notJSON", str(problem))) from None
    if not isinstance(value, dict):
        raise Unclear(RequestError("notRequest", "a message is an object"))
    match value.get("@type"):
        case "Request":
            return Asked(_id(value))
        case "WebSocketPushEnable":
            return _enable(value)
        case "WebSocketPushDisable":
            return PushDisable()
        case _:
            names = "Request, WebSocketPushEnable or WebSocketPushDisable"
            raise Unclear(RequestError("notRequest", f"the @type of a message is {names}"), _id(value))


def response(octets: bytes, id_: str | None) -> bytes:
    """The Response object as it is on a WebSocket (section 4.3.3)."""
    added = orjson.dumps({"@type": "Response", **({"requestId": id_} if id_ is not None else {})})
    return added[:-1] + b"," + octets[1:]


def refusal(problem: bytes, id_: str | None) -> bytes:
    """A problem document as it is on a WebSocket (section 4.3.4); without a known id it is null."""
    return orjson.dumps({"@type": "RequestError", "requestId": id_})[:-1] + b"," + problem[1:]


def change(octets: bytes, push_state: str) -> bytes:
    """A StateChange object as it is on a WebSocket (section 4.3.5.1)."""
    return octets[:-1] + b"," + orjson.dumps({"pushState": push_state})[1:]


def _id(value: Mapping[str, JSON]) -> str | None:
    id_: Any = value.get("id")
    if id_ is not None and not isinstance(id_, str):
        raise Unclear(RequestError("notRequest", "the id of a Request is a string"))
    return id_


def _enable(value: Mapping[str, JSON]) -> PushEnable:
    types: Any = value.get("dataTypes")
    push_state: Any = value.get("pushState")
    if types is not None and not (
        isinstance(types, list)
        and len(types) <= _MOST_TYPES
        and all(isinstance(name, str) and 0 < len(name) <= _LONGEST for name in types)
    ):
        detail = f"dataTypes is null or a list of at most {_MOST_TYPES} names of 1 to {_LONGEST} characters"
        raise Unclear(RequestError("notRequest", detail))
    if push_state is not None and not (isinstance(push_state, str) and len(push_state) <= _LONGEST_STATE):
        raise Unclear(RequestError("notRequest", "pushState is a token that was given before"))
    return PushEnable(None if types is None else frozenset(types), push_state)
