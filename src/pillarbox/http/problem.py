"""Problem documents: what every refusal outside of JMAP's own answers looks like (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from pillarbox.store import NoAccount, OutOfSpace, StoreError, Unavailable
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import JSON

__all__ = ["CHALLENGE", "Problem", "told"]

CHALLENGE = ((b"www-authenticate", b'Basic realm="Pillarbox", charset="UTF-8"'),)
"""What a 401 asks for (RFC 7617)."""

_TITLES = {
    400: "Invalid parameters",
    401: "Unauthorized",
    402: "TOTP code required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    416: "Range Not Satisfiable",
    426: "Upgrade Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Temporarily Unavailable",
    507: "Insufficient Storage",
}


@dataclass
class Problem(Exception):
    """A request is refused: a status, what its sender may know, headers that belong to it, further members."""

    status: int
    detail: str
    type: str = "about:blank"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    more: Mapping[str, JSON] = field(default_factory=dict)

    def octets(self) -> bytes:
        """The document."""
        document = {"type": self.type, "status": self.status, "detail": self.detail, **self.more}
        if self.type == "about:blank":
            document["title"] = _TITLES.get(self.status) or _phrase(self.status)
        return orjson.dumps(document)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def told(problem: StoreError) -> Problem:
    """What a client may know of it; the log is told the rest."""
    if isinstance(problem, NoAccount):
        # It was there when its owner was let in.
        return Problem(404, "there is no such account")
    emit(Event.STORE_FAILED, known=problem.known)
    match problem:
        case OutOfSpace():
            return Problem(507, "the server has no room left to keep this; try again later")
        case Unavailable():
            return Problem(503, "the store does not answer; try again later")
        case _:
            return Problem(500, "the store does not answer; try again later")
