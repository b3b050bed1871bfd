"""The management API as commands call it, wherever the server is."""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from pillarbox.app.endpointcall import EndpointCall, Outcome

__all__ = ["Client", "Refused", "Send", "Unreached", "at"]

Send: TypeAlias = Callable[[EndpointCall], Outcome]
_PAGE = 1000
_NOTHING: Mapping[str, object] = {}


class Refused(Exception):
    """The server did not do it. `status` is that of HTTP, `document` the problem document (RFC 9457), empty if none."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(_told(status, document))
        self.status = status
        self.document = document

    @property
    def error(self) -> str:
        """As management API section 2.3 names it; empty for other problems."""
        return str(self.document.get("error", ""))


class Unreached(Exception):
    """The server was not reached, or did not understand; the message says why, and what to do."""


class Client:
    """Calls endpoints; each call gives the data of the answer, and raises Refused or Unreached."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def get(self, path: str, query: Mapping[str, object] = _NOTHING) -> Any:
        """What there is."""
        return self.call("GET", path, query)

    def pages(self, path: str, query: Mapping[str, object] = _NOTHING) -> list[Any]:
        """The items of a list, asked for page by page until there are no more."""
        items: list[Any] = []
        for page in itertools.count(1):
            found = self.get(path, {**query, "page": page, "limit": _PAGE})
            items += found["items"]
            if len(found["items"]) < _PAGE or len(items) >= found["total"]:
                return items
        return items

    def post(self, path: str, body: object = None, query: Mapping[str, object] = _NOTHING) -> Any:
        """Makes or does something."""
        return self.call("POST", path, query, body)

    def patch(self, path: str, body: object = None, query: Mapping[str, object] = _NOTHING) -> Any:
        """Changes something."""
        return self.call("PATCH", path, query, body)

    def delete(self, path: str, query: Mapping[str, object] = _NOTHING) -> Any:
        """Removes something."""
        return self.call("DELETE", path, query)

    def call(self, method: str, path: str, query: Mapping[str, object] = _NOTHING, body: object = None) -> Any:
        """Any of these; octets go as they are, None as no body, all else as JSON. What has no value is not asked."""
        outcome = self.raw(method, path, query, body)
        try:
            return json.loads(outcome.octets)["data"]
        except (ValueError, KeyError, TypeError):
            raise Unreached("what answers is no server of this kind, or one of another version") from None

    def raw(self, method: str, path: str, query: Mapping[str, object] = _NOTHING, body: object = None) -> Outcome:
        """The same for what is no JSON."""
        asked = [(name, _text(value)) for name, value in query.items() if value is not None]
        octets = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        outcome = self._send(
            EndpointCall(method, f"{path}?{urlencode(asked, quote_via=quote)}" if asked else path, octets)
        )
        if outcome.status >= 300:
            raise Refused(outcome.status, _document(outcome.octets))
        return outcome


def at(*parts: str) -> str:
    """The path of an endpoint; what is no fixed part of it may have any characters. Raises Refused for an empty one."""
    if not all(parts):
        # It would name everything of its kind.
        raise Refused(400, {"detail": "an empty name names nothing"})
    return "/api/" + "/".join(quote(one, safe="") for one in parts)


def _told(status: int, document: Mapping[str, Any]) -> str:
    """In one sentence; every bad field is named."""
    faults = document.get("invalid")
    if isinstance(faults, list) and faults and all(isinstance(one, dict) for one in faults):
        return "; ".join(": ".join(filter(None, (one.get("field"), one.get("detail")))) for one in faults)
    return str(document.get("detail") or document.get("title") or f"the server answered {status}")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _document(octets: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(octets)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
